//! Every way in which a socket is closed for what its client sent, and what is no reason to close it.

use std::{cell::Cell, time::Duration};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use super::{closed, follow, following, handshake, limited, now};
use crate::support::{Socket, World, both, wire::Wire};

both!(
    what_is_no_message_closes_the_socket,
    the_order_of_things_is_kept,
    an_id_belongs_to_one_operation,
    pings_are_answered,
    messages_have_a_size,
    a_socket_ends_with_its_token,
    a_stopping_server_closes_its_sockets,
);
both!(limited(|limits| limits.ping_interval = Duration::from_millis(100)) => a_dead_client_is_dropped);

async fn what_is_no_message_closes_the_socket(world: &World) {
    // T44
    for (text, reason) in [
        ("junk", "Invalid message: it is not a JSON object"),
        ("[]", "Invalid message: it is not a JSON object"),
        ("{}", "Invalid message: the field type must be a string"),
        (r#"{"type":"start","id":"1"}"#, "Invalid message: its type is not one that a client may send"),
        (r#"{"type":"connection_ack"}"#, "Invalid message: its type is not one that a client may send"),
        (
            r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
            "Invalid message: the field id must be a string that is not empty",
        ),
        (r#"{"type":"subscribe","id":"1"}"#, "Invalid message: the field payload must be an object"),
        (r#"{"type":"subscribe","id":"1","payload":{}}"#, "Invalid message: the field payload.query must be a string"),
        (r#"{"type":"complete"}"#, "Invalid message: the field id must be a string that is not empty"),
        (r#"{"type":"ping","payload":1}"#, "Invalid message: the field payload must be an object or null"),
    ] {
        for mut socket in [Socket::of(&world.partner).await, Socket::silent(&world.partner).await] {
            socket.send_text(text).await;
            assert_eq!(socket.closed().await, closed(4400, reason), "{text}");
        }
    }
    let mut socket = Socket::of(&world.partner).await;
    socket.subscribe_as(&"x".repeat(129), "{ viewer { subject } }", json!({})).await;
    assert_eq!(socket.closed().await, closed(4400, "Invalid message: the field id is longer than 128 bytes"));
    let mut socket = Socket::of(&world.partner).await;
    socket.send_frame(Message::binary(br#"{"type":"ping"}"#.as_slice())).await;
    assert_eq!(socket.closed().await, closed(4400, "Invalid message: it is binary"));
}

async fn the_order_of_things_is_kept(world: &World) {
    // T44
    let mut early = Socket::silent(&world.partner).await;
    early.subscribe("{ viewer { subject } }", json!({})).await;
    assert_eq!(early.closed().await, closed(4401, "Unauthorized"));
    assert_eq!(early.leftover(), Vec::<Value>::new(), "nothing was answered");
    let mut twice = Socket::of(&world.partner).await;
    twice.send(&json!({ "type": "connection_init" })).await;
    assert_eq!(twice.closed().await, closed(4429, "Too many initialisation requests"));
    // An end before the beginning may be of an operation that the client gave up.
    let mut socket = Socket::silent(&world.partner).await;
    socket.complete("1").await;
    socket.send(&json!({ "type": "pong", "payload": { "a": 1 } })).await;
    socket.init(&world.partner).await;
}

async fn an_id_belongs_to_one_operation(world: &World) {
    // T44
    let claim = world.submitted().await;
    let (mut socket, id) = following(world, &claim).await;
    let query = |id: &str| json!({ "type": "subscribe", "id": id, "payload": { "query": "{ viewer { subject } }" } });
    // Free again once it is complete, from either side.
    for id in ["x", "x", "é"] {
        socket.send(&query(id)).await;
        assert_eq!(socket.next(id).await["data"]["viewer"]["subject"], world.partner.subject.as_str());
        socket.completed(id).await;
    }
    socket.complete(&id).await;
    socket.complete("never there").await;
    socket.send(&query(&id)).await;
    assert_eq!(socket.next(&id).await["data"]["viewer"]["subject"], world.partner.subject.as_str());
    socket.completed(&id).await;
    // Refused is over, too.
    for _ in 0..2 {
        socket.subscribe_as("bad", "{ nonsense }", json!({})).await;
        assert_eq!(socket.refused("bad").await, ["GRAPHQL_VALIDATION_FAILED"]);
    }
    let id = follow(world, &claim, &mut socket).await;
    socket.send(&query(&id)).await;
    assert_eq!(socket.closed().await, closed(4409, &format!("Subscriber for {id} already exists")));
}

async fn pings_are_answered(world: &World) {
    for mut socket in [Socket::silent(&world.partner).await, Socket::of(&world.partner).await] {
        for payload in [None, Some(json!({})), Some(json!({ "a": ["\"é", null] }))] {
            let message = |kind: &str| match &payload {
                Some(payload) => json!({ "type": kind, "payload": payload }),
                None => json!({ "type": kind }),
            };
            socket.send(&message("pong")).await;
            socket.send(&message("ping")).await;
            assert_eq!(socket.message().await, message("pong"));
        }
        socket.send(&json!({ "type": "ping", "payload": null })).await;
        assert_eq!(socket.message().await, json!({ "type": "pong" }));
    }
}

async fn messages_have_a_size(world: &World) {
    // T45
    let ping = |bytes: usize| {
        let around = json!({ "type": "ping", "payload": { "a": "" } }).to_string().len();
        json!({ "type": "ping", "payload": { "a": "x".repeat(bytes - around) } })
    };
    let mut socket = Socket::of(&world.partner).await;
    let largest = ping(128 * 1024);
    socket.send(&largest).await;
    assert_eq!(socket.message().await["payload"], largest["payload"]);
    socket.send(&ping(128 * 1024 + 1)).await;
    let too_large = closed(1009, "The message is larger than 128 KiB");
    assert_eq!(socket.closed().await, too_large);
    let mut socket = Socket::of(&world.partner).await;
    socket.send_text(&"x".repeat(20_000_000)).await;
    assert_eq!(socket.closed().await, too_large);
    // Texts are UTF-8.
    let mut socket = Socket::of(&world.partner).await;
    let broken = Frame::message(vec![0xff], OpCode::Data(Data::Text), true);
    socket.send_frame(Message::Frame(broken)).await;
    assert_eq!(socket.closed().await, closed(1007, "The text is not UTF-8"));
}

async fn a_socket_ends_with_its_token(world: &World) {
    // T46
    let claim = world.submitted().await;
    let end = now() + 3;
    let claims = json!({ "sub": "soon", "roles": ["REVIEWER"], "scope": "history:read claims:read", "exp": end });
    let mut socket = Socket::of(&world.server.caller(claims)).await;
    let id = follow(world, &claim, &mut socket).await;
    // There is always something to tell, up to the end.
    let over = Cell::new(false);
    let telling = async {
        while !over.get() {
            world.partner.comment(claim.id(), "more", "SHARED").await.done();
        }
    };
    let ending = async {
        let ended = socket.closed().await;
        over.set(true);
        ended
    };
    let (ended, ()) = tokio::join!(ending, telling);
    assert_eq!(ended, closed(4403, "Forbidden"));
    assert!((end..end + 5).contains(&now()), "within five seconds");
    assert!(socket.leftover().iter().all(|message| message["id"] == id && message["type"] == "next"), "only events");
}

async fn a_stopping_server_closes_its_sockets(world: &World) {
    // F16
    let claim = world.submitted().await;
    let mut sockets = vec![Socket::silent(&world.partner).await, Socket::of(&world.partner).await];
    sockets.push(following(world, &claim).await.0);
    world.server.ask_to_stop();
    for mut socket in sockets {
        assert_eq!(socket.closed().await, closed(1001, "The server is stopping: connect again"));
        assert_eq!(socket.leftover(), Vec::<Value>::new(), "a subscription is not complete: it is resumed elsewhere");
    }
}

async fn a_dead_client_is_dropped(world: &World) {
    // T45: by hand, since a library answers pings by itself.
    let mut dead = Wire::to(&world.partner).await;
    dead.send(&handshake("sec-websocket-protocol: graphql-transport-ws\r\n")).await.unwrap();
    assert!(dead.head().await.starts_with("HTTP/1.1 101"));
    let ping = [0x89, 0];
    assert_eq!(dead.rest().await, [ping, ping].concat(), "two pings, and no more patience");
    let mut live = Socket::of(&world.partner).await;
    live.pinged(6).await;
    assert!(live.query("{ viewer { subject } }", json!({})).await["data"].is_object());
}
