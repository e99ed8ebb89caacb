//! A release on the schema of the next one: servers are replaced one after the other, and may be taken back.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    Backend,
    database::Database,
    directory::{ALPINE, CONTOSO},
    process::{Home, Process},
    world::SCOPES,
};

/// A step of a release that does not exist yet. Steps only add.
const LATER: [&str; 3] = [
    "ALTER TABLE claim ADD COLUMN of_a_later_release text NOT NULL DEFAULT 'x'",
    "CREATE TABLE of_a_later_release (id integer PRIMARY KEY)",
    "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_of_a_later_release', 0)",
];

/// The status of `/readyz`.
async fn ready(server: &Process) -> u16 {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    client.get(format!("{}/readyz", server.base)).send().await.unwrap().status().as_u16()
}

/// Makes a draft and reads it back.
async fn works(server: &Process, number: u32) {
    let ann = json!({ "sub": "ann@alpine.example", "roles": ["GLOBAL_ADMIN"], "scope": SCOPES, "partner_id": ALPINE });
    let partner = server.caller(ann);
    let input = json!({ "name": format!("Draft {number}"), "tenantId": CONTOSO,
        "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["USAGE"], "mpnId": "1000001" });
    let draft = partner.mutate("createClaim", input).await.claim();
    assert_eq!(partner.claim(draft.id()).await.unwrap().field("name"), &json!(format!("Draft {number}")));
}

async fn it_runs_on_the_schema_of_the_next_release(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    works(&server, 1).await;
    for sql in LATER {
        home.database.tamper(sql).await;
    }
    // It runs on, ready for requests until its turn has come.
    assert_eq!(ready(&server).await, 200);
    works(&server, 2).await;
    server.stop().done();
    // Where the newer release is taken back, it starts again.
    for options in [&[][..], &["--no-migrate"]] {
        let server = home.serve(options);
        assert_eq!(ready(&server).await, 200, "{options:?}");
        works(&server, 3).await;
        server.stop().done();
    }
    let status = home.run(&["migrate", "status"]);
    assert!(status.done().contains("applied  m20991231_000001_of_a_later_release"), "{status:?}");
    home.run(&["migrate", "up"]).done();
    assert!(home.run(&["verify"]).done().ends_with("OK"));
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_the_schema_of_the_next_release_on_sqlite() {
    it_runs_on_the_schema_of_the_next_release(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_runs_on_the_schema_of_the_next_release_on_postgres() {
    it_runs_on_the_schema_of_the_next_release(Backend::Postgres).await;
}
