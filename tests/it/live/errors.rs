//! What refuses a subscription: no scope, no such field, more than one thing, a place that is none.

use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, STATUSES, follow, last_position};
use crate::support::{Caller, World, both, directory::ALPINE, event_stream::EventStream, ids};

both!(
    each_subscription_needs_its_scope,
    only_one_thing_is_followed,
    a_place_that_is_none_is_refused_with_a_remedy,
    a_plain_request_cannot_follow,
    costs_have_a_limit,
);

/// The only answer, and the code of its only error.
pub(super) async fn refusal(caller: &Caller, document: &str, variables: Value) -> (String, Value) {
    let mut stream = EventStream::open(caller, document, variables).await;
    let answer = stream.next().await;
    stream.ended().await;
    assert!(answer["data"].is_null(), "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{answer}");
    (errors[0]["extensions"]["code"].as_str().unwrap().to_owned(), errors[0].clone())
}

async fn code(caller: &Caller, document: &str, variables: Value) -> String {
    refusal(caller, document, variables).await.0
}

async fn each_subscription_needs_its_scope(world: &World) {
    // A5
    let claim = world.submitted().await;
    let with =
        |scope: &str| world.server.caller(json!({ "roles": ["GLOBAL_ADMIN"], "scope": scope, "partner_id": ALPINE }));
    let variables = || json!({ "claim": claim.id() });
    let others = "claims:write comments:write directory:read";
    for (document, needed, missing) in [
        (HISTORY, "history:read", "claims:read"),
        (STATUSES, "claims:read", "history:read"),
        (COMMENTS, "claims:read", "history:read"),
    ] {
        let (code, error) = refusal(&with(&format!("{missing} {others}")), document, variables()).await;
        assert_eq!(code, "FORBIDDEN");
        assert!(error["message"].as_str().unwrap().contains(needed), "{error}");
        drop(EventStream::open(&with(needed), document, variables()).await);
    }
}

async fn only_one_thing_is_followed(world: &World) {
    for document in [
        "subscription { nothingAtAll { id } }",
        "subscription { historyAppended { nothing } }",
        "subscription { historyAppended }",
        "subscription { historyAppended { id } claimStatusChanged { position } }",
        "subscription { a: historyAppended { id } b: historyAppended { id } }",
        "subscription { ...Two } fragment Two on Subscription { historyAppended { id } claimStatusChanged { position } }",
        "subscription { historyAppended { id } ... on Subscription { other: historyAppended { id } } }",
        "subscription { __typename }",
        "subscription { historyAppended { id } __typename }",
        "subscription { ...One __typename } fragment One on Subscription { historyAppended { id } }",
        "subscription($on: Boolean = true) { historyAppended @include(if: $on) { id } }",
        "subscription { historyAppended @skip(if: false) { id } }",
        "subscription { ... on Subscription @include(if: true) { historyAppended { id } } }",
        "subscription { ...One @skip(if: true) } fragment One on Subscription { historyAppended { id } }",
        "subscription { claimStatusChanged(number: 7) { position } }",
        "subscription($x: Nope) { historyAppended(after: $x) { id } }",
    ] {
        assert_eq!(code(&world.partner, document, json!({})).await, "GRAPHQL_VALIDATION_FAILED", "{document}");
    }
    let required = "subscription($claim: ID!) { commentAdded(claimId: $claim) { position } }";
    assert_eq!(code(&world.partner, required, json!({})).await, "BAD_USER_INPUT", "a variable is missing");
    assert_eq!(code(&world.partner, STATUSES, json!({ "status": "NOWHERE" })).await, "BAD_USER_INPUT");
    let nowhere = "subscription { claimStatusChanged(status: [NOWHERE]) { position } }";
    assert_eq!(code(&world.partner, nowhere, json!({})).await, "BAD_USER_INPUT");
    // One thing, in whatever form.
    let claim = world.submitted().await;
    for document in [
        "subscription { it: historyAppended { __typename action } }",
        "subscription { ...One } fragment One on Subscription { it: historyAppended { action __typename } }",
        "subscription { it: historyAppended { action } ... on Subscription { it: historyAppended { __typename } } }",
    ] {
        let mut stream = follow(&world.partner, document, json!({})).await;
        world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
        let data = stream.data().await;
        assert_eq!((&data["it"]["action"], &data["it"]["__typename"]), (&json!("COMMENTED"), &json!("HistoryEntry")));
    }
}

async fn a_place_that_is_none_is_refused_with_a_remedy(world: &World) {
    // H2
    let claim = world.submitted().await;
    let good = last_position(&world.partner).await;
    let good = good.as_str().unwrap();
    // The id of something else, in the form of a position.
    let foreign = &ids::of_nothing("Claim");
    let strangers = ["AZAAAAAAcACAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ", "_____________________w"];
    let garbage =
        ["", " ", "x", "0", "17", "null", "\u{0}", "ä", "{}", &good[1..], &format!("{good}="), &format!("{good}A")];
    for (text, remedy) in garbage
        .iter()
        .copied()
        .chain([foreign.as_str()])
        .map(|text| (text, "Give the position of an event"))
        .chain(strangers.map(|text| (text, "subscribe without a position")))
    {
        for document in [HISTORY, STATUSES, COMMENTS] {
            let variables = json!({ "claim": claim.id(), "after": text });
            let (code, error) = refusal(&world.partner, document, variables).await;
            assert_eq!(code, "BAD_USER_INPUT", "{text:?}");
            assert!(error["message"].as_str().unwrap().contains(remedy), "{text:?}: {error}");
        }
    }
    // A position of another server's database.
    let elsewhere = World::start(crate::support::Backend::Sqlite, crate::support::Settings::default()).await;
    elsewhere.submitted().await;
    let stranger = last_position(&elsewhere.partner).await;
    assert_eq!(code(&world.partner, HISTORY, json!({ "after": stranger })).await, "BAD_USER_INPUT");
    elsewhere.finish().await;
}

async fn a_plain_request_cannot_follow(world: &World) {
    let answer = world.partner.graphql(HISTORY, json!({})).await;
    assert_eq!((answer.status.as_u16(), answer.errors()), (406, vec!["SUBSCRIPTION_NEEDS_A_STREAM".to_owned()]));
    assert!(answer.body.get("data").is_none(), "{}", answer.text);
}

async fn costs_have_a_limit(world: &World) {
    // What is under the event counts as in a query.
    let lists = |first: u32| {
        format!(
            "subscription {{ claimStatusChanged {{ claim {{ history(first: {first}) {{ nodes {{ comment {{ claim {{ \
             comments(first: {first}) {{ nodes {{ id }} }} }} }} }} }} }} }} }}"
        )
    };
    let (code, error) = refusal(&world.partner, &lists(100), json!({})).await;
    assert_eq!(code, "QUERY_TOO_COMPLEX");
    assert!(error["message"].as_str().unwrap().contains("5000"), "{error}");
    drop(EventStream::open(&world.partner, &lists(10), json!({})).await);
}
