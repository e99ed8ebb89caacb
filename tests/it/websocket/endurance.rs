//! Those who flood a server, say nothing, or do not read: they cost themselves, and nobody else.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::{limited, position};
use crate::support::{
    Socket, World, both,
    socket::{PROTOCOL, Refused},
};

both!(floods_of_pings_are_borne, silent_sockets_are_in_nobodys_way);
both!(
    limited(|limits| {
        limits.slow_reader_timeout = Duration::from_secs(2);
        limits.max_sockets = 2;
    }) =>
    a_slow_reader_is_told_and_dropped,
    a_reader_that_never_reads_loses_its_place,
);

/// What an answer of the server's own may take while others misbehave.
const SOON: Duration = Duration::from_secs(1);

/// A large query: its answer is of some 200 kB.
const SCHEMA: &str = "{ __schema { types { name description fields(includeDeprecated: true) { name description args { \
    name description type { name kind ofType { name } } } type { name kind ofType { name kind ofType { name } } } } } } }";

#[expect(clippy::disallowed_methods, reason = "time is only measured")]
async fn answers_soon(world: &World) {
    let started = Instant::now();
    world.partner.query("{ viewer { subject } claims(first: 5) { nodes { id } } }").await;
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
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

/// A socket whose client asks for much and reads nothing of it.
async fn deaf(world: &World) -> Socket {
    let mut socket = Socket::over(&world.partner.base, &[PROTOCOL], Some(4_096)).await.unwrap();
    socket.init(&world.partner).await;
    for _ in 0..90 {
        socket.subscribe(SCHEMA, json!({})).await;
    }
    socket
}

async fn a_slow_reader_is_told_and_dropped(world: &World) {
    // T45
    let mut deaf = deaf(world).await;
    // Its slowness is nobody else's: others are served and hear events meanwhile.
    let claim = world.draft().await;
    let after = position(world, &claim).await;
    let mut other = Socket::of(&world.reviewer).await;
    let claim = world.submit(&world.partner, &world.prove(&world.partner, &claim).await).await;
    let id = other.subscribe(super::FOLLOW, json!({ "claim": claim.id(), "after": after })).await;
    other.next(&id).await;
    for number in 0..10 {
        world.partner.comment(claim.id(), &format!("{number}"), "SHARED").await.data();
        answers_soon(world).await;
    }
    while super::try_comment(&other.next(&id).await) != Some("9") {}
    // The client's own slowness; then it reads again, within the time that a goodbye has.
    tokio::time::sleep(Duration::from_millis(1_700)).await;
    let (code, reason) = deaf.closed().await;
    assert!(code == 1013 && reason.contains("resume after the last position"), "{code} {reason}");
    assert!(deaf.leftover().len() < 90, "not everything was sent");
}

async fn a_reader_that_never_reads_loses_its_place(world: &World) {
    // T45
    let deaf = deaf(world).await;
    let _other = Socket::of(&world.reviewer).await;
    let full = Socket::raw(&world.partner.base, &[PROTOCOL]).await;
    assert!(matches!(full, Err(Refused { status, .. }) if status.as_u16() == 503));
    let entered = async { while Socket::raw(&world.partner.base, &[PROTOCOL]).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), entered).await.expect("its place is free");
    drop(deaf);
}
