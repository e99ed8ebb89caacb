//! The messages of the protocol, one by one, and the ids of operations.

use std::future::pending;
use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, poll, stream};
use serde_json::{Value, json};

use super::operations::{Operations, What};
use super::protocol::{Farewell, Incoming, Kind, about, pong};
use crate::graphql::answer::{Answer, Outcome};

fn read(message: &Value) -> Result<Incoming, Farewell> {
    Incoming::read(&message.to_string())
}

#[track_caller]
fn refused(message: &Value) -> String {
    let farewell = read(message).expect_err("refused");
    assert_eq!(farewell.code, 4400);
    farewell.reason.into_owned()
}

#[test]
fn messages_of_clients_are_understood() {
    assert!(matches!(read(&json!({ "type": "connection_init" })), Ok(Incoming::Init(payload)) if payload.is_empty()));
    assert!(matches!(read(&json!({ "type": "connection_init", "payload": null })), Ok(Incoming::Init(_))));
    let init = read(&json!({ "type": "connection_init", "payload": { "a": 1 } }));
    assert!(matches!(init, Ok(Incoming::Init(payload)) if payload["a"] == 1));
    assert!(matches!(read(&json!({ "type": "ping" })), Ok(Incoming::Ping(None))));
    let ping = read(&json!({ "type": "ping", "payload": { "a": [1] } }));
    assert!(matches!(ping, Ok(Incoming::Ping(Some(payload))) if payload == json!({ "a": [1] })));
    assert!(matches!(read(&json!({ "type": "pong", "payload": {} })), Ok(Incoming::Pong)));
    assert!(matches!(read(&json!({ "type": "complete", "id": "1" })), Ok(Incoming::Complete { id }) if id == "1"));
    let whole = json!({ "type": "subscribe", "id": "é", "more": 1, "payload":
        { "query": "{ a }", "operationName": "A", "variables": { "b": 2 }, "extensions": {}, "more": 1 } });
    let Ok(Incoming::Subscribe { id, parts }) = read(&whole) else { panic!("a subscribe") };
    assert_eq!((id.as_str(), parts.query.as_str(), parts.operation_name.as_deref()), ("é", "{ a }", Some("A")));
    assert_eq!(parts.variables["b"], 2);
    let least = json!({ "type": "subscribe", "id": "x".repeat(128), "payload":
        { "query": "", "operationName": null, "variables": null, "extensions": null } });
    assert!(matches!(read(&least), Ok(Incoming::Subscribe { parts, .. }) if parts.variables.is_empty()));
}

#[test]
fn what_is_wrong_is_told_and_nothing_repeated() {
    for text in ["", "secret", "[]", "[{\"type\":\"ping\"}]", "null", "\"ping\"", "{\"type\":\"ping\"", "{}{}"] {
        assert_eq!(Incoming::read(text).unwrap_err().reason, "Invalid message: it is not a JSON object", "{text}");
    }
    let deep = format!("{{\"type\":{}1{}}}", "[".repeat(60_000), "]".repeat(60_000));
    assert_eq!(Incoming::read(&deep).unwrap_err().code, 4400);
    let subscribe = |payload: Value| json!({ "type": "subscribe", "id": "1", "payload": payload });
    for (message, what) in [
        (json!({}), "the field type must be a string"),
        (json!({ "type": 1 }), "the field type must be a string"),
        (json!({ "type": "secret" }), "its type is not one that a client may send"),
        (json!({ "type": "next", "id": "1" }), "its type is not one that a client may send"),
        (json!({ "type": "connection_init", "payload": [] }), "the field payload must be an object or null"),
        (json!({ "type": "ping", "payload": "secret" }), "the field payload must be an object or null"),
        (json!({ "type": "pong", "payload": 1 }), "the field payload must be an object or null"),
        (json!({ "type": "complete" }), "the field id must be a string that is not empty"),
        (json!({ "type": "complete", "id": "" }), "the field id must be a string that is not empty"),
        (json!({ "type": "complete", "id": 1 }), "the field id must be a string that is not empty"),
        (json!({ "type": "complete", "id": "x".repeat(129) }), "the field id is longer than 128 bytes"),
        (json!({ "type": "subscribe", "payload": {} }), "the field id must be a string that is not empty"),
        (json!({ "type": "subscribe", "id": "1" }), "the field payload must be an object"),
        (json!({ "type": "subscribe", "id": "1", "payload": "{ a }" }), "the field payload must be an object or null"),
        (subscribe(json!({})), "the field payload.query must be a string"),
        (subscribe(json!({ "query": null })), "the field payload.query must be a string"),
        (subscribe(json!({ "query": "", "variables": "a" })), "the field variables must be an object or null"),
        (subscribe(json!({ "query": "", "extensions": [] })), "the field extensions must be an object or null"),
        (
            subscribe(json!({ "query": "", "operationName": 1 })),
            "the field payload.operationName must be a string or null",
        ),
    ] {
        assert_eq!(refused(&message), format!("Invalid message: {what}"), "{message}");
    }
}

#[test]
fn messages_of_the_server_are_json() {
    let id = "a\"\\\u{7}é";
    let value = |text: Vec<u8>| serde_json::from_slice::<Value>(&text).unwrap();
    let next = value(about(id, Kind::Next, br#"{"data":{}}"#));
    assert_eq!(next, json!({ "id": id, "type": "next", "payload": { "data": {} } }));
    assert_eq!(value(about(id, Kind::Error, b"[]")), json!({ "id": id, "type": "error", "payload": [] }));
    assert_eq!(value(about(id, Kind::Complete, b"")), json!({ "id": id, "type": "complete" }));
    assert_eq!(value(pong(None).into()), json!({ "type": "pong" }));
    assert_eq!(value(pong(Some(json!({ "a": "\"" }))).into()), json!({ "type": "pong", "payload": { "a": "\"" } }));
}

#[test]
fn reasons_fit_into_a_close_frame() {
    assert_eq!(Farewell::duplicate("1").frame().reason.as_str(), "Subscriber for 1 already exists");
    let long = Farewell::duplicate(&"é".repeat(64));
    assert_eq!(long.frame().reason.as_str(), long.reason);
    assert!(long.reason.ends_with("é already exists") && long.reason.len() <= 123, "{}", long.reason);
    let why = Farewell::no_standing(&"é".repeat(100));
    assert!((122..=123).contains(&why.frame().reason.len()));
    for farewell in [Farewell::TOO_SLOW, Farewell::GOING_AWAY, Farewell::TOO_BIG] {
        assert_eq!(farewell.frame().reason.as_str(), farewell.reason);
    }
}

#[tokio::test]
async fn news_of_an_ended_operation_are_not_those_of_the_next_with_its_id() {
    let mut operations = Operations::new(2);
    let answers = |text: &'static [u8]| {
        move |line: super::operations::Line| async move {
            line.say(What::Next(Bytes::from_static(text))).await;
            line.say(What::Complete).await;
        }
    };
    operations.start("again", answers(b"first")).unwrap();
    let late = [operations.next().await, operations.next().await];
    operations.end("again");
    operations.start("again", answers(b"second")).unwrap();
    for late in late {
        assert!(operations.take(late).is_none() && operations.has("again"), "of the first, whose end was read before");
    }
    let news = operations.next().await;
    let (id, kind, answer) = operations.take(news).unwrap();
    assert_eq!((&*id, kind, &*answer), ("again", Kind::Next, b"second".as_slice()));
    let news = operations.next().await;
    let (_, kind, _) = operations.take(news).unwrap();
    assert!(kind == Kind::Complete && operations.is_empty());
}

#[tokio::test]
async fn there_are_so_many_operations_and_their_tasks_end_with_them() {
    let mut operations = Operations::new(1);
    let (alive, mut ended) = tokio::sync::mpsc::channel::<()>(1);
    let follows = |line: super::operations::Line| async move {
        let _alive = alive;
        line.say(What::Follows).await;
        pending::<()>().await;
    };
    operations.start("one", follows).unwrap();
    assert!(operations.start("two", |_| async {}).is_err());
    let news = operations.next().await;
    assert!(operations.take(news).is_none(), "nothing for the client");
    operations.end_subscriptions();
    assert_eq!(ended.recv().await, None, "its task is gone, and what it held");
    operations.start("two", |_| pending()).unwrap();
    operations.end_subscriptions();
    assert!(operations.has("two"), "no subscription");
}

/// An operation that has been opened as a subscription with these answers.
async fn following(answers: impl Stream<Item = Answer> + Send + 'static) -> Operations {
    let mut operations = Operations::new(1);
    let open = |line: super::operations::Line| async move { line.say(What::Answers(line.following(answers))).await };
    operations.start("one", open).unwrap();
    let opened = operations.next().await;
    assert!(operations.take(opened).is_none(), "nothing for the client");
    operations
}

#[tokio::test]
async fn a_subscription_that_was_ended_sends_nothing_more_and_is_dropped() {
    let (sender, mut answers) = tokio::sync::mpsc::unbounded_channel();
    let answer = |text: &'static [u8]| {
        let body = Bytes::from_static(text);
        Answer { outcome: Outcome::Executed, body, has_errors: false, entry: None }
    };
    let mut operations = following(stream::poll_fn(move |cx| answers.poll_recv(cx))).await;
    sender.send(answer(b"first")).unwrap();
    let news = operations.next().await;
    let (_, kind, body) = operations.take(news).unwrap();
    assert_eq!((kind, &*body), (Kind::Next, b"first".as_slice()));
    sender.send(answer(b"second")).unwrap();
    operations.end("one");
    assert!(poll!(pin!(operations.next())).is_pending());
    assert!(sender.is_closed(), "the stream is gone");
}

#[tokio::test]
async fn a_subscription_that_panics_ends_with_an_error() {
    let mut operations = following(stream::once(async { panic!("as a resolver might") })).await;
    let news = operations.next().await;
    let (_, kind, _) = operations.take(news).unwrap();
    assert!(kind == Kind::Error && operations.is_empty());
}
