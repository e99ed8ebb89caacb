//! What a customer follows (A3): its claims' changes of status from their approval on.

use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, STATUSES, event, events, follow, last_position, silent, words};
use crate::support::{World, both};

both!(a_customer_follows_its_claims_from_their_approval_on, a_customer_follows_nothing_else);

async fn a_customer_follows_its_claims_from_their_approval_on(world: &World) {
    // A3, H2
    let draft = world.proven().await;
    let start = last_position(&world.partner).await;
    let mut live = follow(&world.customer, STATUSES, json!({})).await;
    let mut of_claim = follow(&world.customer, STATUSES, json!({ "claim": draft.id() })).await;
    let mut other = follow(&world.other_customer, STATUSES, json!({})).await;
    let mut elsewhere = follow(&world.other_customer, STATUSES, json!({ "claim": draft.id(), "after": start })).await;
    let mut fence = follow(&world.partner, STATUSES, json!({ "status": ["UNDER_REVIEW"] })).await;
    let claim = world.review(&world.submit(&world.partner, &draft).await).await;
    event(&mut fence).await;
    silent(&mut of_claim).await;
    // The position of long ago may come from anywhere.
    let mut behind = follow(&world.customer, STATUSES, json!({ "after": start })).await;
    silent(&mut behind).await;
    let claim = world.approve(&claim).await;
    // It loses against a rival, whose claim the customer does not see, and is disputed.
    let theirs = world.review(&world.submitted_by(&world.rival).await).await;
    world.award(&world.open_arbitration(&claim).await, &theirs).await.data();
    let disputed = world.taken(&world.dispute(&world.seen(&claim).await).await).await;
    // Somebody who comes only now, with a position of before the approval, gets the same and nothing earlier.
    let mut late = follow(&world.customer, STATUSES, json!({ "claim": claim.id(), "after": start })).await;
    for stream in [&mut live, &mut of_claim, &mut behind, &mut late] {
        let seen = events(stream, 3).await;
        assert_eq!(words(&seen, "fromStatus"), ["UNDER_REVIEW", "APPROVED", "REJECTED"]);
        assert_eq!(words(&seen, "toStatus"), ["APPROVED", "REJECTED", "UNDER_REVIEW"]);
        assert_eq!(seen[0]["actor"], json!({ "kind": "REVIEWER", "name": "Reviewer" }));
        assert!(
            seen.iter().all(|change| change["claim"]["id"] == claim.id() && change["actor"]["name"] != "Lena Lead")
        );
        // It resumes from its own positions.
        let mut on = follow(&world.customer, STATUSES, json!({ "after": seen[1]["position"] })).await;
        assert_eq!(event(&mut on).await["toStatus"], "UNDER_REVIEW");
    }
    let reject = json!({ "reason": "INSUFFICIENT_POE", "detail": "The work is not shown." });
    world.second_reviewer.act("rejectClaim", &disputed, reject).await.done();
    assert_eq!(event(&mut late).await["toStatus"], "REJECTED", "it keeps seeing them afterwards");
    silent(&mut other).await;
    silent(&mut elsewhere).await;
}

/// A claim as far as it could be shown.
const ALL: &str = "{ id status externalReference availableActions lines { outcome association { official } } \
    proofOfExecution { id } comments { totalCount } deadline { dueAt } decisionDueAt actionRequest { message } rejection { detail } \
    dispute { status } evaluation { status } reviewer { subject } arbitrations { id } partner { name } consent { status } }";

async fn a_customer_follows_nothing_else(world: &World) {
    // A3, K1: no history, no comments; and of the claim what it sees anyway.
    let claim = world.under_review().await;
    let start = last_position(&world.partner).await;
    let variables = [json!({ "claim": claim.id() }), json!({ "claim": claim.id(), "after": start })];
    let mut streams = vec![follow(&world.customer, HISTORY, json!({})).await];
    for variables in variables {
        for document in [HISTORY, COMMENTS] {
            streams.push(follow(&world.customer, document, variables.clone()).await);
        }
    }
    let mut changes =
        follow(&world.customer, &format!("subscription {{ claimStatusChanged {{ claim {ALL} }} }}"), json!({})).await;
    let claim = world.approve(&claim).await;
    world.partner.comment(claim.id(), "To the reviewers.", "SHARED").await.claim();
    let shown = event(&mut changes).await["claim"].take();
    let query = format!("query($id: ID!) {{ claim(id: $id) {ALL} }}");
    let answer = world.customer.graphql(&query, json!({ "id": claim.id() })).await;
    assert_eq!(shown, answer.data()["claim"]);
    assert_eq!(
        (&shown["partner"]["name"], &shown["consent"]["status"]),
        (&json!("Alpine Advisers"), &json!("PENDING"))
    );
    for hidden in ["externalReference", "actionRequest", "rejection", "dispute", "evaluation", "reviewer"] {
        assert_eq!(shown[hidden], Value::Null, "{hidden}");
    }
    for empty in ["proofOfExecution", "arbitrations"] {
        assert_eq!(shown[empty], json!([]), "{empty}");
    }
    assert_eq!((&shown["comments"]["totalCount"], &shown["lines"][0]["outcome"]), (&json!(0), &json!("PENDING")));
    for stream in &mut streams {
        silent(stream).await;
    }
}
