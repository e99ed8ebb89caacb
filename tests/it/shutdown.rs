//! The end of a server that is asked to stop: what runs is finished, what lives is told to go elsewhere, nothing is lost.

use serde_json::json;

use crate::support::{
    Backend, Caller, Socket,
    database::Database,
    directory::{ALPINE, CONTOSO},
    event_stream::EventStream,
    process::{Home, Process},
    wire::{Wire, request},
    world::SCOPES,
};

fn partner(process: &Process) -> Caller {
    process.caller(
        json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE, "scope": SCOPES }),
    )
}

/// A mutation that makes a draft of this name.
fn draft(name: &str) -> String {
    let query =
        "mutation($input: CreateClaimInput!) { createClaim(input: $input) { claim { name } problems { code } } }";
    let input = json!({ "name": name, "tenantId": CONTOSO, "domain": "contoso.example",
        "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["PRESALES"], "mpnId": "1000001" });
    json!({ "query": query, "variables": { "input": input } }).to_string()
}

const FOLLOW: &str = "subscription { historyAppended { action } }";

async fn what_runs_is_finished(backend: Backend) {
    // F16
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&["--sandbox"]);
    let partner = partner(&server);
    let ready = request(&partner, "GET /readyz", "", "");
    let mut kept = Wire::to(&partner).await;
    kept.send(&ready).await.unwrap();
    assert_eq!(kept.answer().await.0, 200);
    let idle = Wire::to(&partner).await;
    let stream = EventStream::open(&partner, FOLLOW, json!({})).await;
    let mut socket = Socket::of(&partner).await;
    // The server has begun to read the request when it asks for the body.
    let mut slow = Wire::to(&partner).await;
    let body = draft("Slow");
    let whole = request(&partner, "POST /graphql", "expect: 100-continue\r\n", &body);
    let (first, rest) = whole.split_at(whole.len() - body.len() / 2);
    slow.send(first).await.unwrap();
    assert!(slow.head().await.starts_with("HTTP/1.1 100"));

    server.ask_to_stop();
    stream.ended_for_now().await;
    assert_eq!(socket.closed().await.0, 1001);
    // A connection that is kept alive gets one more answer, which is its last.
    kept.send(&ready).await.unwrap();
    let (status, head, body) = kept.answer().await;
    assert_eq!(status, 503, "{body}");
    assert!(head.contains("connection: close"), "{head}");
    kept.ended().await;
    idle.ended().await;
    assert!(reqwest::get(&server.base).await.is_err_and(|error| error.is_connect()), "no new connections");
    slow.send(rest).await.unwrap();
    let (status, _, body) = slow.answer().await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains(r#""claim":{"name":"Slow"}"#), "{body}");
    let ended = server.ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");

    // It was done, and the next server has it.
    let again = home.serve(&["--sandbox"]);
    let claims = self::partner(&again).query("{ claims { nodes { name } } }").await;
    assert_eq!(claims, json!({ "claims": { "nodes": [{ "name": "Slow" }] } }));
    assert_eq!(again.stop().code, Some(0));
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_is_finished_on_sqlite() {
    what_runs_is_finished(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_is_finished_on_postgres() {
    what_runs_is_finished(Backend::Postgres).await;
}
