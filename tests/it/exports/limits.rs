//! No client keeps a snapshot: not by reading slowly, not by going away, not for longer than an export may take.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{ask, export};
use crate::support::{Caller, Settings, World, both, directory::ALPINE, wire::Wire, wire::request};

fn one_at_once() -> Settings {
    let mut settings = Settings::default();
    settings.limits.max_exports_per_subject = 1;
    settings
}

fn short() -> Settings {
    let mut settings = one_at_once();
    // Long enough for the head to come first on a slow machine.
    settings.limits.export_timeout = Duration::from_millis(1_500);
    settings
}

both!(one_at_once() => exports_have_a_limit_by_subject_and_end_with_their_client, an_export_ends_with_its_token);
both!(short() => an_export_that_takes_too_long_is_cut);
both!(one_request() => an_export_counts_as_a_request);

fn one_request() -> Settings {
    let mut settings = Settings::default();
    settings.limits.requests_per_minute = 1;
    settings
}

/// More history than the connections can take in by themselves, in comments of 40,000 bytes.
async fn much(world: &World) {
    let claim = world.submitted().await;
    let body = "💻".repeat(10_000);
    for _ in 0..300 {
        world.partner.comment(claim.id(), &body, "SHARED").await.claim();
    }
}

/// An export of the history whose client reads its head and nothing else.
async fn stalled(caller: &Caller) -> Wire {
    let mut wire = Wire::to(caller).await;
    wire.send(&request(caller, "GET /exports/history.jsonl", "", "")).await.unwrap();
    assert!(wire.head().await.starts_with("HTTP/1.1 200"));
    wire
}

/// How many snapshots are open.
fn open(world: &World) -> u32 {
    world.server.app.db().pools().iter().find(|pool| pool.name == "snapshot").unwrap().used
}

async fn an_export_counts_as_a_request(world: &World) {
    // B3: what is left is reported with the export, and with its refusal.
    let told = |response: &reqwest::Response| {
        ["ratelimit", "ratelimit-policy"].map(|name| response.headers()[name].to_str().unwrap().to_owned())
    };
    let first = ask(&world.partner, "claims.jsonl").await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(told(&first), ["\"requests\";r=0;t=60", "\"requests\";q=1;w=60"]);
    let second = ask(&world.partner, "claims.jsonl").await;
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(told(&second)[0].starts_with("\"requests\";r=0;t="), "{:?}", told(&second));
    assert!(second.headers().contains_key("retry-after"));
}

async fn exports_have_a_limit_by_subject_and_end_with_their_client(world: &World) {
    // B3
    much(world).await;
    let first = stalled(&world.partner).await;
    let refused = ask(&world.partner, "claims.jsonl").await;
    assert_eq!(
        (refused.status(), refused.headers()["retry-after"].to_str().unwrap()),
        (StatusCode::TOO_MANY_REQUESTS, "5")
    );
    assert!(refused.text().await.unwrap().contains("TOO_MANY_TRANSFERS"));
    assert_eq!(export(&world.user, "claims.jsonl").await.rows, 1);
    assert!(open(world) >= 1);
    drop(first);
    // Free again as soon as the server has noticed.
    while ask(&world.partner, "claims.jsonl").await.status() == StatusCode::TOO_MANY_REQUESTS {}
    while open(world) > 0 {
        world.partner.query("{ viewer { subject } }").await;
    }
}

async fn an_export_that_takes_too_long_is_cut(world: &World) {
    // B3
    much(world).await;
    let wire = stalled(&world.partner).await;
    while open(world) > 0 {
        world.partner.query("{ viewer { subject } }").await;
    }
    // What ends early has no end: nobody takes it for the whole.
    let rest = wire.rest().await;
    assert!(!rest.ends_with(b"0\r\n\r\n") && !rest.is_empty());
}

async fn an_export_ends_with_its_token(world: &World) {
    // B3 A8
    much(world).await;
    let wire = stalled(&world.partner).await;
    let admin = world.server.caller(
        json!({ "sub": "admin@alpine.example", "roles": ["GLOBAL_ADMIN"], "scope": "tokens:revoke", "partner_id": ALPINE }),
    );
    let input = json!({ "subject": world.partner.subject, "issuedBefore": "2026-03-02T09:00:00Z" });
    let revoked = admin.mutate("revokeTokens", input).await;
    assert_eq!(revoked.payload()["problems"], json!([]), "{}", revoked.text);
    while open(world) > 0 {
        world.user.query("{ viewer { subject } }").await;
    }
    let rest = wire.rest().await;
    assert!(!rest.ends_with(b"0\r\n\r\n"));
}
