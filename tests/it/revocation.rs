//! Tokens that are revoked (A8): who may, what it takes away, and how soon on every server.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Backend, Caller, Settings, Socket, World, both,
    database::Database,
    directory::{ALPINE, BOREAL},
    event_stream::{Event, EventStream},
    process::Home,
    program::{cpor, on, run},
    server::{SECRET, Server},
    source::root,
};

both!(
    a_lead_revokes_by_id_and_by_subject,
    a_global_admin_revokes_tokens_of_its_own_company_only,
    what_is_not_clear_is_refused,
    other_servers_refuse_the_token_and_close_what_it_opened,
    the_operator_revokes_and_lists_by_the_command_line,
);

const VIEWER: &str = "{ viewer { subject } }";
const FOLLOW: &str = "subscription { historyAppended { position } }";

/// When the tokens of these tests were issued, in seconds, and a time after it.
const ISSUED: u64 = 1_700_000_000;
const AFTER: &str = "2023-11-15T00:00:00Z";

fn caller(server: &Server, subject: &str, role: &str, more: Value) -> Caller {
    let scope = format!("{} tokens:revoke", crate::support::world::SCOPES);
    let mut claims = json!({ "sub": subject, "roles": [role], "scope": scope, "iat": ISSUED });
    if let (Some(claims), Value::Object(more)) = (claims.as_object_mut(), more) {
        claims.extend(more);
    }
    server.caller(claims)
}

fn lead(server: &Server) -> Caller {
    caller(server, "lena@vendor.example", "REVIEW_LEAD", json!({}))
}

async fn status(caller: &Caller) -> u16 {
    caller.graphql(VIEWER, json!({})).await.status.as_u16()
}

async fn revoke(caller: &Caller, input: Value) {
    let answer = caller.mutate("revokeTokens", input).await;
    assert_eq!(answer.payload()["problems"], json!([]), "{}", answer.text);
    assert!(answer.payload()["revokedAt"].is_string(), "{}", answer.text);
}

async fn a_lead_revokes_by_id_and_by_subject(world: &World) {
    let server = &world.server;
    let token = |jti: &str| caller(server, "rita@vendor.example", "REVIEWER", json!({ "jti": jti }));
    let (one, other) = (token("one"), token("other"));
    assert_eq!((status(&one).await, status(&other).await), (200, 200));
    revoke(&lead(server), json!({ "jti": "one", "issuer": "another" })).await;
    assert_eq!(status(&one).await, 200, "another issuer's token");
    revoke(&lead(server), json!({ "jti": "one", "issuer": "cpor" })).await;
    assert_eq!((status(&one).await, status(&other).await), (401, 200));
    revoke(&lead(server), json!({ "subject": "rita@vendor.example", "issuedBefore": AFTER })).await;
    assert_eq!(status(&other).await, 401);
    let newer = caller(server, "rita@vendor.example", "REVIEWER", json!({ "iat": ISSUED + 86_400 }));
    let undated = caller(server, "rita@vendor.example", "REVIEWER", json!({ "iat": null }));
    assert_eq!((status(&newer).await, status(&undated).await), (200, 401));
}

async fn a_global_admin_revokes_tokens_of_its_own_company_only(world: &World) {
    let server = &world.server;
    let admin = caller(server, "ann@alpine.example", "GLOBAL_ADMIN", json!({ "partner_id": ALPINE }));
    let of = |partner: &str| caller(server, "shared@it.example", "INCENTIVES_USER", json!({ "partner_id": partner }));
    let (own, rival) = (of(ALPINE), of(BOREAL));
    revoke(&admin, json!({ "subject": "shared@it.example", "issuedBefore": AFTER })).await;
    assert_eq!((status(&own).await, status(&rival).await), (401, 200));
    // Whether somebody is known here is nobody's business (A4).
    revoke(&admin, json!({ "subject": "nobody@nowhere.example", "issuedBefore": AFTER })).await;
    let by_id = admin.mutate("revokeTokens", json!({ "jti": "one" })).await;
    assert_eq!(by_id.payload()["problems"][0]["code"], "NOT_ALLOWED", "{}", by_id.text);
    for (role, more) in [
        ("BILLING_ADMIN", json!({ "partner_id": ALPINE })),
        ("INCENTIVES_USER", json!({ "partner_id": ALPINE })),
        ("REVIEWER", json!({})),
        ("AUDITOR", json!({})),
        ("DIRECTORY_SYNC", json!({})),
    ] {
        let refused = caller(server, "somebody", role, more).mutate("revokeTokens", json!({ "jti": "one" })).await;
        assert_eq!(refused.errors(), ["FORBIDDEN"], "{role}");
    }
    // The role alone is not enough (A5).
    let refused = world.lead.mutate("revokeTokens", json!({ "jti": "one" })).await;
    assert_eq!(refused.errors(), ["FORBIDDEN"]);
}

async fn what_is_not_clear_is_refused(world: &World) {
    let lead = lead(&world.server);
    for (input, field) in [
        (json!({}), "jti"),
        (json!({ "jti": "one", "subject": "rita", "issuedBefore": AFTER }), "jti"),
        (json!({ "subject": "rita" }), "jti"),
        (json!({ "issuedBefore": AFTER }), "jti"),
        (json!({ "subject": "rita", "issuedBefore": AFTER, "issuer": "cpor" }), "jti"),
        (json!({ "jti": " " }), "jti"),
        (json!({ "subject": " ", "issuedBefore": AFTER }), "subject"),
        (json!({ "subject": "rita", "issuedBefore": "2100-01-01T00:00:00Z" }), "issuedBefore"),
    ] {
        let answer = lead.mutate("revokeTokens", input.clone()).await;
        let problem = &answer.payload()["problems"][0];
        assert_eq!((&problem["code"], &problem["field"]), (&json!("INVALID_VALUE"), &json!([field])), "{input}");
        assert!(answer.payload()["revokedAt"].is_null());
    }
    // J1
    let input = json!({ "jti": "one", "idempotencyKey": "k" });
    let first = lead.mutate("revokeTokens", input.clone()).await;
    assert_eq!(lead.mutate("revokeTokens", input).await.payload(), first.payload());
    let other = lead.mutate("revokeTokens", json!({ "jti": "two", "idempotencyKey": "k" })).await;
    assert_eq!(other.payload()["problems"][0]["code"], "IDEMPOTENCY_KEY_REUSED");
}

async fn other_servers_refuse_the_token_and_close_what_it_opened(world: &World) {
    let other = Server::start(world.server.database.shared(), Settings::default()).await;
    let follower = |subject: &str| caller(&other, subject, "AUDITOR", json!({}));
    let (rita, ravi) = (follower("rita@vendor.example"), follower("ravi@vendor.example"));
    let mut socket = Socket::of(&rita).await;
    let mut stays = Socket::of(&ravi).await;
    socket.subscribe(FOLLOW, json!({})).await;
    let mut stream = EventStream::open(&rita, FOLLOW, json!({})).await;
    revoke(&lead(&world.server), json!({ "subject": "rita@vendor.example", "issuedBefore": AFTER })).await;
    // What every server does every few seconds.
    other.app.refresh_revocations().await.unwrap();
    assert_eq!(socket.closed().await.0, 4403);
    let Event::Next(last) = stream.past_comments().await else { panic!("no last event") };
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!((stream.event().await, stream.event().await), (Event::Complete, Event::End));
    assert_eq!(status(&rita).await, 401);
    let mut again = Socket::silent(&rita).await;
    let token = rita.token.as_deref().unwrap();
    again.send(&json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } })).await;
    assert_eq!(again.closed().await.0, 4403);
    assert_eq!(stays.query(VIEWER, json!({})).await["data"]["viewer"]["subject"], "ravi@vendor.example");
    other.stop().await;
}

async fn the_operator_revokes_and_lists_by_the_command_line(world: &World) {
    let database = &world.server.database;
    let token = |more: &[&str]| {
        let words = [&["token", "--role", "DIRECTORY_SYNC", "--subject", "loader"], more].concat();
        run(cpor(root(), &words).env("CPOR_JWT_SECRET", SECRET).env("DATABASE_URL", &database.url))
    };
    assert!(token(&["--service", "--ttl", "91d"]).failed(2).contains("--max-token-life"));
    let service = token(&["--service", "--ttl", "30d"]).done().to_owned();
    let development = token(&[]).done().to_owned();
    let listed = on(database, &["tokens"]).done().to_owned();
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(listed.contains("\tloader\tDIRECTORY_SYNC\t") && listed.ends_with("\tgood"), "{listed}");
    let (service, development) =
        (world.server.caller_with_token(&service), world.server.caller_with_token(&development));
    assert_eq!((status(&service).await, status(&development).await), (200, 200));
    let jti = listed.split('\t').next().unwrap();
    on(database, &["revoke", "--jti", jti]).done();
    world.server.app.refresh_revocations().await.unwrap();
    assert_eq!((status(&service).await, status(&development).await), (401, 200));
    assert!(on(database, &["tokens"]).done().ends_with("\trevoked"));
    for wrong in [
        &["revoke"][..],
        &["revoke", "--subject", "loader"],
        &["revoke", "--issued-before", AFTER],
        &["revoke", "--jti", "a", "--subject", "b", "--issued-before", AFTER],
        &["revoke", "--subject", "loader", "--issued-before", "2100-01-01T00:00:00Z"],
    ] {
        on(database, wrong).failed(2);
    }
    on(database, &["revoke", "--subject", "loader", "--issued-before", "2000-01-01T00:00:00Z"]).done();
    world.server.app.refresh_revocations().await.unwrap();
    assert_eq!(status(&development).await, 200, "it was issued later");
    let explain = |token: &Caller| {
        let words = ["token", "explain", token.token.as_deref().unwrap()];
        run(cpor(root(), &words).env("CPOR_JWT_SECRET", SECRET).env("DATABASE_URL", &database.url))
    };
    let accepted = explain(&development);
    assert!(
        accepted.done().contains("roles       DIRECTORY_SYNC") && accepted.out.contains("accepted"),
        "{accepted:?}"
    );
    let refused = explain(&service);
    assert!(refused.failed(1).contains("reason") && refused.out.contains("revoked"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn within_a_minute_on_another_process() {
    // A8, on the real clock of two real processes.
    let home = Home::new(Database::copied(Backend::Postgres).await);
    let (first, second) = (home.serve(&[]), home.serve(&[]));
    let claims = |subject: &str, role: &str, scope: &str| json!({ "sub": subject, "roles": [role], "scope": scope, "iat": ISSUED });
    let rita = second.caller(claims("rita@vendor.example", "AUDITOR", "claims:read history:read"));
    let mut socket = Socket::of(&rita).await;
    socket.subscribe(FOLLOW, json!({})).await;
    let lead = first.caller(claims("lena@vendor.example", "REVIEW_LEAD", "tokens:revoke"));
    revoke(&lead, json!({ "subject": "rita@vendor.example", "issuedBefore": AFTER })).await;
    let closed = tokio::time::timeout(Duration::from_mins(1), socket.closed()).await.expect("within 60 seconds");
    assert_eq!(closed.0, 4403);
    assert_eq!(status(&rita).await, 401);
    let ready = rita.send(rita.request(Method::GET, "/readyz")).await;
    assert_eq!(ready.status, 200);
    first.stop().done();
    second.stop().done();
}
