//! Traces by OTLP, in a build that has them: what reaches a collector, and what never does. A test program of its own, so that
//! the other tests are not built a second time for it.
#![cfg(test)]

#[path = "../it/support/mod.rs"]
#[expect(dead_code, unused_imports, unused_macros, reason = "the other test program uses the rest of it")]
mod support;

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;

use support::{
    Backend,
    cast::Cast,
    database::Database,
    process::{Home, Process},
};

/// Stands in everything that must not be sent.
const MARKER: &str = "marker-7f3a9c";

type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A collector; its address, and what came to `/v1/traces`.
async fn collector() -> (String, Received) {
    async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) {
        received.lock().unwrap().push((headers, body));
    }
    let received = Received::default();
    let routes = Router::new().route("/v1/traces", post(take)).with_state(received.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (address, received)
}

/// Asks for something under this id, with the marker wherever a client can put it.
async fn ask(server: &Process, id: &str) {
    let caller = Cast::of(server).partner;
    let query = "query Marked($id: ID!) { viewer { subject } claim(id: $id) { name } }";
    let body = json!({ "query": format!("# {MARKER}\n{query}"), "variables": { "id": MARKER } });
    assert_eq!(caller.send(caller.posted(&body).header("x-request-id", id)).await.status, 200);
    let path = format!("/documents/none?{MARKER}");
    assert_eq!(caller.send(caller.request(Method::GET, &path)).await.status, 404);
}

fn has(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_span_for_each_request_and_operation_is_sent_and_nothing_of_a_clients() {
    // T41
    let (address, received) = collector().await;
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve(&["--otlp-endpoint", &address]);
    ask(&server, "traced-1").await;
    let token = Cast::of(&server).partner.token.unwrap();
    // What was not sent yet is sent at the end.
    assert_eq!(server.stop().done(), "");
    let received = std::mem::take(&mut *received.lock().unwrap());
    assert!(received.iter().all(|(headers, _)| headers["content-type"] == "application/x-protobuf"));
    let bodies: Vec<u8> = received.iter().flat_map(|(_, body)| body.iter().copied()).collect();
    for told in ["service.name", "cpor", "request", "traced-1", "/graphql", "operation", "several", "/documents/none"] {
        assert!(has(&bodies, told), "{told}: {}", String::from_utf8_lossy(&bodies));
    }
    for secret in [MARKER, "Marked", token.as_str(), "authorization", "SELECT"] {
        assert!(!has(&bodies, secret), "{secret}: {}", String::from_utf8_lossy(&bodies));
    }
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_away_harms_nobody() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let home = Home::new(Database::copied(Backend::Sqlite).await);
    let server = home.serve_logging("warn", &["--otlp-endpoint", &address]);
    ask(&server, "untraced").await;
    let ended = server.stop();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("ERROR opentelemetry_sdk") && !ended.err.contains("panicked"), "{}", ended.err);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_without_http_is_refused() {
    let home = Home::new(Database::empty(Backend::Sqlite).await);
    let ended = home.run(&["serve", "--otlp-endpoint", "https://collector.example"]);
    assert!(ended.failed(2).contains("Set --otlp-endpoint to the http://host:port of a collector"), "{}", ended.err);
    home.database.delete().await;
}
