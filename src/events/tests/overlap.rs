//! Transactions that overlap, and a database that goes away: PostgreSQL.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, TransactionOptions, TransactionTrait,
};
use tokio::task::block_in_place;

use super::{
    bench::{ALPINE, Bench, in_time, partner, reviewer},
    cluster::{Cluster, Stop},
    everything, heard,
};
use crate::store::{Columns, history::HistoryFilter, page::PageRequest};

/// A PostgreSQL of the test's own.
async fn postgres() -> (Cluster, Bench) {
    // What was written is there after a crash.
    let cluster = block_in_place(|| Cluster::start(&["synchronous_commit=on", "max_prepared_transactions=1"]))
        .unwrap_or_else(|reason| panic!("no PostgreSQL: {reason}"));
    let bench = Bench::postgres(&cluster.address("postgres")).await;
    (cluster, bench)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_passed_on_before_what_may_still_come() {
    // H2: the older transaction commits last, and its entry comes first all the same.
    let (_cluster, bench) = postgres().await;
    bench.run();
    let mut follower = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    let older = bench.raw.begin_with_options(TransactionOptions::default()).await.unwrap();
    let first = bench.write(&older, bench.first).await;
    let second = bench.write(&bench.raw, bench.second).await;
    let early = tokio::time::timeout(Duration::from_millis(300), follower.next()).await;
    assert!(early.is_err(), "passed on while an older transaction ran: {early:?}");
    // A page ends before it, too: nothing may appear between what was shown already.
    let filter = HistoryFilter::default();
    let page = bench.tail.page(&reviewer(), &filter, &PageRequest::first(10), Columns::ALL).await.unwrap();
    assert_eq!(page.items.len(), 0);
    // Whoever joins now has missed nothing.
    let mut late = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    older.commit().await.unwrap();
    bench.passed(second).await;
    assert_eq!(heard(&mut follower, 2).await, [first, second]);
    assert_eq!(heard(&mut late, 2).await, [first, second]);
    let page = bench.tail.page(&reviewer(), &filter, &PageRequest::first(10), Columns::ALL).await.unwrap();
    let shown: Vec<_> = page.items.iter().map(|(_, entry)| entry.id).collect();
    assert_eq!(shown, [first, second]);
    assert!(bench.position(first).await < bench.position(second).await);
    // What is rolled back never comes, and holds nothing back any more.
    let gone = bench.raw.begin_with_options(TransactionOptions::default()).await.unwrap();
    bench.write(&gone, bench.first).await;
    let third = bench.write(&bench.raw, bench.second).await;
    gone.rollback().await.unwrap();
    assert_eq!(heard(&mut follower, 1).await, [third]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_ends_early_says_that_more_follow() {
    // H2
    let (_cluster, bench) = postgres().await;
    bench.run();
    let first = bench.write(&bench.raw, bench.first).await;
    bench.passed(first).await;
    let older = running(&bench.raw).await;
    let later = [bench.write(&bench.raw, bench.second).await, bench.write(&bench.raw, bench.second).await];
    let page = async |first| {
        let request = PageRequest::first(first);
        let page = bench.tail.page(&reviewer(), &HistoryFilter::default(), &request, Columns::ALL).await.unwrap();
        (page.items.into_iter().map(|(_, entry)| entry.id).collect::<Vec<_>>(), page.has_next)
    };
    for size in [2, 3, 10] {
        assert_eq!(page(size).await, (vec![first], true), "{size}");
    }
    older.commit().await.unwrap();
    bench.passed(later[1]).await;
    assert_eq!(page(2).await, (vec![first, later[0]], true));
    assert_eq!(page(3).await, (vec![first, later[0], later[1]], false));
}

/// A transaction that has a number and goes on.
async fn running(on: &DatabaseConnection) -> DatabaseTransaction {
    let transaction = on.begin_with_options(TransactionOptions::default()).await.unwrap();
    transaction.execute_unprepared("SELECT pg_current_xact_id()").await.unwrap();
    transaction
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_database_does_holds_nobody_up() {
    // H2: PostgreSQL numbers the transactions of all databases of a cluster together.
    let (cluster, bench) = postgres().await;
    bench.run();
    let mut follower = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    bench.raw.execute_unprepared("CREATE DATABASE elsewhere").await.unwrap();
    let elsewhere = Database::connect(cluster.address("elsewhere")).await.unwrap();
    let oldest = running(&elsewhere).await;
    let first = bench.write(&bench.raw, bench.first).await;
    assert_eq!(heard(&mut follower, 1).await, [first]);
    // Ours between theirs is waited for as ever, whichever of them ends.
    let ours = running(&bench.raw).await;
    let youngest = running(&elsewhere).await;
    let second = bench.write(&bench.raw, bench.second).await;
    oldest.commit().await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(300), follower.next()).await;
    assert!(early.is_err(), "passed on while an older transaction ran: {early:?}");
    let third = bench.write(&ours, bench.first).await;
    ours.commit().await.unwrap();
    assert_eq!(heard(&mut follower, 2).await, [third, second]);
    youngest.rollback().await.unwrap();
    // A prepared transaction has no process that tells where it is.
    let prepared = running(&bench.raw).await;
    let fourth = bench.write(&prepared, bench.first).await;
    prepared.execute_unprepared("PREPARE TRANSACTION 'ours'").await.unwrap();
    drop(prepared);
    let fifth = bench.write(&bench.raw, bench.second).await;
    let early = tokio::time::timeout(Duration::from_millis(300), follower.next()).await;
    assert!(early.is_err(), "passed on while a prepared transaction was open: {early:?}");
    bench.raw.execute_unprepared("COMMIT PREPARED 'ours'").await.unwrap();
    assert_eq!(heard(&mut follower, 2).await, [fourth, fifth]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_goes_away_is_waited_for() {
    // H2, F12: the tail says that it cannot read, comes back by itself, and nobody has missed anything.
    let (mut cluster, bench) = postgres().await;
    bench.run();
    let old = bench.write(&bench.raw, bench.first).await;
    bench.passed(old).await;
    let mut live = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    for how in [Stop::Fast, Stop::Immediate] {
        let before = bench.write(&bench.raw, bench.first).await;
        let position = bench.position(before).await;
        bench.until_it_runs(true).await;
        block_in_place(|| cluster.stop(how));
        bench.until_it_runs(false).await;
        // One who joins meanwhile has to wait, and is not sent away.
        let mut joining = in_time(bench.tail.follow(partner(ALPINE), everything(), position)).await;
        let waits = tokio::time::timeout(Duration::from_millis(100), joining.next()).await;
        assert!(waits.is_err(), "{waits:?}");
        block_in_place(|| cluster.start_again());
        bench.until_it_runs(true).await;
        let after = in_time(again(&bench)).await;
        assert_eq!(heard(&mut live, 2).await, [before, after]);
        assert_eq!(heard(&mut joining, 1).await, [after]);
    }
}

/// Writes an entry; the first tries meet connections that are dead.
async fn again(bench: &Bench) -> uuid::Uuid {
    while bench.raw.ping().await.is_err() {
        tokio::task::yield_now().await;
    }
    bench.write(&bench.raw, bench.first).await
}
