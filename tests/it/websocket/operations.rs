//! What the operations of a socket may do: the same as over HTTP, and a few of them at once.

use cpor::config::Introspection;
use serde_json::{Value, json};

use super::{FOLLOW, comment, follow, following, limited, long_answer, long_comments};
use crate::support::{Caller, Settings, Socket, World, both};

both!(
    queries_and_mutations_are_answered_once,
    refusals_are_told_before_anything_is_done,
    scopes_hold_for_each_operation,
    events_come_until_the_client_has_enough,
    a_large_answer_is_refused_with_a_remedy,
);
both!(Settings { introspection: Introspection::Off, ..Settings::default() } => a_hidden_schema_stays_hidden);
both!(limited(|limits| limits.requests_per_minute = 5) => requests_are_counted);
both!(limited(|limits| limits.cost_per_minute = 100) => cost_is_counted);
both!(limited(|limits| limits.max_operations_per_socket = 3) => a_socket_has_so_many_operations);

const VIEWER: &str = "{ viewer { subject } }";

/// The subject that a query on this socket is answered for: it lives.
async fn lives(socket: &mut Socket, caller: &Caller) {
    assert_eq!(socket.query(VIEWER, json!({})).await["data"]["viewer"]["subject"], caller.subject.as_str());
}

async fn queries_and_mutations_are_answered_once(world: &World) {
    let mut socket = Socket::of(&world.partner).await;
    lives(&mut socket, &world.partner).await;
    let mutation = "mutation Make($input: CreateClaimInput!) { createClaim(input: $input) { claim { id name } problems { code } } } \
        query Other { viewer { subject } }";
    let payload =
        json!({ "query": mutation, "operationName": "Make", "variables": { "input": world.input_of(&world.partner) } });
    socket.send(&json!({ "type": "subscribe", "id": "make", "payload": payload })).await;
    let made = socket.next("make").await;
    socket.completed("make").await;
    let id = made["data"]["createClaim"]["claim"]["id"].as_str().unwrap_or_else(|| panic!("{made}"));
    assert!(world.partner.claim(id).await.is_some(), "it is there for everybody in reach");
    // A refusal by the rules is data; many operations at once are answered each for itself.
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(socket.subscribe("query($id: ID!) { claim(id: $id) { id } }", json!({ "id": id })).await);
    }
    for operation in ids.iter().rev() {
        assert_eq!(socket.next(operation).await, json!({ "data": { "claim": { "id": id } } }));
        socket.completed(operation).await;
    }
    assert_eq!(socket.leftover(), Vec::<Value>::new());
}

async fn refusals_are_told_before_anything_is_done(world: &World) {
    let mut socket = Socket::of(&world.partner).await;
    let deep = format!("{{ claims {{ nodes {{ {} id {} }} }} }}", "partner { ".repeat(20), "}".repeat(20));
    for (query, code) in [
        (deep.as_str(), "QUERY_TOO_COMPLEX"),
        (&format!("{{ {} }}", "viewer { subject } ".repeat(300)), "QUERY_TOO_COMPLEX"),
        (&"#".repeat(30_000), "DOCUMENT_TOO_LARGE"),
        ("{ viewer { subject }", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { subject } } query B { viewer { subject } }", "OPERATION_RESOLUTION_FAILURE"),
        ("query($id: ID!) { claim(id: $id) { id } }", "BAD_USER_INPUT"),
        ("subscription { historyAppended(after: \"nowhere\") { position } }", "BAD_USER_INPUT"),
    ] {
        let id = socket.subscribe(query, json!({})).await;
        assert_eq!(socket.refused(&id).await, [code], "{query}");
    }
    lives(&mut socket, &world.partner).await;
    assert_eq!(socket.leftover(), Vec::<Value>::new(), "nothing comes after an error");
}

async fn scopes_hold_for_each_operation(world: &World) {
    // A5
    let scopeless = world.server.caller(json!({ "roles": ["REVIEWER"] }));
    let mut socket = Socket::of(&scopeless).await;
    let answer = socket.query("{ viewer { subject } customer(id: \"x\") { id } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(answer["data"], json!({ "viewer": { "subject": "somebody" }, "customer": null }));
    let id = socket.subscribe(FOLLOW, json!({})).await;
    let told = socket.message_of(&id).await;
    assert!(told.to_string().contains("\"FORBIDDEN\""), "{told}");
    // The schema is for every token, as over HTTP.
    let answer = Socket::of(&scopeless).await.query("{ __schema { queryType { name } } }", json!({})).await;
    assert_eq!(answer["data"]["__schema"]["queryType"]["name"], "Query");
}

async fn a_hidden_schema_stays_hidden(world: &World) {
    let mut socket = Socket::of(&world.partner).await;
    let id = socket.subscribe("{ __schema { queryType { name } } }", json!({})).await;
    assert_eq!(socket.refused(&id).await, ["GRAPHQL_VALIDATION_FAILED"]);
}

async fn requests_are_counted(world: &World) {
    let mut socket = Socket::of(&world.partner).await;
    // One of them is over HTTP, the others are of two sockets.
    world.partner.query(VIEWER).await;
    for _ in 0..2 {
        lives(&mut socket, &world.partner).await;
        lives(&mut Socket::of(&world.partner).await, &world.partner).await;
    }
    for query in [VIEWER, FOLLOW, "mutation { nonsense }"] {
        let id = socket.subscribe(query, json!({})).await;
        assert_eq!(socket.refused(&id).await, ["RATE_LIMITED"], "{query}");
    }
    lives(&mut Socket::of(&world.rival).await, &world.rival).await;
}

async fn cost_is_counted(world: &World) {
    let mut socket = Socket::of(&world.partner).await;
    let id = socket.subscribe("{ claims(first: 100) { nodes { id name } } }", json!({})).await;
    assert_eq!(socket.refused(&id).await, ["RATE_LIMITED"]);
    lives(&mut socket, &world.partner).await;
}

async fn a_socket_has_so_many_operations(world: &World) {
    // T45
    let claim = world.submitted().await;
    let (mut socket, first) = following(world, &claim).await;
    for _ in 0..2 {
        socket.subscribe(FOLLOW, json!({ "claim": claim.id() })).await;
    }
    for query in [FOLLOW, VIEWER, "mutation { nonsense }"] {
        let id = socket.subscribe(query, json!({})).await;
        let errors = socket.error(&id).await;
        assert_eq!(errors[0]["extensions"]["code"], "TOO_MANY_OPERATIONS");
        assert!(errors[0]["message"].as_str().unwrap().contains("Complete one"), "a remedy: {errors}");
    }
    // The socket lives on, and so do its operations.
    world.partner.comment(claim.id(), "all the same", "SHARED").await.done();
    assert_eq!(comment(&socket.next(&first).await), "all the same");
    socket.complete(&first).await;
    let id = socket.subscribe(VIEWER, json!({})).await;
    assert!(socket.next(&id).await["data"].is_object());
    // Another socket has as many of its own.
    lives(&mut Socket::of(&world.partner).await, &world.partner).await;
}

async fn events_come_until_the_client_has_enough(world: &World) {
    // H2
    let claim = world.submitted().await;
    let (mut socket, first) = following(world, &claim).await;
    let second = follow(world, &claim, &mut socket).await;
    assert_eq!(comment(&socket.next(&first).await), "begin", "of the second");
    world.partner.comment(claim.id(), "one", "SHARED").await.done();
    let event = socket.next(&first).await;
    assert_eq!(comment(&event), "one");
    assert_eq!(comment(&socket.next(&second).await), "one");
    socket.complete(&first).await;
    // What was sent before is read before: from here on nothing of the first can come.
    lives(&mut socket, &world.partner).await;
    world.partner.comment(claim.id(), "two", "SHARED").await.done();
    assert_eq!(comment(&socket.next(&second).await), "two");
    assert_eq!(socket.leftover(), Vec::<Value>::new());
    // Another socket goes on after any position, without gap or repeat.
    let mut again = Socket::of(&world.partner).await;
    let after = event["data"]["historyAppended"]["position"].clone();
    let id = again.subscribe(FOLLOW, json!({ "claim": claim.id(), "after": after })).await;
    assert_eq!(comment(&again.next(&id).await), "two");
    world.partner.comment(claim.id(), "three", "SHARED").await.done();
    assert_eq!(comment(&again.next(&id).await), "three");
    again.leave().await;
}

async fn a_large_answer_is_refused_with_a_remedy(world: &World) {
    let claim = world.submitted().await;
    long_comments(world, &claim, 10).await;
    let query = long_answer(14);
    let over_http = world.partner.graphql(&query, json!({ "id": claim.id() })).await;
    assert!(over_http.data()["claim"].is_object() && over_http.text.len() > 1_000_000);
    let mut socket = Socket::of(&world.partner).await;
    let id = socket.subscribe(&query, json!({ "id": claim.id() })).await;
    let errors = socket.error(&id).await;
    assert_eq!(errors[0]["extensions"]["code"], "ANSWER_TOO_LARGE");
    assert!(errors[0]["message"].as_str().unwrap().contains("smaller page"), "a remedy: {errors}");
    lives(&mut socket, &world.partner).await;
    assert_eq!(socket.leftover(), Vec::<Value>::new());
}
