//! GraphQL over Server-Sent Events: every kind of operation, every refusal, and how streams end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cpor::config::Limits;
use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, ALLOW, RETRY_AFTER},
};
use serde_json::{Value, json};

use crate::support::{
    Caller, Settings, World, both,
    event_stream::{EVENTS, Event, EventStream, asking},
    wire::{Wire, request},
};

both!(
    queries_and_mutations_are_answered_once,
    refusals_are_told_in_the_stream,
    what_is_wrong_with_the_request_has_its_status,
    the_best_liked_form_is_taken,
    subscriptions_need_a_stream,
    events_come_as_they_happen_and_from_a_position_on,
    a_stream_that_broke_off_goes_on_after_the_last_event,
    the_stream_ends_with_the_token,
    the_stream_ends_with_the_server,
);

both!(limited(|limits| limits.max_sockets = 1) => there_is_room_for_so_many);
both!(limited(|limits| limits.requests_per_minute = 2) => too_many_requests_are_refused);
both!(
    limited(|limits| {
        limits.max_sockets = 1;
        limits.slow_reader_timeout = Duration::from_millis(400);
        limits.ping_interval = Duration::from_millis(50);
    }) =>
    whoever_does_not_read_loses_the_connection,
    idle_connections_are_kept
);

const FOLLOW: &str = "subscription($claim: ID, $after: String) { historyAppended(claimId: $claim, after: $after) \
    { position action comment { body } } }";

fn limited(change: impl FnOnce(&mut Limits)) -> Settings {
    let mut settings = Settings::default();
    change(&mut settings.limits);
    settings
}

fn get(caller: &Caller, query: &str) -> RequestBuilder {
    caller.request(Method::GET, "/graphql").header(ACCEPT, EVENTS).query(&[("query", query)])
}

fn post(caller: &Caller, accept: &str, query: &str) -> RequestBuilder {
    caller.request(Method::POST, "/graphql").header(ACCEPT, accept).json(&json!({ "query": query }))
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

/// The only answer of an operation that is over.
async fn only_answer(request: RequestBuilder) -> Value {
    let mut stream = EventStream::of(send(request).await);
    assert_eq!(stream.event().await, Event::Comment);
    let answer = stream.next().await;
    stream.ended().await;
    answer
}

/// Status and code of a request that is refused before it is GraphQL.
async fn refusal(request: RequestBuilder) -> (u16, String) {
    let response = send(request).await;
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    (status, body["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
}

async fn queries_and_mutations_are_answered_once(world: &World) {
    let expected = json!({ "data": { "viewer": { "subject": world.partner.subject } } });
    assert_eq!(only_answer(post(&world.partner, EVENTS, "{ viewer { subject } }")).await, expected);
    assert_eq!(only_answer(get(&world.partner, "{ viewer { subject } }")).await, expected);

    let claim = world.draft().await;
    let rename =
        json!({ "input": { "claimId": claim.id(), "expectedVersion": claim.version(), "name": "Line\nbreak" } });
    let mutation =
        "mutation($input: UpdateClaimInput!) { updateClaim(input: $input) { claim { name } problems { code } } }";
    let answer = only_answer(asking(&world.partner, mutation, rename)).await;
    assert_eq!(answer["data"]["updateClaim"]["claim"]["name"], "Line\nbreak", "{answer}");
    let claim = world.submitted_on(&world.partner, 1).await;
    let comment =
        json!({ "input": { "claimId": claim.id(), "body": "one\ntwo\n\ndata: three", "visibility": "SHARED" } });
    let mutation = "mutation($input: AddCommentInput!) { addComment(input: $input) { comment { body } } }";
    let answer = only_answer(asking(&world.partner, mutation, comment)).await;
    assert_eq!(answer["data"]["addComment"]["comment"]["body"], "one\ntwo\n\ndata: three", "{answer}");
}

async fn refusals_are_told_in_the_stream(world: &World) {
    for (query, code) in [
        ("{ viewer { subject }", "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { historyAppended(after: \"nowhere\") { position } }", "BAD_USER_INPUT"),
        ("query($id: ID!) { claim(id: $id) { id } }", "BAD_USER_INPUT"),
        ("query A { viewer { subject } } query B { viewer { subject } }", "OPERATION_RESOLUTION_FAILURE"),
    ] {
        for request in [post(&world.partner, EVENTS, query), get(&world.partner, query)] {
            let answer = only_answer(request).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{query}: {answer}");
            assert!(answer.get("data").is_none(), "nothing was executed: {answer}");
        }
    }
    // A5: a token without the scope.
    let scopeless = world.server.caller(json!({ "roles": ["REVIEWER"] }));
    let answer = only_answer(asking(&scopeless, FOLLOW, json!({}))).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
}

async fn what_is_wrong_with_the_request_has_its_status(world: &World) {
    let (partner, query) = (&world.partner, "{ viewer { subject } }");
    let mutation = "mutation { submitClaim(input: { claimId: \"x\", expectedVersion: 1 }) { problems { code } } }";
    let bare = partner.request(Method::POST, "/graphql").header(ACCEPT, EVENTS);
    for (request, status, code) in [
        (post(&world.anonymous, EVENTS, query), 401, "UNAUTHENTICATED"),
        (asking(&world.anonymous, FOLLOW, json!({})), 401, "UNAUTHENTICATED"),
        (post(&world.server.caller_with_token("guess"), EVENTS, query), 401, "UNAUTHENTICATED"),
        (get(&world.anonymous, FOLLOW), 401, "UNAUTHENTICATED"),
        (bare.try_clone().unwrap().header("content-type", "text/plain").body(query), 415, "UNSUPPORTED_MEDIA_TYPE"),
        (bare.try_clone().unwrap().header("content-type", "application/json").body("{"), 400, "BAD_REQUEST"),
        (bare.json(&json!([{ "query": query }])), 400, "BAD_REQUEST"),
        (get(partner, query).query(&[("variables", "no json")]), 400, "BAD_REQUEST"),
        (get(partner, mutation), 405, "METHOD_NOT_ALLOWED"),
        (post(partner, "text/plain", query), 406, "NOT_ACCEPTABLE"),
        (post(partner, "text/event-stream;q=0", query), 406, "NOT_ACCEPTABLE"),
    ] {
        assert_eq!(refusal(request).await, (status, code.to_owned()));
    }
    assert_eq!(send(get(partner, mutation)).await.headers()[ALLOW], "POST");
}

async fn the_best_liked_form_is_taken(world: &World) {
    for (accept, expected) in [
        ("text/event-stream", EVENTS),
        ("text/event-stream, application/json", EVENTS),
        ("application/json;q=0.9, text/event-stream", EVENTS),
        ("application/json, text/event-stream", "application/json; charset=utf-8"),
        ("text/event-stream;q=0.5, */*", "application/json; charset=utf-8"),
    ] {
        let response = send(post(&world.partner, accept, "{ viewer { subject } }")).await;
        assert_eq!(response.headers()["content-type"], expected, "{accept}");
    }
}

async fn subscriptions_need_a_stream(world: &World) {
    let refused = (406, "SUBSCRIPTION_NEEDS_A_STREAM".to_owned());
    for accept in ["application/graphql-response+json", "application/json", "*/*", "text/event-stream;q=0, */*"] {
        assert_eq!(refusal(post(&world.partner, accept, FOLLOW)).await, refused, "{accept}");
        let by_get = world.partner.request(Method::GET, "/graphql").query(&[("query", FOLLOW)]).header(ACCEPT, accept);
        assert_eq!(refusal(by_get).await, refused, "{accept}");
    }
    let plain = world.partner.post(&json!({ "query": FOLLOW })).await;
    for way in ["text/event-stream", "WebSocket"] {
        assert!(plain.text.contains(way), "it says what to do: {}", plain.text);
    }
    // What urql sends with every operation: JSON for those that have one answer, a stream for those that have many.
    let urql = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    EventStream::of(send(post(&world.partner, urql, FOLLOW)).await);
}

async fn events_come_as_they_happen_and_from_a_position_on(world: &World) {
    // H2
    let claim = world.submitted().await;
    let following = json!({ "claim": claim.id() });
    let mut first = EventStream::open(&world.partner, FOLLOW, following.clone()).await;
    let by_get = get(&world.reviewer, FOLLOW).query(&[("variables", following.to_string())]);
    let mut second = EventStream::of(send(by_get).await);
    assert_eq!(second.event().await, Event::Comment, "open, so that nothing is missed");
    let mut positions = Vec::new();
    for body in ["one", "two", "three"] {
        world.partner.comment(claim.id(), body, "SHARED").await.data();
        for stream in [&mut first, &mut second] {
            let event = stream.data().await["historyAppended"].take();
            assert_eq!((&event["action"], &event["comment"]["body"]), (&json!("COMMENTED"), &json!(body)));
            positions.push(event["position"].clone());
        }
    }
    let resumed = json!({ "claim": claim.id(), "after": positions[0] });
    let mut third = EventStream::open(&world.partner, FOLLOW, resumed).await;
    for body in ["two", "three"] {
        assert_eq!(third.data().await["historyAppended"]["comment"]["body"], body);
    }
}

async fn a_stream_that_broke_off_goes_on_after_the_last_event(world: &World) {
    // H2: as an `EventSource` does it, which sends the same request again with the id of the last event.
    let claim = world.submitted().await;
    let following = json!({ "claim": claim.id() });
    let mut first = EventStream::open(&world.partner, FOLLOW, following.clone()).await;
    for body in ["one", "two", "three"] {
        world.partner.comment(claim.id(), body, "SHARED").await.data();
    }
    let event = first.data().await["historyAppended"].take();
    assert_eq!(first.last_id.as_deref(), event["position"].as_str());
    let last = first.last_id.clone().unwrap();
    drop(first);
    let again = asking(&world.partner, FOLLOW, following.clone()).header("last-event-id", &last);
    let mut second = EventStream::of(send(again).await);
    for body in ["two", "three"] {
        assert_eq!(second.data().await["historyAppended"]["comment"]["body"], body);
    }
    // It counts for more than the position that the operation was first sent with.
    let mut from_there = following;
    from_there["after"] = json!(second.last_id.clone().unwrap());
    let again = asking(&world.partner, FOLLOW, from_there).header("last-event-id", &last);
    let mut third = EventStream::of(send(again).await);
    assert_eq!(third.data().await["historyAppended"]["comment"]["body"], "two");
    let strange = asking(&world.partner, FOLLOW, json!({})).header("last-event-id", "nonsense");
    assert_eq!(only_answer(strange).await["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[expect(clippy::disallowed_methods, reason = "tokens are judged by the machine's time")]
async fn the_stream_ends_with_the_token(world: &World) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({ "roles": ["REVIEWER"], "scope": "history:read", "exp": now + 2 });
    let mut stream = EventStream::open(&world.server.caller(claims), FOLLOW, json!({})).await;
    let last = stream.next().await;
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{last}");
    assert!(last.get("data").is_none(), "{last}");
    stream.ended().await;
}

async fn the_stream_ends_with_the_server(world: &World) {
    let stream = EventStream::open(&world.partner, FOLLOW, json!({})).await;
    world.server.ask_to_stop();
    stream.ended_for_now().await;
}

async fn there_is_room_for_so_many(world: &World) {
    // What is refused takes no room, and neither does what is over with its answer.
    only_answer(post(&world.rival, EVENTS, "subscription { historyAppended(after: \"x\") { position } }")).await;
    let only = EventStream::open(&world.partner, FOLLOW, json!({})).await;
    let response = send(asking(&world.rival, FOLLOW, json!({}))).await;
    assert_eq!(response.status().as_u16(), 503);
    assert!(response.headers()[RETRY_AFTER].to_str().unwrap().parse::<u32>().is_ok());
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    only_answer(post(&world.rival, EVENTS, "{ viewer { subject } }")).await;
    drop(only);
    until_there_is_room(&world.rival).await;
}

/// Opens streams until one is let in.
async fn until_there_is_room(caller: &Caller) {
    let opened = async { while send(asking(caller, FOLLOW, json!({}))).await.status().as_u16() == 503 {} };
    tokio::time::timeout(Duration::from_secs(20), opened).await.expect("the place is free again");
}

async fn too_many_requests_are_refused(world: &World) {
    for _ in 0..2 {
        only_answer(post(&world.partner, EVENTS, "{ viewer { subject } }")).await;
    }
    let response = send(asking(&world.partner, FOLLOW, json!({}))).await;
    assert_eq!(response.status().as_u16(), 429);
    assert!(response.headers().contains_key(RETRY_AFTER));
}

/// An event of more than 100 kB, when the comment is long.
fn long_event() -> String {
    let bodies: Vec<_> = (0..28).map(|number| format!("a{number}: body")).collect();
    format!("subscription {{ historyAppended {{ comment {{ {} }} }} }}", bodies.join(" "))
}

async fn whoever_does_not_read_loses_the_connection(world: &World) {
    // T45: the only place is a client's that opens a stream and then reads nothing.
    let claim = world.submitted().await;
    let mut deaf = Wire::to(&world.partner).await;
    let body = json!({ "query": long_event() }).to_string();
    deaf.send(&request(&world.partner, "POST /graphql", "accept: text/event-stream\r\n", &body)).await.unwrap();
    assert!(deaf.head().await.starts_with("HTTP/1.1 200"));
    assert_eq!(send(asking(&world.rival, FOLLOW, json!({}))).await.status().as_u16(), 503);
    // Nobody waits for it: the others go on until the system holds no more for it, and past that.
    let cut = async {
        while send(asking(&world.rival, FOLLOW, json!({}))).await.status().as_u16() == 503 {
            assert_eq!(world.partner.comment(claim.id(), &"x".repeat(4_000), "SHARED").await.problems(), [""; 0]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), cut).await.expect("its place is free again");
    deaf.ended().await;

    // The same for answers: one request after the other, and none of the answers is read.
    let mut deaf = Wire::to(&world.partner).await;
    let query =
        json!({ "query": "{ __schema { types { name description fields { name description } } } }" }).to_string();
    let asking = request(&world.partner, "POST /graphql", "", &query);
    let refused = async { while deaf.send(&asking).await.is_ok() {} };
    tokio::time::timeout(Duration::from_secs(20), refused).await.expect("the server hangs up");
}

async fn idle_connections_are_kept(world: &World) {
    let mut idle = Wire::to(&world.partner).await;
    let health = request(&world.partner, "GET /healthz", "", "");
    idle.send(&health).await.unwrap();
    assert_eq!(idle.answer().await.0, 200);
    let mut stream = EventStream::open(&world.partner, FOLLOW, json!({})).await;
    // Signs of life, for more than twice as long as a slow reader is borne.
    for _ in 0..20 {
        assert_eq!(stream.event().await, Event::Comment);
    }
    idle.send(&health).await.unwrap();
    assert_eq!(idle.answer().await.0, 200);
    world.draft().await;
    assert_eq!(stream.data().await["historyAppended"]["action"], "CREATED");
}
