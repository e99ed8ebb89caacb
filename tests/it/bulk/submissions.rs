//! Many drafts submitted in one call (B1).

use serde_json::{Value, json};

use super::{outcomes, result, rows_of_all_tables};
use crate::support::{Answer, Caller, Claim, World, both, caller::codes};

both!(drafts_are_submitted_one_after_the_other, all_are_submitted_or_none, a_rival_is_met_by_a_bulk_submission_too,);

pub(super) async fn submit(caller: &Caller, claims: &[&Claim], policy: &str, more: Value) -> Answer {
    let claims: Vec<_> =
        claims.iter().map(|claim| json!({ "claimId": claim.id(), "expectedVersion": claim.version() })).collect();
    let mut input = json!({ "claims": claims, "policy": policy });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    caller.mutate("submitClaims", input).await
}

async fn drafts_are_submitted_one_after_the_other(world: &World) {
    // B1 L2 E9
    let one = world.proven().await;
    let same_subject = world.proven().await;
    let other = world.prove(&world.partner, &world.draft_on(&world.partner, 1).await).await;
    let unproven = world.draft_on(&world.partner, 2).await;
    let theirs = world.draft_of(&world.rival).await;
    let mut stale = world.prove(&world.partner, &world.draft_on(&world.partner, 3).await).await;
    stale.0["version"] = json!(1);
    let all = [&one, &same_subject, &other, &unproven, &theirs, &stale, &one];
    let key = json!({ "idempotencyKey": "submit" });
    let answer = submit(&world.partner, &all, "KEEP_GOOD", key.clone()).await;
    let refused = |index: usize| codes(&result(&answer, index)["problems"]);
    assert_eq!(
        outcomes(&answer),
        ["SUBMITTED", "REFUSED", "SUBMITTED", "REFUSED", "REFUSED", "REFUSED", "REFUSED"],
        "{}",
        answer.text
    );
    assert_eq!(refused(1), ["SUBSCRIPTION_ALREADY_CLAIMED"], "the row before it claims the same");
    assert_eq!(refused(3), ["PROOF_OF_EXECUTION_REQUIRED"]);
    assert_eq!(
        (refused(4), refused(5), refused(6)),
        (vec!["NOT_FOUND".to_owned()], vec!["VERSION_CONFLICT".to_owned()], vec!["INVALID_VALUE".to_owned()])
    );
    assert_eq!(result(&answer, 5)["problems"][0]["field"], json!(["claims", "5", "expectedVersion"]));
    assert_eq!(result(&answer, 0)["claim"]["status"], "SUBMITTED");
    assert_eq!((&answer.payload()["submitted"], &answer.payload()["refused"]), (&json!(2), &json!(5)));
    let seen = world.lead.claim(one.id()).await.unwrap();
    assert_eq!((seen.status(), seen.version()), ("SUBMITTED", one.version() + 1));
    assert!(seen.field("deadline")["dueAt"].is_string());
    assert_eq!(submit(&world.partner, &all, "KEEP_GOOD", key).await.payload(), answer.payload());
    assert_eq!(submit(&world.user, &[&unproven], "KEEP_GOOD", json!({})).await.errors(), ["FORBIDDEN"], "A1");
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
