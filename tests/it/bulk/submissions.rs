//! Many drafts submitted in one call (B1).

use serde_json::{Value, json};

use super::{outcomes, result, rows_of_all_tables};
use crate::support::{Answer, Caller, Claim, World, both, caller::codes};

both!(
    each_draft_is_judged_after_those_before_it,
    a_draft_is_refused_for_what_is_its_own,
    drafts_are_submitted_once_under_a_key_by_an_admin,
    all_are_submitted_or_none,
    a_rival_is_met_by_a_bulk_submission_too,
);

pub(super) async fn submit(caller: &Caller, claims: &[&Claim], policy: &str, more: Value) -> Answer {
    let claims: Vec<_> =
        claims.iter().map(|claim| json!({ "claimId": claim.id(), "expectedVersion": claim.version() })).collect();
    let mut input = json!({ "claims": claims, "policy": policy });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.mutate("submitClaims", input).await
}

async fn each_draft_is_judged_after_those_before_it(world: &World) {
    // B1 L2 E9
    let one = world.proven().await;
    let same_subject = world.proven().await;
    let other = world.prove(&world.partner, &world.draft_on(&world.partner, 1).await).await;
    let answer = submit(&world.partner, &[&one, &same_subject, &other, &one], "KEEP_GOOD", json!({})).await;
    assert_eq!(outcomes(&answer), ["SUBMITTED", "REFUSED", "SUBMITTED", "REFUSED"], "{}", answer.text);
    assert_eq!(codes(&result(&answer, 1)["problems"]), ["SUBSCRIPTION_ALREADY_CLAIMED"]);
    assert_eq!(codes(&result(&answer, 3)["problems"]), ["INVALID_VALUE"], "the same claim a second time");
    assert_eq!(result(&answer, 0)["claim"]["status"], "SUBMITTED");
    assert_eq!((&answer.payload()["submitted"], &answer.payload()["refused"]), (&json!(2), &json!(2)));
    let seen = world.lead.claim(one.id()).await.unwrap();
    assert_eq!((seen.status(), seen.version()), ("SUBMITTED", one.version() + 1));
    assert!(seen.field("deadline")["dueAt"].is_string());
}

async fn a_draft_is_refused_for_what_is_its_own(world: &World) {
    // B1 L2 L11 A4
    let unproven = world.draft_on(&world.partner, 2).await;
    let theirs = world.draft_of(&world.rival).await;
    let mut stale = world.prove(&world.partner, &world.draft_on(&world.partner, 3).await).await;
    stale.0["version"] = json!(1);
    let answer = submit(&world.partner, &[&unproven, &theirs, &stale], "KEEP_GOOD", json!({})).await;
    let refused: Vec<_> = (0..3).map(|index| codes(&result(&answer, index)["problems"])).collect();
    assert_eq!(refused, [["PROOF_OF_EXECUTION_REQUIRED"], ["NOT_FOUND"], ["VERSION_CONFLICT"]]);
    assert_eq!(result(&answer, 2)["problems"][0]["field"], json!(["claims", "2", "expectedVersion"]));
}

async fn drafts_are_submitted_once_under_a_key_by_an_admin(world: &World) {
    // J1 A1
    let (proven, unproven) = (world.proven().await, world.draft_on(&world.partner, 2).await);
    let key = json!({ "idempotencyKey": "submit" });
    let first = submit(&world.partner, &[&proven, &unproven], "KEEP_GOOD", key.clone()).await;
    assert_eq!(outcomes(&first), ["SUBMITTED", "REFUSED"]);
    let again = submit(&world.partner, &[&proven, &unproven], "KEEP_GOOD", key).await;
    assert_eq!(again.payload(), first.payload());
    assert_eq!(submit(&world.user, &[&unproven], "KEEP_GOOD", json!({})).await.errors(), ["FORBIDDEN"]);
}

async fn all_are_submitted_or_none(world: &World) {
    // B1
    let one = world.proven().await;
    let unproven = world.draft_on(&world.partner, 1).await;
    let before = rows_of_all_tables(world).await;
    let answer = submit(&world.partner, &[&one, &unproven], "ALL_OR_NOTHING", json!({})).await;
    assert_eq!(outcomes(&answer), ["NOT_DONE", "REFUSED"]);
    assert_eq!(answer.problem("INVALID_VALUE")["field"], json!(["claims"]));
    assert_eq!(rows_of_all_tables(world).await, before);
    let unproven = world.prove(&world.partner, &unproven).await;
    let answer = submit(&world.partner, &[&one, &unproven], "ALL_OR_NOTHING", json!({})).await;
    assert_eq!(outcomes(&answer), ["SUBMITTED", "SUBMITTED"], "{}", answer.text);
}

async fn a_rival_is_met_by_a_bulk_submission_too(world: &World) {
    // B1 X1
    let theirs = world.submitted_by(&world.rival).await;
    let (mine, alone) = (world.proven().await, world.draft_on(&world.partner, 1).await);
    let alone = world.prove(&world.partner, &alone).await;
    let answer = submit(&world.partner, &[&alone, &mine], "ALL_OR_NOTHING", json!({})).await;
    assert_eq!(outcomes(&answer), ["SUBMITTED", "SUBMITTED"], "{}", answer.text);
    for claim in [&mine, &theirs] {
        assert_eq!(world.lead.claim(claim.id()).await.unwrap().arbitrations()[0].1, "OPEN");
    }
    assert!(world.lead.claim(alone.id()).await.unwrap().arbitrations().is_empty());
}
