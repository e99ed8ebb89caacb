//! Who gets a socket: origins, subprotocols, tokens, room.

use std::time::Duration;

use serde_json::{Value, json};

use super::{closed, handshake, limited, now};
use crate::support::{
    Settings, Socket, World, both,
    server::token,
    socket::{PROTOCOL, Refused},
    wire::Wire,
};

both!(
    only_one_protocol_is_spoken,
    the_header_can_bring_the_token,
    a_socket_needs_a_good_token,
    what_is_no_handshake_is_told_so,
);

both!(
    Settings {
        cors_origins: vec!["https://portal.example".to_owned()],
        public_url: Some("https://claims.example/vendor".to_owned()),
        ..Settings::default()
    } =>
    pages_of_known_origins_may_connect
);
both!(Settings { cors_origins: vec!["*".to_owned()], ..Settings::default() } => pages_of_any_origin_may_connect);
both!(limited(|limits| limits.bad_tokens_per_minute = 3) => bad_tokens_are_counted);
both!(limited(|limits| limits.max_sockets = 2) => there_is_room_for_so_many);
both!(
    limited(|limits| (limits.max_sockets, limits.max_sockets_per_subject) = (20, 5)) =>
    neither_strangers_nor_one_subject_take_all_places
);
both!(
    limited(|limits| limits.init_timeout = Duration::from_millis(300)) =>
    whoever_says_nothing_is_closed
);

/// Whether a page of this origin gets a socket.
async fn may_connect(world: &World, origin: &str) -> bool {
    match Socket::raw(&world.partner.base, &[PROTOCOL, ("origin", origin)]).await {
        Ok(mut socket) => {
            socket.init(&world.partner).await;
            true
        }
        Err(Refused { status, body, .. }) => {
            assert_eq!((status.as_u16(), &body["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")));
            false
        }
    }
}

async fn pages_of_known_origins_may_connect(world: &World) {
    let own = &world.partner.base;
    for origin in ["https://portal.example", "https://claims.example", "HTTPS://Portal.Example", own] {
        assert!(may_connect(world, origin).await, "{origin}");
    }
    let neighbour = own.replace("127.0.0.1", "127.0.0.2");
    for origin in [
        "https://evil.example",
        "https://portal.example.evil.example",
        "https://portal.example:8443",
        "http://claims.example",
        "https://claims.example/vendor",
        "http://127.0.0.1",
        "null",
        "",
        &neighbour,
    ] {
        assert!(!may_connect(world, origin).await, "{origin}");
    }
    let twice = [PROTOCOL, ("origin", own.as_str())];
    assert!(Socket::raw(own, &twice).await.is_ok());
    let mut wire = Wire::to(&world.partner).await;
    wire.send(&handshake("origin: http://cpor\r\norigin: https://evil.example\r\n")).await.unwrap();
    assert_eq!(wire.answer().await.0, 403, "of two origins none is known");
}

async fn pages_of_any_origin_may_connect(world: &World) {
    assert!(may_connect(world, "https://anywhere.example").await);
    assert!(may_connect(world, "null").await);
}

async fn only_one_protocol_is_spoken(world: &World) {
    // T44
    let mut none = Socket::raw(&world.partner.base, &[]).await.unwrap();
    assert_eq!(none.closed().await, closed(4406, "Subprotocol not acceptable"));
    let of_several = [("sec-websocket-protocol", "graphql-ws, graphql-transport-ws")];
    Socket::raw(&world.partner.base, &of_several).await.unwrap().init(&world.partner).await;

    // By hand: a library's client would not take up a connection without the protocol that it wants.
    let mut wire = Wire::to(&world.partner).await;
    wire.send(&handshake("sec-websocket-protocol: graphql-ws\r\n")).await.unwrap();
    let head = wire.head().await.to_lowercase();
    assert!(head.starts_with("http/1.1 101") && !head.contains("sec-websocket-protocol"), "{head}");
    let rest = wire.rest().await;
    assert_eq!(rest[..2], [0x88, 28], "a close frame");
    assert_eq!(u16::from_be_bytes([rest[2], rest[3]]), 4406);
    assert_eq!(&rest[4..], b"Subprotocol not acceptable");
}

/// Who the server takes this socket's caller for.
async fn subject(socket: &mut Socket) -> Value {
    socket.query("{ viewer { subject } }", json!({})).await["data"]["viewer"]["subject"].clone()
}

/// What comes of a `connection_init` with this payload, on a socket whose upgrade had this header.
async fn init(world: &World, header: Option<&str>, payload: Value) -> Result<Socket, (u16, String)> {
    let headers: Vec<_> = [PROTOCOL].into_iter().chain(header.map(|value| ("authorization", value))).collect();
    let mut socket = Socket::raw(&world.partner.base, &headers).await.expect("an upgrade");
    socket.send(&json!({ "type": "connection_init", "payload": payload })).await;
    match socket.try_message().await {
        Some(message) => {
            assert_eq!(message, json!({ "type": "connection_ack" }));
            Ok(socket)
        }
        None => Err(socket.closed().await),
    }
}

fn bearer(caller: &crate::support::Caller) -> String {
    format!("Bearer {}", caller.token.as_deref().unwrap())
}

async fn the_header_can_bring_the_token(world: &World) {
    let (partner, rival) = (bearer(&world.partner), bearer(&world.rival));
    for payload in [Value::Null, json!({}), json!({ "apollo": true })] {
        let mut socket = init(world, Some(&partner), payload).await.unwrap();
        assert_eq!(subject(&mut socket).await, world.partner.subject.as_str());
    }
    // What the message says goes before the header, good or bad.
    let mut socket = init(world, Some(&partner), json!({ "authorization": rival })).await.unwrap();
    assert_eq!(subject(&mut socket).await, world.rival.subject.as_str());
    let bad = init(world, Some(&partner), json!({ "authorization": "Bearer guess" })).await;
    assert_eq!(bad.err(), Some(closed(4403, "Forbidden")));

    let roleless = token(json!({})).1;
    for (header, status, code) in [
        ("Bearer guess".to_owned(), 401, "UNAUTHENTICATED"),
        ("Basic YTpi".to_owned(), 401, "UNAUTHENTICATED"),
        (format!("Bearer {roleless}"), 403, "FORBIDDEN"),
    ] {
        let headers = [PROTOCOL, ("authorization", header.as_str())];
        let refused = Socket::raw(&world.partner.base, &headers).await.err().expect("no upgrade");
        let told = &refused.body["errors"][0]["extensions"]["code"];
        assert_eq!((refused.status.as_u16(), told), (status, &json!(code)), "{header}");
    }
}

async fn a_socket_needs_a_good_token(world: &World) {
    // A5
    let good = bearer(&world.partner);
    for payload in [
        json!({ "Authorization": good }),
        json!({ "authorization": good.replace("Bearer", "bearer") }),
        json!({ "AUTHORIZATION": good, "more": [] }),
    ] {
        assert!(init(world, None, payload).await.is_ok());
    }
    let expired = token(json!({ "roles": ["REVIEWER"], "exp": now() - 600 })).1;
    // Over HTTP still good for those whose clocks differ; a socket would end at once.
    let just_expired = token(json!({ "roles": ["REVIEWER"], "exp": now() - 5 })).1;
    for payload in [
        Value::Null,
        json!({}),
        json!({ "token": good }),
        json!({ "Authorization": null }),
        json!({ "Authorization": 1 }),
        json!({ "Authorization": "" }),
        json!({ "Authorization": "Bearer guess" }),
        json!({ "Authorization": good.replace("Bearer ", "") }),
        json!({ "Authorization": good, "authorization": good }),
        json!({ "Authorization": format!("Bearer {expired}") }),
        json!({ "Authorization": format!("Bearer {just_expired}") }),
    ] {
        assert_eq!(init(world, None, payload.clone()).await.err(), Some(closed(4403, "Forbidden")), "{payload}");
    }
    let roleless = token(json!({ "scope": "claims:read" })).1;
    let (code, reason) =
        init(world, None, json!({ "Authorization": format!("Bearer {roleless}") })).await.err().unwrap();
    assert!(code == 4403 && reason.starts_with("Forbidden: ") && reason.contains("role"), "{code} {reason}");
}

async fn bad_tokens_are_counted(world: &World) {
    for _ in 0..2 {
        assert!(init(world, None, json!({ "Authorization": "Bearer guess" })).await.is_err());
    }
    let guess = [PROTOCOL, ("authorization", "Bearer guess")];
    assert_eq!(Socket::raw(&world.partner.base, &guess).await.err().unwrap().status.as_u16(), 401);
    let refused = Socket::raw(&world.partner.base, &guess).await.err().unwrap();
    assert!(refused.status.as_u16() == 429 && refused.retry_after.is_some(), "{refused:?}");
    assert!(init(world, None, json!({ "Authorization": "Bearer guess" })).await.is_err());
    assert!(init(world, None, json!({ "Authorization": bearer(&world.partner) })).await.is_ok(), "a good one is good");
}

async fn what_is_no_handshake_is_told_so(world: &World) {
    let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for headers in [
        "upgrade: websocket\r\n".to_owned(),
        "upgrade: websocket\r\nconnection: upgrade\r\n".to_owned(),
        format!("upgrade: websocket\r\nconnection: upgrade\r\n{key}"),
        format!("upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 12\r\n{key}"),
        format!("upgrade: websocket\r\nconnection: close\r\nsec-websocket-version: 13\r\n{key}"),
    ] {
        let mut wire = Wire::to(&world.partner).await;
        wire.send(&format!("GET /graphql HTTP/1.1\r\nhost: cpor\r\n{headers}\r\n")).await.unwrap();
        let (status, _, body) = wire.answer().await;
        assert!(status == 400 && body.contains("BAD_REQUEST"), "{headers}: {status} {body}");
    }
}

async fn there_is_room_for_so_many(world: &World) {
    let (silent, live) = (Socket::silent(&world.partner).await, Socket::of(&world.partner).await);
    let refused = Socket::raw(&world.partner.base, &[PROTOCOL]).await.err().expect("no room");
    assert_eq!(refused.status.as_u16(), 503);
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
    assert!(refused.retry_after.unwrap().parse::<u32>().is_ok());
    // Whoever is refused for something else takes no room.
    live.leave().await;
    until_there_is_room(world).await;
    drop(silent);
    until_there_is_room(world).await;
}

/// Connects until there is room, and leaves again.
async fn until_there_is_room(world: &World) {
    let entered = async {
        loop {
            if let Ok(socket) = Socket::raw(&world.partner.base, &[PROTOCOL]).await {
                return socket.leave().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), entered).await.expect("the place is free again");
}

async fn whoever_says_nothing_is_closed(world: &World) {
    // T44
    let timeout = closed(4408, "Connection initialisation timeout");
    let mut silent = Socket::silent(&world.partner).await;
    let mut chatty = Socket::silent(&world.partner).await;
    let mut live = Socket::of(&world.partner).await;
    chatty.send(&json!({ "type": "ping" })).await;
    assert_eq!(chatty.message().await, json!({ "type": "pong" }));
    assert_eq!(silent.closed().await, timeout);
    assert_eq!(chatty.closed().await, timeout);
    assert_eq!(subject(&mut live).await, world.partner.subject.as_str());
}

/// Sockets of these headers until one is refused, for want of room.
async fn as_many_as_there_may_be(world: &World, headers: &[(&str, &str)]) -> Vec<Socket> {
    let mut sockets = Vec::new();
    loop {
        match Socket::raw(&world.partner.base, headers).await {
            Ok(socket) => sockets.push(socket),
            Err(refused) => {
                assert_eq!(refused.status.as_u16(), 503);
                return sockets;
            }
        }
    }
}

async fn neither_strangers_nor_one_subject_take_all_places(world: &World) {
    // Issue 10, number 15: of 20 places.
    let strangers = as_many_as_there_may_be(world, &[PROTOCOL]).await;
    assert_eq!(strangers.len(), 2, "an eighth");
    let partner = bearer(&world.partner);
    let own = as_many_as_there_may_be(world, &[PROTOCOL, ("authorization", &partner)]).await;
    assert_eq!(own.len(), 5);
    // Others come in.
    let rival = bearer(&world.rival);
    let others = as_many_as_there_may_be(world, &[PROTOCOL, ("authorization", &rival)]).await;
    assert_eq!(others.len(), 5);
}
