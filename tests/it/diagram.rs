//! Every arrow of the diagram in the rule book, walked through the API with a moved clock.

use serde_json::{Value, json};

use crate::support::{Claim, World, both};

both!(
    the_arrows_of_a_draft,
    the_arrows_of_the_review,
    the_arrows_by_themselves,
    the_arrows_to_rejected_by_withdrawal,
    the_arrows_of_a_lost_arbitration
);

/// The last entry of the claim's history that moved it: what was done, from where, to where.
async fn arrow(world: &World, claim: &Claim) -> (String, String, String) {
    let moved: Vec<_> = world.history(claim).await.into_iter().filter(|entry| !entry["toStatus"].is_null()).collect();
    let text = |value: &Value| value.as_str().unwrap_or("nowhere").to_owned();
    let last = moved.last().unwrap();
    (text(&last["action"]), text(&last["fromStatus"]), text(&last["toStatus"]))
}

/// Asserts that the claim went this way just now, and that it is told so and stands there.
async fn went(world: &World, claim: &Claim, action: &str, from: &str, to: &str) {
    assert_eq!(arrow(world, claim).await, (action.to_owned(), from.to_owned(), to.to_owned()));
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().status(), to);
}

async fn the_arrows_of_a_draft(world: &World) {
    // L1, L2
    let draft = world.proven().await;
    assert_eq!(draft.status(), "EDITING");
    let submitted = world.submit(&world.partner, &draft).await;
    went(world, &submitted, "SUBMITTED", "EDITING", "SUBMITTED").await;
    let other = world.draft_on(&world.partner, 1).await;
    assert_eq!(world.partner.act("deleteClaimDraft", &other, json!({})).await.payload()["deletedClaimId"], other.id());
    assert!(world.partner.claim(other.id()).await.is_none());
}

async fn the_arrows_of_the_review(world: &World) {
    // L3, L4, L5, L6, L7, D1
    let claim = world.review(&world.submitted().await).await;
    went(world, &claim, "REVIEW_STARTED", "SUBMITTED", "UNDER_REVIEW").await;
    let claim = world.ask(&claim).await;
    went(world, &claim, "ACTION_REQUESTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED").await;
    world.later("P2D").await;
    let claim = world.respond(&claim).await;
    went(world, &claim, "RESPONDED", "PARTNER_ACTION_REQUIRED", "UNDER_REVIEW").await;
    let claim = world.reject(&claim).await;
    went(world, &claim, "REJECTED", "UNDER_REVIEW", "REJECTED").await;
    world.later("P29D").await;
    let claim = world.dispute(&claim).await;
    went(world, &claim, "DISPUTED", "REJECTED", "UNDER_REVIEW").await;
    let claim = world.lead.act("approveClaim", &claim, json!({})).await.done();
    went(world, &claim, "APPROVED", "UNDER_REVIEW", "APPROVED").await;
    // N3
    let claim = world.customer.act("declineConsent", &claim, json!({})).await.done();
    went(world, &claim, "CONSENT_DECLINED", "APPROVED", "REJECTED").await;
}

async fn the_arrows_by_themselves(world: &World) {
    // T1, T2, T3, N4, D1: each clock runs out once; only one of them moves a claim.
    let (never_begun, undecided) =
        (world.submitted_on(&world.partner, 1).await, world.review(&world.submitted_on(&world.partner, 2).await).await);
    let silent = world.ask(&world.review(&world.submitted_on(&world.partner, 3).await).await).await;
    let consented = world.approve(&world.review(&world.submitted_on(&world.partner, 4).await).await).await;
    let rejected = world.reject(&world.review(&world.submitted_on(&world.partner, 5).await).await).await;
    let disputed =
        world.dispute(&world.reject(&world.review(&world.submitted_on(&world.partner, 6).await).await).await).await;
    world.later("P40D").await;
    went(world, &silent, "REJECTED", "PARTNER_ACTION_REQUIRED", "REJECTED").await;
    for (claim, status, missed) in [
        (&never_begun, "SUBMITTED", 1),
        (&undecided, "UNDER_REVIEW", 1),
        (&silent, "REJECTED", 0),
        (&consented, "APPROVED", 0),
        (&rejected, "REJECTED", 0),
        (&disputed, "UNDER_REVIEW", 1),
    ] {
        assert_eq!(world.seen(claim).await.status(), status);
        assert_eq!(world.told(claim, "DEADLINE_MISSED").await.len(), missed, "{status}");
    }
    assert_eq!(world.told(&consented, "CONSENT_LAPSED").await.len(), 1);
    assert!(
        world.partner.act("disputeClaim", &rejected, json!({ "justification": "x" })).await.refused()
            == ["DISPUTE_WINDOW_CLOSED"]
    );
}

async fn the_arrows_to_rejected_by_withdrawal(world: &World) {
    // L9
    for status in ["SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED"] {
        let claim = world.in_status(status).await;
        let claim = world.withdraw(&world.partner, &claim).await;
        went(world, &claim, "WITHDRAWN", status, "REJECTED").await;
    }
    // An approved one also after the window.
    let claim = world.approved().await;
    world.later("P10D").await;
    let claim = world.withdraw(&world.partner, &claim).await;
    went(world, &claim, "WITHDRAWN", "APPROVED", "REJECTED").await;
}

async fn the_arrows_of_a_lost_arbitration(world: &World) {
    // X5: in whatever status after submission the sides are.
    for status in ["SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED"] {
        let mine = world.in_status(status).await;
        let theirs = world.submitted_by(&world.rival).await;
        world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
        went(world, &mine, "REJECTED", status, "REJECTED").await;
        assert_eq!(world.seen(&mine).await.field("rejection")["reason"], "ARBITRATION_LOST", "{status}");
        world.withdraw(&world.rival, &world.seen(&theirs).await).await;
    }
}
