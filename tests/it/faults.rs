//! What breaks around a server: its disk, its database, its clock. Whoever asks is told so, nothing is lost, and afterwards
//! all goes on by itself (issue 10, number 18).
//!
//! A database that is restarted in the middle of transactions is in `database_restart`, a server that is killed in `kills`
//! and `crash`, two releases on one database in `upgrade`, backups of before in `restore`.

use std::{collections::BTreeSet, path::Path, time::Duration};

use reqwest::{Method, StatusCode};
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection};
use serde_json::json;

use crate::{
    crash::Cast,
    restore::backup,
    support::{Backend, Caller, Settings, World, both, database::Database, process::Home, world::PDF},
};

both!(a_database_that_is_locked_is_told_in_time_and_goes_on, clocks_that_disagree_confuse_nothing);

/// Asserts that this was answered with 503 and its code, without a word of what is inside.
fn unavailable(answer: &crate::support::Answer) {
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert_eq!(answer.errors(), ["SERVICE_UNAVAILABLE"], "{}", answer.text);
    let inside = ["SQL", "sqlite", "disk", "extend", "os error", "File too large", "No space"];
    assert!(!inside.iter().any(|word| answer.text.contains(word)), "{}", answer.text);
}

async fn comments(home: &Home) -> BTreeSet<String> {
    home.database.read("SELECT body FROM comment WHERE body LIKE 'Number %'").await.into_iter().collect()
}

/// Lets PostgreSQL answer what it answers when its disk is full. (SQLite's is full in fact.)
const FULL: &str = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
    CREATE TRIGGER full_disk BEFORE INSERT ON history FOR EACH ROW EXECUTE FUNCTION full_disk()";

async fn a_full_disk_is_told_and_nothing_is_lost(backend: Backend) {
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve_on_a_small_disk(&[]);
    let cast = Cast::of(&server);
    let claims = cast.claims(1).await;
    let (claim, partner) = (&claims[0].0, &cast.partner);
    let comment = async |number: u32| partner.comment(claim, &format!("Number {number}"), "SHARED").await;
    let large = [PDF, &vec![b' '; 200_000]].concat();
    comment(1).await.done();

    server.limit_files("1024");
    if backend == Backend::Postgres {
        home.database.tamper(FULL).await;
    }
    for number in 2..5 {
        unavailable(&comment(number).await);
        unavailable(&partner.attach(claim, "proof.pdf", large.clone()).await);
    }
    // What was there can be read.
    let seen = partner.claim(claim).await.unwrap();
    let url = seen.field("proofOfExecution")[0]["url"].as_str().unwrap();
    let kept = partner.request(Method::GET, url).send().await.unwrap();
    assert_eq!(kept.bytes().await.unwrap(), PDF);
    assert_eq!(incoming(&home.documents), 0, "nothing is left of uploads that failed");

    server.limit_files("unlimited");
    if backend == Backend::Postgres {
        home.database.tamper("DROP TRIGGER full_disk ON history").await;
    }
    comment(5).await.done();
    partner.attach(claim, "proof.pdf", large).await.claim();
    assert_eq!(comments(&home).await, BTreeSet::from(["Number 1".to_owned(), "Number 5".to_owned()]));
    assert_eq!(server.stop().code, Some(0));
    let told = home.run(&["verify"]);
    assert!(told.done().ends_with("OK") && !told.out.contains("without a document"), "{told:?}");
    home.database.delete().await;
}

fn incoming(documents: &Path) -> usize {
    std::fs::read_dir(documents.join("incoming")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_nothing_is_lost_on_sqlite() {
    // F14
    a_full_disk_is_told_and_nothing_is_lost(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_nothing_is_lost_on_postgres() {
    // F14
    a_full_disk_is_told_and_nothing_is_lost(Backend::Postgres).await;
}

/// A connection past the server.
async fn connection(database: &Database) -> DatabaseConnection {
    Connection::connect(ConnectOptions::new(&database.url).max_connections(1).to_owned()).await.unwrap()
}

async fn a_database_that_is_locked_is_told_in_time_and_goes_on(world: &World) {
    // F13: somebody at the database holds locks and does not let go.
    let claim = world.under_review().await;
    let connection = connection(&world.server.database).await;
    let lock = match world.server.database.backend {
        Backend::Sqlite => "BEGIN IMMEDIATE",
        Backend::Postgres => "BEGIN; LOCK TABLE claim IN ACCESS EXCLUSIVE MODE",
    };
    connection.execute_unprepared(lock).await.unwrap();
    let asking = world.partner.comment(claim.id(), "Held up", "SHARED");
    let answer = tokio::time::timeout(Duration::from_secs(9), asking).await.expect("an answer in time");
    unavailable(&answer);
    // A server that waits for its database is alive.
    let alive = world.anonymous.request(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
    // Those answers were meant.
    assert!(!world.server.faults.take().is_empty());
    connection.execute_unprepared("ROLLBACK").await.unwrap();
    connection.close().await.unwrap();
    world.partner.comment(claim.id(), "Let go", "SHARED").await.done();
    let bodies = world.server.database.read("SELECT body FROM comment WHERE body IN ('Held up', 'Let go')").await;
    assert_eq!(bodies, ["Let go"]);
}

async fn clocks_that_disagree_confuse_nothing(world: &World) {
    // F15: one server's clock is two hours ahead of the other's, as after a jump; both change one claim in turns.
    let claim = world.under_review().await;
    world.server.clock.advance(Duration::from_hours(2));
    let behind = World::on(world.server.database.shared(), Settings::default()).await;
    for number in 0..6 {
        let here = if number % 2 == 0 { world } else { &behind };
        here.partner.comment(claim.id(), &format!("Number {number}"), "SHARED").await.done();
    }
    // The order is that of what happened, whatever the times; each reader sees the same.
    let order = async |caller: &Caller| {
        let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { position at } } \
            comments(first: 100) { nodes { body } } } }";
        let answer = caller.graphql(query, json!({ "id": claim.id() })).await;
        answer.data()["claim"].clone()
    };
    let (here, there) = (order(&world.partner).await, order(&behind.reviewer).await);
    let bodies = |told: &serde_json::Value| -> Vec<String> {
        let nodes = told["comments"]["nodes"].as_array().unwrap();
        let all = nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned());
        all.filter(|body| body.starts_with("Number")).collect()
    };
    let times: Vec<_> =
        here["history"]["nodes"].as_array().unwrap().iter().map(|node| node["at"].to_string()).collect();
    assert!(!times.is_sorted(), "the clocks did disagree: {times:?}");
    assert_eq!(bodies(&here), (0..6).map(|number| format!("Number {number}")).collect::<Vec<_>>());
    assert_eq!(bodies(&there), bodies(&here));
    // A deadline fires once, at the server that comes to it first; the one that is behind finds nothing to do.
    let asked = world.ask(&world.partner.claim(claim.id()).await.unwrap()).await;
    world.advance_days(30);
    world.server.app.settle().await.unwrap();
    behind.server.app.settle().await.unwrap();
    let now = behind.partner.claim(asked.id()).await.unwrap();
    assert_eq!(now.status(), "REJECTED");
    // `finish` verifies the database that both have worked on.
    behind.leave().await;
}

/// How many clients write while a backup is taken.
const WRITERS: u32 = 4;

async fn a_backup_under_load_has_all_that_was_acknowledged_before(backend: Backend) {
    // F22
    let home = Home::new(Database::copied(backend).await);
    let server = home.serve(&[]);
    let cast = Cast::of(&server);
    let claims = cast.claims(1).await;
    let claim = claims[0].0.clone();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let (told, mut done) = tokio::sync::watch::channel(0_u32);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (partner, claim, stopped, told) = (cast.partner.clone(), claim.clone(), stopped.clone(), told.clone());
            tokio::spawn(async move {
                let mut bodies = Vec::new();
                for number in 0.. {
                    if *stopped.borrow() {
                        break;
                    }
                    let body = format!("Number {writer}-{number}");
                    partner.comment(&claim, &body, "SHARED").await.done();
                    told.send_modify(|count| *count += 1);
                    bodies.push(body);
                }
                bodies
            })
        })
        .collect();
    done.wait_for(|count| *count >= 20).await.unwrap();
    let before = comments(&home).await;
    let copy = backup(&home.database).await;
    let during = *done.borrow();
    done.wait_for(|count| *count >= during + 8).await.unwrap();
    stop.send_replace(true);
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    assert_eq!(comments(&home).await, acknowledged, "the server lost nothing to the backup");
    assert_eq!(server.stop().code, Some(0));

    let restored = home.moved(copy);
    assert!(restored.run(&["verify"]).done().ends_with("OK"));
    let kept = comments(&restored).await;
    assert!(before.len() >= 20 && before.is_subset(&kept), "{:?}", before.difference(&kept));
    assert!(kept.is_subset(&acknowledged));
    // It goes on from there.
    let server = restored.serve(&[]);
    let cast = Cast::of(&server);
    cast.partner.comment(&claim, "Number last", "SHARED").await.done();
    assert_eq!(server.stop().code, Some(0));
    assert!(restored.run(&["verify"]).done().ends_with("OK"));
    for database in [home.database, restored.database] {
        database.delete().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_all_that_was_acknowledged_before_on_sqlite() {
    a_backup_under_load_has_all_that_was_acknowledged_before(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_all_that_was_acknowledged_before_on_postgres() {
    a_backup_under_load_has_all_that_was_acknowledged_before(Backend::Postgres).await;
}
