//! Those who flood a server, say nothing, or do not read: they cost themselves, and nobody else.

use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{FOLLOW, comment, limited, long_answer, long_comments, position};
use crate::support::{
    Socket, World, both,
    socket::{PROTOCOL, Refused},
};

both!(floods_of_pings_are_borne, silent_sockets_are_in_nobodys_way);
both!(limited(|limits| limits.slow_reader_timeout = PATIENCE) => a_slow_reader_is_told_why);
both!(
    limited(|limits| {
        limits.slow_reader_timeout = Duration::from_secs(1);
        limits.max_sockets = 2;
    }) =>
    a_reader_that_never_reads_loses_its_place
);

/// How long a client may leave lying what was sent to it.
const PATIENCE: Duration = Duration::from_secs(16);

/// Less than a slow client is left alone for: whoever had to wait for one would come later.
const SOON: Duration = Duration::from_secs(10);

async fn answers_soon(world: &World) {
    let query = world.partner.query("{ viewer { subject } claims(first: 5) { nodes { id } } }");
    tokio::time::timeout(SOON, query).await.expect("others are served meanwhile");
}

async fn floods_of_pings_are_borne(world: &World) {
    // T45
    let mut socket = Socket::of(&world.partner).await;
    for number in 0..20_000 {
        socket.send(&json!({ "type": "ping", "payload": { "number": number } })).await;
    }
    for number in 0..20_000 {
        assert_eq!(socket.message().await, json!({ "type": "pong", "payload": { "number": number } }));
    }
    for _ in 0..20_000 {
        socket.send_frame(Message::Ping("flood".into())).await;
    }
    answers_soon(world).await;
    assert!(socket.query("{ viewer { subject } }", json!({})).await["data"].is_object());
}

async fn silent_sockets_are_in_nobodys_way(world: &World) {
    // T43 T45
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent.push(Socket::silent(&world.partner).await);
    }
    for _ in 0..20 {
        answers_soon(world).await;
    }
    let mut socket = Socket::of(&world.partner).await;
    assert!(socket.query("{ viewer { subject } }", json!({})).await["data"].is_object());
}

/// A socket whose client takes in little of what it does not read.
async fn narrow(world: &World) -> Socket {
    let mut socket = Socket::over(&world.partner.base, &[PROTOCOL], Some(4_096)).await.unwrap();
    socket.init(&world.partner).await;
    socket
}

/// Asks for more than connections hold, of which nothing is read: ten answers of almost a megabyte.
async fn ask_for_much(world: &World, socket: &mut Socket) -> usize {
    let claim = world.submitted().await;
    long_comments(world, &claim, 10).await;
    for _ in 0..10 {
        socket.subscribe(&long_answer(11), json!({ "id": claim.id() })).await;
    }
    10
}

async fn a_slow_reader_is_told_why(world: &World) {
    // T45
    let mut slow = narrow(world).await;
    let asked = ask_for_much(world, &mut slow).await;
    // The client's own slowness: it reads again between the time when it is told and the time when it is cut off.
    let slowness = tokio::time::sleep(PATIENCE.mul_f32(0.9));
    // That is nobody else's: others are served, and hear events.
    let claim = world.submitted_by(&world.rival).await;
    let mut other = Socket::of(&world.rival).await;
    let after = position(&world.rival, &claim).await;
    let id = other.subscribe(FOLLOW, json!({ "claim": claim.id(), "after": after })).await;
    for number in 0..20 {
        let text = number.to_string();
        world.rival.comment(claim.id(), &text, "SHARED").await.done();
        assert_eq!(comment(&other.next(&id).await), text);
        answers_soon(world).await;
    }
    slowness.await;
    let (code, reason) = slow.closed().await;
    assert!(code == 1013 && reason.contains("resume after the last position"), "{code} {reason}");
    assert!(slow.leftover().len() < asked, "not everything was sent");
}

async fn a_reader_that_never_reads_loses_its_place(world: &World) {
    // T45
    let _other = Socket::of(&world.reviewer).await;
    let mut deaf = narrow(world).await;
    let full = Socket::raw(&world.partner.base, &[PROTOCOL]).await;
    assert!(matches!(full, Err(Refused { status, .. }) if status.as_u16() == 503));
    ask_for_much(world, &mut deaf).await;
    let entered = async { while Socket::raw(&world.partner.base, &[PROTOCOL]).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), entered).await.expect("its place is free");
    drop(deaf);
}
