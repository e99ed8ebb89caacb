//! What following costs the database: events are shared by those who see the same, and wake nobody whom they do not concern.

use serde_json::json;

use super::{HISTORY, STATUSES, event, follow, follow_claim};
use crate::support::{Caller, Claim, World, both, directory::ALPINE, event_stream::EventStream, world::SCOPES};

/// New entries without their claim. Reads of claims by id share a statement while all connections are in use, so their number varies.
const ENTRIES: &str = "subscription($claim: ID, $after: String) { historyAppended(claimId: $claim, after: $after) { \
    id position action comment { id body } } }";

both!(an_event_is_worked_out_once_for_all_who_see_the_same, an_event_asks_nothing_for_those_whom_it_does_not_concern);

/// How many statements a comment takes, and its event for these streams.
async fn cost_of_a_comment(world: &World, caller: &Caller, claim: &Claim, streams: &mut [EventStream]) -> usize {
    world.server.statements();
    caller.comment(claim.id(), "Hello.", "SHARED").await.claim();
    for stream in streams {
        assert_eq!(event(stream).await["comment"]["body"], "Hello.");
    }
    world.server.statements().len()
}

async fn an_event_is_worked_out_once_for_all_who_see_the_same(world: &World) {
    // H2
    let claim = world.under_review().await;
    let mut streams = Vec::new();
    let alone = cost_of_a_comment(world, &world.partner, &claim, &mut streams).await;
    streams.push(follow(&world.partner, HISTORY, json!({})).await);
    let one = cost_of_a_comment(world, &world.partner, &claim, &mut streams).await;
    assert!(one > alone, "{one} with a subscriber, {alone} without");
    let colleague =
        world.server.caller(json!({ "sub": "amy@alpine.example", "name": "Amy of Alpine", "roles": ["GLOBAL_ADMIN"],
        "scope": SCOPES, "partner_id": ALPINE }));
    for number in 0..20 {
        let caller = if number % 2 == 0 { &world.partner } else { &colleague };
        streams.push(follow(caller, HISTORY, json!({})).await);
    }
    let many = cost_of_a_comment(world, &world.partner, &claim, &mut streams).await;
    assert_eq!(many, one, "for twenty more of the same company, roles and scopes");
    // Another document or another role is another answer, but whether it is seen is asked once for a side.
    streams.push(follow(&world.user, HISTORY, json!({})).await);
    let another = cost_of_a_comment(world, &world.partner, &claim, &mut streams).await;
    assert_eq!(another - one, one - alone - 1, "the same answer again, but not the question whether it is seen");
}

async fn an_event_asks_nothing_for_those_whom_it_does_not_concern(world: &World) {
    let mine = world.under_review().await;
    let theirs = world.review(&world.submitted_on(&world.rival, 1).await).await;
    let comment = cost_of_a_comment(world, &world.partner, &mine, &mut []).await;
    assert_eq!(cost_of_a_comment(world, &world.partner, &mine, &mut []).await, comment);
    // These are not concerned by a comment on Alpine's claim: another partner, another claim, another customer, another kind of
    // event. The first ones get the rival's own comments.
    let (mut rivals, mut others) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        rivals.push(follow(&world.rival, ENTRIES, json!({})).await);
        rivals.push(follow_claim(&world.rival, ENTRIES, &theirs).await);
        rivals.push(follow_claim(&world.auditor, ENTRIES, &theirs).await);
        others.push(follow(&world.other_customer, STATUSES, json!({})).await);
        others.push(follow(&world.auditor, STATUSES, json!({})).await);
        others.push(follow(&world.customer, STATUSES, json!({ "claim": mine.id() })).await);
    }
    let fence = cost_of_a_comment(world, &world.rival, &theirs, &mut rivals).await;
    let again = cost_of_a_comment(world, &world.rival, &theirs, &mut rivals).await;
    world.server.statements();
    for _ in 0..10 {
        world.partner.comment(mine.id(), "Hello.", "SHARED").await.claim();
    }
    // The events come in order: once the rival's own is there, those before it have passed everybody.
    world.rival.comment(theirs.id(), "Hello.", "SHARED").await.claim();
    for stream in &mut rivals {
        assert_eq!(event(stream).await["comment"]["body"], "Hello.");
    }
    let all = world.server.statements().len();
    assert_eq!(fence, again, "the same again costs the same");
    assert_eq!(all, 10 * comment + fence);
}
