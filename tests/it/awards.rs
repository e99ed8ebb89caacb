//! A review lead awards an arbitration (X5).

use serde_json::{Value, json};

use crate::{
    arbitration::rises,
    support::{World, both, directory::*, ids},
};

both!(
    the_award,
    an_award_rejects_the_loser_and_the_winner_goes_on,
    both_sides_are_told_of_an_award,
    a_partner_sees_neither_the_winner_nor_the_reason,
    only_a_lead_awards,
    an_award_needs_a_rationale_an_arbitration_and_one_of_its_claims,
    an_award_is_made_once,
    an_incumbent_that_loses,
    an_incumbent_that_wins,
    a_claim_loses_one_line_of_two,
);

async fn the_award(world: &World) {
    // X5, X6
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.later("P1D").await;
    let answer = world.award(&id, &theirs).await;
    let awarded = &answer.payload()["arbitration"];
    assert_eq!((answer.problems(), &awarded["status"]), (vec![], &json!("AWARDED")));
    assert_eq!(
        (&awarded["winner"]["id"], &awarded["rationale"]),
        (&json!(theirs.id()), &json!("Its proof is the better one."))
    );
    assert_eq!(awarded["settledAt"], "2026-03-03T09:00:00Z");
    assert_eq!(rises(world, &[&mine, &theirs]).await, [1, 1]);
}

async fn an_award_rejects_the_loser_and_the_winner_goes_on(world: &World) {
    // X5, X6
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.later("P1D").await;
    world.award(&id, &theirs).await;
    let (lost, won) = (world.seen(&mine).await, world.seen(&theirs).await);
    assert_eq!(
        (lost.status(), lost.outcome(0), &lost.field("rejection")["reason"]),
        ("REJECTED", "LOST", &json!("ARBITRATION_LOST"))
    );
    assert_eq!(lost.field("rejection")["disputableUntil"], "2026-04-03T00:00:00Z");
    assert_eq!((won.status(), won.outcome(0)), ("UNDER_REVIEW", "WON"));
    let approved = world.approve(&won).await;
    assert_eq!(
        (approved.status(), world.live_associations().await),
        ("APPROVED", vec![format!("subscription:{CONTOSO_SALES}")])
    );
}

async fn both_sides_are_told_of_an_award(world: &World) {
    // X5
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.award(&id, &theirs).await;
    for (claim, partner) in [(&mine, &world.partner), (&theirs, &world.rival)] {
        assert_eq!(world.told(claim, "ARBITRATION_SETTLED").await.len(), 1);
        let comments = world.comments(partner, claim).await;
        let (author, body) = comments.last().unwrap();
        assert!(author == "SYSTEM" && body.contains("is over"), "{comments:?}");
    }
    assert!(world.notices(&mine).await.last().unwrap().contains("ARBITRATION_LOST"));
}

async fn a_partner_sees_neither_the_winner_nor_the_reason(world: &World) {
    // X2, X5: only the outcome of its own line.
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    world.award(&id, &theirs).await;
    for partner in [&world.partner, &world.rival] {
        let seen = world.arbitrations(partner).await;
        assert_eq!((&seen[0]["status"], &seen[0]["rationale"]), (&json!("AWARDED"), &Value::Null));
    }
    assert_eq!(world.arbitrations(&world.partner).await[0]["winner"], Value::Null);
}

fn award_of(arbitration: &str, winner: &str, rationale: &str) -> Value {
    json!({ "arbitrationId": arbitration, "winnerClaimId": winner, "rationale": rationale })
}

async fn only_a_lead_awards(world: &World) {
    // X5, A2
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    for caller in [&world.reviewer, &world.auditor, &world.partner, &world.customer, &world.sync] {
        let answer = caller.mutate("awardArbitration", award_of(&id, mine.id(), "Ours.")).await;
        assert_eq!(answer.errors(), ["FORBIDDEN"], "{}", caller.subject);
    }
    assert_eq!(rises(world, &[&mine, &theirs]).await, [0, 0]);
}

async fn an_award_needs_a_rationale_an_arbitration_and_one_of_its_claims(world: &World) {
    // X5, L13
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    let elsewhere = world.submitted_on(&world.partner, 1).await;
    let awarded = |input: Value| async move { world.lead.mutate("awardArbitration", input).await.refused() };
    for rationale in ["", "  ", "nul\u{0}"] {
        assert_eq!(awarded(award_of(&id, mine.id(), rationale)).await, ["INVALID_VALUE"], "{rationale:?}");
    }
    for winner in [elsewhere.id(), "x", &ids::of_nothing("Claim"), &id] {
        assert_eq!(awarded(award_of(&id, winner, "So.")).await, ["NOT_FOUND"], "{winner}");
    }
    for arbitration in ["x", mine.id(), &ids::of_nothing("Arbitration")] {
        assert_eq!(awarded(award_of(arbitration, mine.id(), "So.")).await, ["NOT_FOUND"], "{arbitration}");
    }
    assert_eq!(rises(world, &[&mine, &theirs]).await, [0, 0]);
}

async fn an_award_is_made_once(world: &World) {
    // X5, J1
    let (mine, theirs) = world.contested().await;
    let id = world.open_arbitration(&mine).await;
    let mut keyed = award_of(&id, mine.id(), "So.");
    keyed["idempotencyKey"] = json!("award-1");
    let first = world.lead.mutate("awardArbitration", keyed.clone()).await;
    assert_eq!(world.lead.mutate("awardArbitration", keyed.clone()).await.text, first.text);
    keyed["rationale"] = json!("Otherwise.");
    assert_eq!(world.lead.mutate("awardArbitration", keyed).await.refused(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(world.award(&id, &theirs).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(rises(world, &[&mine, &theirs]).await, [1, 1]);
}

async fn an_incumbent_that_loses(world: &World) {
    // X5, X6
    let (mine, theirs) = world.incumbent().await;
    world.later("P10D").await;
    world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
    let lost = world.seen(&mine).await;
    assert_eq!((lost.status(), &lost.field("rejection")["reason"]), ("REJECTED", &json!("ARBITRATION_LOST")));
    let association = &lost.field("lines")[0]["association"];
    assert_eq!((&association["official"], &association["endedAt"]), (&json!(true), &json!("2026-03-12T09:00:00Z")));
    assert_eq!((lost.version(), world.told(&lost, "ASSOCIATION_ENDED").await.len()), (mine.version() + 1, 1));
    assert!(world.live_associations().await.is_empty(), "ended at the award");
    world.approve(&world.seen(&theirs).await).await;
    assert_eq!(world.live_associations().await.len(), 1);
}

async fn an_incumbent_that_wins(world: &World) {
    // X5
    let (mine, theirs) = world.incumbent().await;
    world.award(&world.open_arbitration(&mine).await, &mine).await.data();
    let (won, lost) = (world.seen(&mine).await, world.seen(&theirs).await);
    assert_eq!(
        (won.status(), won.outcome(0), &won.field("lines")[0]["association"]["endedAt"]),
        ("APPROVED", "WON", &Value::Null)
    );
    assert_eq!((lost.status(), lost.outcome(0)), ("REJECTED", "LOST"));
    assert!(!world.partner.claim(won.id()).await.unwrap().actions().contains(&"ATTACH_PROOF"));
}

async fn a_claim_loses_one_line_of_two(world: &World) {
    // X5, E: a lost line never counts again.
    let mut input = world.input_of(&world.partner);
    input["lines"] = json!([{ "productId": ids::of_product(SALES) }, { "productId": ids::of_product(FINANCE), "subscriptionId": CONTOSO_FINANCE }]);
    let mine = world.review(&world.submit_input(&world.partner, input).await).await;
    let theirs = world.submitted_by(&world.rival).await;
    world.award(&world.open_arbitration(&mine).await, &theirs).await.data();
    let mine = world.seen(&mine).await;
    assert_eq!((mine.status(), mine.outcome(0), mine.outcome(1)), ("UNDER_REVIEW", "LOST", "PENDING"));
    let approved = world.approve(&mine).await;
    assert_eq!(world.live_associations().await, [format!("subscription:{CONTOSO_FINANCE}")]);
    assert_eq!(approved.field("lines")[0]["association"], Value::Null);
    // What it lost, it may claim anew: E9 does not count it.
    let again = world.submitted().await;
    assert_eq!(again.arbitrations().len(), 1);
    let theirs = world.seen(&theirs).await;
    assert_eq!((theirs.outcome(0), theirs.arbitrations().len()), ("PENDING", 2));
}
