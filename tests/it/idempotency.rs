//! A repeat of what was done gets the first answer and does nothing (J1).

use std::time::Duration;

use serde_json::json;

use crate::support::{World, both, world::PDF};

both!(
    a_repeat_gets_the_first_answer,
    a_key_is_for_one_input_of_one_mutation,
    a_key_is_its_callers_own,
    a_refused_try_is_not_remembered,
    a_repeat_comes_before_everything_but_access,
    an_upload_is_repeated_by_its_content,
    two_at_once_do_it_once,
    keys_hold_for_a_day,
);

async fn a_repeat_gets_the_first_answer(world: &World) {
    // J1
    let mut input = world.input_of(&world.partner);
    input["idempotencyKey"] = json!("key-1");
    let first = world.partner.mutate("createClaim", input.clone()).await;
    let claim = first.claim();
    let again = world.partner.mutate("createClaim", input).await;
    assert_eq!(again.claim().id(), claim.id());
    assert_eq!(world.partner.query("{ claims { totalCount } }").await["claims"]["totalCount"], 1);
    assert_eq!(world.history(&claim).await.len(), 1);
    // Every mutation: the comment is there once.
    let submitted = world.submit(&world.partner, &world.prove(&world.partner, &claim).await).await;
    let comment = json!({ "claimId": submitted.id(), "body": "Once.", "idempotencyKey": "key-2" });
    let one = world.partner.mutate("addComment", comment.clone()).await;
    let two = world.partner.mutate("addComment", comment).await;
    assert_eq!(one.payload()["comment"]["id"], two.payload()["comment"]["id"]);
    assert_eq!(world.partner.query("{ comments { totalCount } }").await["comments"]["totalCount"], 1);
}

async fn a_key_is_for_one_input_of_one_mutation(world: &World) {
    // J1
    let claim = world.proven().await;
    let claim = world.partner.act("submitClaim", &claim, json!({ "idempotencyKey": "k" })).await.done();
    let other = world.partner.act("withdrawClaim", &claim, json!({ "detail": "x", "idempotencyKey": "k" })).await;
    assert_eq!(other.refused(), ["IDEMPOTENCY_KEY_REUSED"]);
    let other = world.partner.act("submitClaim", &claim, json!({ "idempotencyKey": "k" })).await;
    assert_eq!(other.refused(), ["IDEMPOTENCY_KEY_REUSED"], "another expectedVersion is another input");
    assert_eq!(world.partner.claim(claim.id()).await.unwrap().status(), "SUBMITTED");
}

async fn a_key_is_its_callers_own(world: &World) {
    // J1: by the token's subject.
    let with_key = |caller| {
        let mut input = world.input_of(caller);
        input["idempotencyKey"] = json!("shared-key");
        input
    };
    let one = world.partner.mutate("createClaim", with_key(&world.partner)).await.claim();
    let two = world.rival.mutate("createClaim", with_key(&world.rival)).await.claim();
    let three = world.user.mutate("createClaim", with_key(&world.partner)).await.claim();
    assert!(one.id() != two.id() && one.id() != three.id());
}

async fn a_refused_try_is_not_remembered(world: &World) {
    // J1
    let draft = world.draft().await;
    let input = json!({ "claimId": draft.id(), "expectedVersion": 2, "idempotencyKey": "try" });
    assert_eq!(world.partner.mutate("submitClaim", input.clone()).await.refused(), ["VERSION_CONFLICT"]);
    world.prove(&world.partner, &draft).await;
    assert_eq!(world.partner.mutate("submitClaim", input).await.claim().status(), "SUBMITTED");
}

async fn a_repeat_comes_before_everything_but_access(world: &World) {
    // J1: the version has moved on and the status too, yet the answer is that it was done.
    let claim = world.proven().await;
    let input = json!({ "claimId": claim.id(), "expectedVersion": claim.version(), "idempotencyKey": "again" });
    let submitted = world.partner.mutate("submitClaim", input.clone()).await.done();
    world.review(&submitted).await;
    let again = world.partner.mutate("submitClaim", input).await;
    assert_eq!(again.problems(), Vec::<String>::new(), "{}", again.text);
    // Also where the thing itself is gone.
    let draft = world.draft_on(&world.partner, 1).await;
    let input = json!({ "claimId": draft.id(), "expectedVersion": draft.version(), "idempotencyKey": "gone" });
    for _ in 0..2 {
        let answer = world.partner.mutate("deleteClaimDraft", input.clone()).await;
        assert_eq!(answer.payload()["deletedClaimId"], draft.id(), "{}", answer.text);
    }
}

async fn an_upload_is_repeated_by_its_content(world: &World) {
    // J1, P1
    let draft = world.draft().await;
    let input = json!({ "claimId": draft.id(), "idempotencyKey": "file" });
    let first = world.partner.attach_with(input.clone(), "a.pdf", PDF).await;
    let again = world.partner.attach_with(input.clone(), "a.pdf", PDF).await;
    assert_eq!(first.payload()["document"]["id"], again.payload()["document"]["id"]);
    let other = world.partner.attach_with(input, "a.pdf", [PDF, b"\n"].concat()).await;
    assert_eq!(other.refused(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(world.partner.claim(draft.id()).await.unwrap().field("proofOfExecution").as_array().unwrap().len(), 1);
}

async fn two_at_once_do_it_once(world: &World) {
    // J1, L11b: the same key, and the same version without a key.
    let mut input = world.input_of(&world.partner);
    input["idempotencyKey"] = json!("race");
    let tries = (0..8).map(|_| {
        tokio::spawn({
            let (caller, input) = (world.partner.clone(), input.clone());
            async move { caller.mutate("createClaim", input).await }
        })
    });
    let mut ids = Vec::new();
    for answer in tries.collect::<Vec<_>>() {
        ids.push(answer.await.unwrap().claim().id().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let claim = world.prove(&world.partner, &world.partner.claim(&ids[0]).await.unwrap()).await;
    let tries = (0..8).map(|_| {
        tokio::spawn({
            let (caller, claim) = (world.partner.clone(), claim.clone());
            async move { caller.act("submitClaim", &claim, json!({})).await }
        })
    });
    let mut done = 0;
    for answer in tries.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        if answer.problems().is_empty() {
            done += 1;
        } else {
            assert_eq!(answer.refused(), ["VERSION_CONFLICT"]);
        }
    }
    assert_eq!(done, 1);
}

async fn keys_hold_for_a_day(world: &World) {
    // J1: at least 24 hours.
    let mut input = world.input_of(&world.partner);
    input["idempotencyKey"] = json!("tomorrow");
    let first = world.partner.mutate("createClaim", input.clone()).await.claim();
    world.advance(Duration::from_secs(86_400 - 1));
    assert_eq!(world.partner.mutate("createClaim", input.clone()).await.claim().id(), first.id());
    for bad in ["", "a\u{0}b", &"k".repeat(1000)] {
        input["idempotencyKey"] = json!(bad);
        let answer = world.partner.mutate("createClaim", input.clone()).await;
        let refused = answer.body["errors"].is_array() || answer.payload()["claim"].is_null();
        assert!(refused, "{bad:?}: {}", answer.text);
    }
}
