//! Which events: by claim, action, customer and partner; and from where: a position or a cursor (H2).

use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, event, follow, follow_claim, last_position, silent, words};
use crate::support::{Caller, Claim, World, both, event_stream::EventStream, ids};

both!(
    the_history_is_followed_by_action_customer_and_partner,
    a_filter_widens_no_ones_sight,
    comments_on_all_claims_are_followed,
    a_cursor_is_as_good_as_a_position,
    what_is_neither_is_refused,
);

const FILTERED: &str = "subscription($actions: [HistoryAction!], $customer: ID, $partner: ID, $claim: ID, $after: String) { \
    historyAppended(actions: $actions, customerId: $customer, partnerId: $partner, claimId: $claim, after: $after) { \
    position action claim { id } } }";

async fn parties(caller: &Caller, claim: &Claim) -> (Value, Value) {
    let query = "query($id: ID!) { claim(id: $id) { customer { id } partner { id } } }";
    let seen = caller.graphql(query, json!({ "id": claim.id() })).await;
    let claim = &seen.data()["claim"];
    (claim["customer"]["id"].clone(), claim["partner"]["id"].clone())
}

async fn the_history_is_followed_by_action_customer_and_partner(world: &World) {
    // H2: live, and from a position.
    let first = world.submitted_on(&world.partner, 1).await;
    let second = world.submitted_on(&world.rival, 2).await;
    let (customer, partner) = parties(&world.lead, &first).await;
    let start = last_position(&world.lead).await;
    let wanted = [
        (json!({ "customer": customer }), vec!["REVIEW_STARTED", "COMMENTED"]),
        (json!({ "partner": partner }), vec!["REVIEW_STARTED", "COMMENTED"]),
        (json!({ "actions": ["COMMENTED"] }), vec!["COMMENTED", "COMMENTED"]),
        (json!({ "actions": ["COMMENTED"], "customer": customer, "partner": partner }), vec!["COMMENTED"]),
        (json!({ "actions": [] }), vec![]),
        (json!({ "customer": ids::of_nothing("Customer") }), vec![]),
        (json!({ "customer": customer, "claim": second.id() }), vec![]),
    ];
    let mut streams = Vec::new();
    for (variables, actions) in &wanted {
        streams.push((follow(&world.lead, FILTERED, variables.clone()).await, actions.clone()));
    }
    world.review(&first).await;
    world.review(&second).await;
    for claim in [&first, &second] {
        world.lead.comment(claim.id(), "Hello.", "SHARED").await.claim();
    }
    for (variables, actions) in &wanted {
        let mut variables = variables.clone();
        variables["after"] = start.clone();
        streams.push((follow(&world.lead, FILTERED, variables).await, actions.clone()));
    }
    for (stream, actions) in &mut streams {
        let mut seen = Vec::new();
        for _ in actions.iter() {
            seen.push(event(stream).await);
        }
        assert_eq!(words(&seen, "action"), *actions);
        silent(stream).await;
    }
}

async fn a_filter_widens_no_ones_sight(world: &World) {
    // A4
    let claim = world.submitted_on(&world.rival, 1).await;
    let (customer, partner) = parties(&world.lead, &claim).await;
    let start = last_position(&world.lead).await;
    let mut streams: Vec<EventStream> = Vec::new();
    for variables in [json!({ "customer": customer }), json!({ "partner": partner })] {
        for caller in [&world.partner, &world.customer] {
            streams.push(follow(caller, FILTERED, variables.clone()).await);
        }
    }
    let mut fence = follow(&world.rival, FILTERED, json!({ "customer": customer, "partner": partner })).await;
    world.review(&claim).await;
    assert_eq!(event(&mut fence).await["action"], "REVIEW_STARTED");
    streams.push(follow(&world.partner, FILTERED, json!({ "partner": partner, "after": start })).await);
    for stream in &mut streams {
        silent(stream).await;
    }
}

async fn comments_on_all_claims_are_followed(world: &World) {
    // K1 A4
    const ALL: &str = "subscription($customer: ID) { commentAdded(customerId: $customer) { position comment { body claim { id } } } }";
    let first = world.submitted_on(&world.partner, 1).await;
    let second = world.submitted_on(&world.partner, 2).await;
    let foreign = world.submitted_on(&world.rival, 3).await;
    let (customer, _) = parties(&world.lead, &second).await;
    let mut partner = follow(&world.partner, ALL, json!({})).await;
    let mut of_customer = follow(&world.partner, ALL, json!({ "customer": customer })).await;
    let mut vendor = follow(&world.auditor, ALL, json!({})).await;
    let mut customers = follow(&world.customer, ALL, json!({})).await;
    for (claim, visibility) in [(&first, "SHARED"), (&foreign, "SHARED"), (&second, "INTERNAL"), (&second, "SHARED")] {
        world.lead.comment(claim.id(), visibility, visibility).await.claim();
    }
    for claim in [&first, &second] {
        let event = event(&mut partner).await;
        assert_eq!(event["comment"], json!({ "body": "SHARED", "claim": { "id": claim.id() } }));
    }
    assert_eq!(event(&mut of_customer).await["comment"]["claim"]["id"], second.id());
    for claim in [&first, &foreign, &second, &second] {
        assert_eq!(event(&mut vendor).await["comment"]["claim"]["id"], claim.id());
    }
    for stream in [&mut partner, &mut of_customer, &mut vendor, &mut customers] {
        silent(stream).await;
    }
}

async fn a_cursor_is_as_good_as_a_position(world: &World) {
    // H2: in every place where one is taken.
    let claim = world.submitted().await;
    for text in ["First.", "Second."] {
        world.lead.comment(claim.id(), text, "SHARED").await.claim();
    }
    let query = "query($id: ID!) { history(last: 2) { edges { cursor node { id position } } } claim(id: $id) { \
        history(last: 2) { edges { cursor node { position } } } comments(last: 2) { edges { cursor } } } }";
    let seen = world.partner.graphql(query, json!({ "id": claim.id() })).await;
    let seen = seen.data();
    let (first, last) = (&seen["history"]["edges"][0], &seen["history"]["edges"][1]);
    let of_claim = &seen["claim"]["history"]["edges"][0];
    let comment = &seen["claim"]["comments"]["edges"][0];
    let marks = [&first["cursor"], &first["node"]["position"], &of_claim["cursor"], &of_claim["node"]["position"]];
    for mark in marks {
        for document in [HISTORY, COMMENTS] {
            let mut stream = follow(&world.partner, document, json!({ "claim": claim.id(), "after": mark })).await;
            assert_eq!(event(&mut stream).await["comment"]["body"], "Second.", "{mark}");
        }
        let pages = "query($id: ID!, $mark: String!) { history(after: $mark) { nodes { id } } claim(id: $id) { \
            history(after: $mark) { nodes { id } } } before: history(last: 100, before: $mark) { nodes { id } } }";
        let pages = world.partner.graphql(pages, json!({ "id": claim.id(), "mark": mark })).await;
        let expected = json!([{ "id": last["node"]["id"] }]);
        assert_eq!(pages.data()["history"]["nodes"], expected, "{mark}");
        assert_eq!(pages.data()["claim"]["history"]["nodes"], expected, "{mark}");
        let before = pages.data()["before"]["nodes"].as_array().unwrap();
        assert!(before.iter().all(|entry| entry["id"] != first["node"]["id"]) && before.len() > 1);
    }
    // A cursor of the comments names the entry that told of the comment.
    let mut stream = follow(&world.partner, COMMENTS, json!({ "after": comment["cursor"] })).await;
    assert_eq!(event(&mut stream).await["comment"]["body"], "Second.");
    // Without a gap: what comes live is what follows.
    let mut live = follow_claim(&world.partner, HISTORY, &claim).await;
    world.lead.comment(claim.id(), "Third.", "SHARED").await.claim();
    assert_eq!(event(&mut live).await["comment"]["body"], "Third.");
    assert_eq!(event(&mut stream).await["comment"]["body"], "Third.");
}

async fn what_is_neither_is_refused(world: &World) {
    let claims = world.draft().await;
    let seen = world.partner.query("{ claims { pageInfo { endCursor } } }").await;
    for mark in [json!("nonsense"), json!(""), seen["claims"]["pageInfo"]["endCursor"].clone(), json!(claims.id())] {
        let (code, error) = super::errors::refusal(&world.partner, HISTORY, json!({ "after": mark })).await;
        assert_eq!(code, "BAD_USER_INPUT", "{mark}: {error}");
        let page = "query($after: String) { history(after: $after) { nodes { id } } }";
        assert_eq!(world.partner.graphql(page, json!({ "after": mark })).await.errors(), ["BAD_USER_INPUT"], "{mark}");
    }
}
