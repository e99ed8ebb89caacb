//! What an event shows is worked out for each subscriber, and shared only by those who see the same (A3, A4, A5).

use serde_json::{Value, json};

use super::{HISTORY, event, events, follow, last_position};
use crate::support::{Caller, World, both, claims::FIELDS, directory::ALPINE, world::SCOPES};

both!(
    everybody_is_shown_what_a_query_would_show,
    reviewers_share_nothing_that_is_each_ones_own,
    variables_make_answers_differ,
    what_was_long_ago_is_shown_as_it_is_now,
    scopes_make_answers_differ,
);

fn whole_claim() -> String {
    format!(
        "subscription($after: String) {{ claimStatusChanged(after: $after) {{ position toStatus actor {{ kind name }} claim {FIELDS} }} }}"
    )
}

async fn everybody_is_shown_what_a_query_would_show(world: &World) {
    // A3, A4, L11: the same document, the same event, and each one's own answer.
    let mut input = world.input_of(&world.partner);
    input["externalReference"] = json!("ALP-1");
    let claim = world.review(&world.submit_input(&world.partner, input).await).await;
    let everybody = [
        &world.partner,
        &world.user,
        &world.reviewer,
        &world.second_reviewer,
        &world.lead,
        &world.auditor,
        &world.customer,
    ];
    let document = whole_claim();
    let mut streams = Vec::new();
    for caller in everybody {
        streams.push((caller, follow(caller, &document, json!({})).await));
        // One more of each, who may share.
        streams.push((caller, follow(caller, &document, json!({})).await));
    }
    for step in 0..2 {
        let claim = world.seen(&claim).await;
        if step == 0 {
            world.approve(&claim).await;
        } else {
            world.customer.act("declineConsent", &claim, json!({})).await.done();
        }
        for (caller, stream) in &mut streams {
            let shown = event(stream).await;
            let asked = caller.claim(claim.id()).await.unwrap();
            assert_eq!(shown["claim"], asked.0, "{} in step {step}", caller.subject);
            let knows = matches!(caller.subject.as_str(), "ann@alpine.example" | "ulf@alpine.example");
            assert_eq!(shown["claim"]["externalReference"] == "ALP-1", knows, "{}", caller.subject);
            let names = caller.subject.ends_with("vendor.example");
            let name = if step == 0 { "Rita Reviewer" } else { "An administrator" };
            assert_eq!(shown["actor"]["name"] == name, names || step == 1, "{}: {shown}", caller.subject);
        }
    }
}

const ACTIONS: &str = "subscription { claimStatusChanged { claim { availableActions } } }";

async fn actions(stream: &mut crate::support::event_stream::EventStream) -> Vec<String> {
    let event = event(stream).await;
    event["claim"]["availableActions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}

async fn reviewers_share_nothing_that_is_each_ones_own(world: &World) {
    // L3, L11: two with the same roles and scopes, of whom one is assigned.
    let claim = world.submitted().await;
    let mut assigned = follow(&world.reviewer, ACTIONS, json!({})).await;
    let mut other = follow(&world.second_reviewer, ACTIONS, json!({})).await;
    world.review(&claim).await;
    // The one who comes first must not decide for the other: both orders.
    let (first, second) = (actions(&mut assigned).await, actions(&mut other).await);
    assert!(first.iter().any(|word| word == "APPROVE"), "{first:?}");
    assert!(!second.iter().any(|word| word == "APPROVE"), "{second:?}");
    // Partners: what an incentives user may not, an admin may (A1).
    let mut admin = follow(&world.partner, ACTIONS, json!({})).await;
    let mut user = follow(&world.user, ACTIONS, json!({})).await;
    world.ask(&world.seen(&claim).await).await;
    let (users, admins) = (actions(&mut user).await, actions(&mut admin).await);
    assert!(admins.iter().any(|word| word == "RESPOND") && !users.iter().any(|word| word == "RESPOND"), "{users:?}");
}

async fn variables_make_answers_differ(world: &World) {
    let document = "subscription($claim: ID, $names: Boolean = false) { historyAppended(claimId: $claim) { \
        action claim { number @skip(if: $names) name @include(if: $names) } } }";
    let claim = world.submitted().await;
    let other = world.submitted_on(&world.partner, 1).await;
    let open = |variables: Value| follow(&world.partner, document, variables);
    let mut by_number = open(json!({ "claim": claim.id() })).await;
    let mut by_name = open(json!({ "claim": claim.id(), "names": true })).await;
    let mut same = open(json!({ "names": true, "claim": claim.id() })).await;
    let mut others = open(json!({ "claim": other.id(), "names": true })).await;
    let mut all = open(json!({ "claim": null, "names": true })).await;
    world.partner.comment(claim.id(), "One.", "SHARED").await.claim();
    world.partner.comment(other.id(), "Two.", "SHARED").await.claim();
    assert_eq!(event(&mut by_number).await["claim"], json!({ "number": claim.field("number") }));
    assert_eq!(event(&mut by_name).await["claim"], json!({ "name": claim.field("name") }));
    assert_eq!(event(&mut same).await["claim"], json!({ "name": claim.field("name") }));
    assert_eq!(event(&mut others).await["claim"], json!({ "name": other.field("name") }));
    let names: Vec<_> = events(&mut all, 2).await.into_iter().map(|event| event["claim"]["name"].clone()).collect();
    assert_eq!(names, [claim.field("name").clone(), other.field("name").clone()]);
    // Two operations in one document, with aliases.
    let two = "subscription A { it: historyAppended { action } } subscription B { it: historyAppended { note } }";
    for (name, field) in [("A", "action"), ("B", "note")] {
        let body = json!({ "query": two, "operationName": name });
        let request = world.partner.request(reqwest::Method::POST, "/graphql");
        let response = request.header("accept", "text/event-stream").json(&body).send().await.unwrap();
        let mut stream = crate::support::event_stream::EventStream::of(response);
        stream.event().await;
        world.partner.comment(claim.id(), "Three.", "SHARED").await.claim();
        let data = stream.data().await;
        assert!(data["it"].as_object().unwrap().contains_key(field), "{data}");
    }
}

async fn what_was_long_ago_is_shown_as_it_is_now(world: &World) {
    // H2: the entry as it was written, the claim as it is.
    let claim = world.under_review().await;
    let start = world.partner.query("{ history(first: 1) { nodes { position } } }").await;
    let after = json!({ "after": start["history"]["nodes"][0]["position"] });
    world.reject(&claim).await;
    let mut stream = follow(&world.partner, HISTORY, after).await;
    for event in events(&mut stream, 4).await {
        assert_eq!(event["claim"]["status"], "REJECTED", "{event}");
    }
}

async fn scopes_make_answers_differ(world: &World) {
    // A5: whoever may read the history but no claims gets an error where the claim is asked for, and the next event.
    let claim = world.submitted().await;
    let with = |scope: &str| -> Caller {
        let claims =
            json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "scope": scope, "partner_id": ALPINE });
        world.server.caller(claims)
    };
    let document = "subscription { historyAppended { action claim { number } } }";
    let mut narrow = follow(&with("history:read"), document, json!({})).await;
    let mut wide = follow(&with(SCOPES), document, json!({})).await;
    for _ in 0..2 {
        world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
        assert_eq!(event(&mut wide).await["claim"]["number"], *claim.field("number"));
        let refused = narrow.next().await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused}");
        assert!(!refused.to_string().contains(claim.field("number").as_str().unwrap()), "{refused}");
    }
    let mut bare =
        follow(&with("history:read"), "subscription { historyAppended { action position } }", json!({})).await;
    let after = last_position(&world.partner).await;
    world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
    assert_ne!(event(&mut bare).await["position"], after);
}
