//! The position of an export is a checkpoint: what comes after it is exactly what the export does not have (H2).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, Database as Connection, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};

use super::export;
use crate::support::{Backend, Caller, Settings, World, both, event_stream::EventStream};

both!(
    the_history_goes_on_after_an_export_without_gap_or_repeat,
    exports_since_each_other_make_the_whole,
    an_export_is_of_one_instant,
);

/// Positions of the entries after this one, through the API.
async fn after(caller: &Caller, position: &str) -> Vec<Value> {
    let (mut found, mut after) = (Vec::new(), position.to_owned());
    loop {
        let query = format!(
            "{{ history(first: 50, after: \"{after}\") {{ nodes {{ position }} pageInfo {{ hasNextPage }} }} }}"
        );
        let page = caller.query(&query).await["history"].clone();
        found.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["position"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = found.last().unwrap().as_str().unwrap().to_owned();
    }
}

/// Four people who write comments until they are told to stop.
async fn writing(world: &World) -> (Arc<AtomicBool>, Vec<tokio::task::JoinHandle<()>>) {
    let stop = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for number in 1..=4 {
        let claim = world.submitted_on(&world.partner, number).await;
        let (caller, id, stop) = (world.partner.clone(), claim.id().to_owned(), Arc::clone(&stop));
        writers.push(tokio::spawn(async move {
            let mut count = 0;
            while !stop.load(Ordering::SeqCst) {
                count += 1;
                caller.comment(&id, &format!("Comment {count}"), "SHARED").await.claim();
            }
        }));
    }
    (stop, writers)
}

async fn ended((stop, writers): (Arc<AtomicBool>, Vec<tokio::task::JoinHandle<()>>)) {
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
}

fn positions(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["position"].clone()).collect()
}

async fn the_history_goes_on_after_an_export_without_gap_or_repeat(world: &World) {
    // B3 H2
    let writing = writing(world).await;
    let mut exports = Vec::new();
    for _ in 0..12 {
        let exported = export(&world.partner, "history.jsonl").await;
        // A subscription from there, while others write.
        let query = "subscription($after: String) { historyAppended(after: $after) { position } }";
        let mut events = EventStream::open(&world.partner, query, json!({ "after": exported.position })).await;
        let next = events.data().await["historyAppended"]["position"].clone();
        exports.push((exported, next));
    }
    ended(writing).await;
    let whole = after(&world.partner, "AAAAAAAAAAAAAAAAAAAAAA").await;
    let mut grown = 0;
    for (exported, next) in &exports {
        let mut joined = positions(&exported.objects());
        assert_eq!(joined.last().unwrap(), exported.position.as_str());
        let rest = after(&world.partner, &exported.position).await;
        assert_eq!(rest.first(), Some(next));
        joined.extend(rest);
        assert_eq!(joined, whole);
        assert!(exported.rows >= grown);
        grown = exported.rows;
    }
    assert!(grown > exports[0].0.rows, "nobody wrote");
}

async fn exports_since_each_other_make_the_whole(world: &World) {
    // B3 H2
    let writing = writing(world).await;
    let (mut since, mut joined) = ("AAAAAAAAAAAAAAAAAAAAAA".to_owned(), Vec::new());
    for _ in 0..12 {
        let exported = export(&world.partner, &format!("history.jsonl?since={since}")).await;
        joined.extend(positions(&exported.objects()));
        // Nothing new: the same place.
        since = exported.position;
    }
    ended(writing).await;
    joined.extend(positions(&export(&world.partner, &format!("history.jsonl?since={since}")).await.objects()));
    assert_eq!(joined, after(&world.partner, "AAAAAAAAAAAAAAAAAAAAAA").await);
}

async fn an_export_is_of_one_instant(world: &World) {
    // B3: of two changes in one order, an export never has the second one alone.
    let claim = world.submitted_on(&world.partner, 1).await;
    let other = world.submitted_on(&world.partner, 2).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (caller, stop) = (world.partner.clone(), Arc::clone(&stop));
        async move {
            let (mut first, mut second) = (claim, other);
            let mut number = 0;
            while !stop.load(Ordering::SeqCst) {
                number += 1;
                let name = json!({ "name": format!("{number:06}") });
                first = caller.act("updateClaim", &first, name.clone()).await.done();
                second = caller.act("updateClaim", &second, name).await.done();
            }
        }
    });
    for _ in 0..30 {
        let rows = export(&world.partner, "claims.jsonl").await.objects();
        let name = |row: &Value| row["name"].as_str().unwrap().to_owned();
        let (first, second) = (name(&rows[0]), name(&rows[1]));
        let number = |name: &str| name.parse::<i64>().unwrap_or(0);
        assert!((0..=1).contains(&(number(&first) - number(&second))), "{first} {second}");
    }
    stop.store(true, Ordering::SeqCst);
    writer.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_settled_comes_after_the_position() {
    // B3 H2: PostgreSQL shows an entry before an older transaction has ended, which may still write one that comes before it.
    let mut settings = Settings::default();
    settings.limits.settle_timeout = Duration::from_millis(50);
    let world = World::start(Backend::Postgres, settings).await;
    let claim = world.submitted().await;
    // Transactions of other tests in the same cluster also delay it.
    let mut settled = export(&world.partner, "history.jsonl").await;
    while settled.rows < 3 {
        settled = export(&world.partner, "history.jsonl").await;
    }
    assert_eq!(settled.rows, 3);
    let connection = Connection::connect(&world.server.database.url).await.unwrap();
    let older = connection.begin_with_options(TransactionOptions::default()).await.unwrap();
    older.execute_unprepared("SELECT pg_current_xact_id()").await.unwrap();
    world.partner.comment(claim.id(), "Not settled", "SHARED").await.claim();
    let early = export(&world.partner, "history.jsonl").await;
    assert_eq!((early.rows, &early.position), (3, &settled.position));
    // The claim is as it is now; its entry comes again after the position, and nothing is missed.
    assert_eq!(export(&world.partner, "claims.jsonl").await.position, settled.position);
    older.rollback().await.unwrap();
    // As soon as the server has noticed.
    let mut came = Vec::new();
    while came.is_empty() {
        came = after(&world.partner, &early.position).await;
    }
    assert_eq!(came.len(), 1);
    assert_eq!(export(&world.partner, "history.jsonl").await.rows, 4);
    connection.close().await.unwrap();
    world.finish().await;
}
