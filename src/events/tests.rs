//! The tail and its followers on real databases: SQLite in a folder of its own, and a PostgreSQL of their own where it is
//! about transactions that overlap or a database that goes away.

mod bench;
#[expect(dead_code, reason = "the tests from outside use more of it")]
#[path = "../../tests/it/support/cluster.rs"]
mod cluster;
mod groups;
mod overlap;
mod plans;
mod sharing;

use std::sync::Arc;

use bench::{ALPINE, BOREAL, Bench, in_time, partner, reviewer};
use uuid::Uuid;

use super::{Event, Follower};
use crate::store::history::log::{Feed, Of};

/// All that the caller may see.
pub fn everything() -> Feed {
    Feed::all(Of::Everything(None))
}

fn of_claim(id: Uuid) -> Feed {
    Feed { claim_id: Some(id), ..everything() }
}

/// The ids of the next events.
async fn heard(follower: &mut Follower, count: usize) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for _ in 0..count {
        let event: Arc<Event> = in_time(follower.next()).await;
        ids.push(event.entry.id);
    }
    ids
}

/// Writes entries of a claim, and waits until the tail has come to the last of them.
async fn written(bench: &Bench, claim: Uuid, count: usize) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(bench.write(&bench.raw, claim).await);
    }
    bench.passed(*ids.last().unwrap()).await;
    ids
}

#[tokio::test]
async fn it_runs_from_its_first_look_until_it_is_stopped() {
    let bench = Bench::sqlite().await;
    assert!(!bench.tail.runs());
    let running = bench.run();
    bench.until_it_runs(true).await;
    running.stop().await;
    assert!(!bench.tail.runs());
    // However it ends.
    let running = bench.run();
    bench.until_it_runs(true).await;
    running.abort().await;
    assert!(!bench.tail.runs());
}

#[tokio::test]
async fn it_begins_where_the_history_ends_and_goes_on_where_it_was() {
    // H2
    let bench = Bench::sqlite().await;
    let old = bench.write(&bench.raw, bench.first).await;
    let running = bench.run();
    let mut live = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    let first = written(&bench, bench.first, 1).await;
    assert_eq!(heard(&mut live, 1).await, first, "what was there before does not come");
    // What is written while it stands still is not lost.
    running.stop().await;
    let missed = bench.write(&bench.raw, bench.first).await;
    bench.run();
    assert_eq!(heard(&mut live, 1).await, [missed]);
    let mut from_old = in_time(bench.tail.follow(reviewer(), everything(), bench.position(old).await)).await;
    assert_eq!(heard(&mut from_old, 2).await, [first[0], missed]);
}

#[tokio::test]
async fn whoever_joins_gets_what_lies_behind_and_then_what_comes() {
    // H2
    let bench = Bench::sqlite().await;
    bench.run();
    // More than is read at once.
    let behind = written(&bench, bench.first, 230).await;
    let after = bench.position(behind[9]).await;
    let mut follower = in_time(bench.tail.follow(reviewer(), everything(), after)).await;
    assert_eq!(heard(&mut follower, 100).await, behind[10..110]);
    let coming = written(&bench, bench.first, 30).await;
    assert_eq!(heard(&mut follower, 120).await, behind[110..]);
    assert_eq!(heard(&mut follower, 30).await, coming);
    // A position beyond everything that there is: only what comes after it.
    let mut position = bench.position(*coming.last().unwrap()).await.unwrap();
    position.pos += 1;
    let mut ahead = in_time(bench.tail.follow(reviewer(), everything(), Some(position))).await;
    let last = written(&bench, bench.first, 3).await;
    assert_eq!(heard(&mut ahead, 2).await, last[1..]);
}

#[tokio::test]
async fn whoever_lags_reads_again_and_misses_nothing() {
    // H2: far more events than a listener's channel holds, and as many as it holds.
    let bench = Bench::sqlite().await;
    bench.run();
    let mut follower = in_time(bench.tail.follow(partner(ALPINE), everything(), None)).await;
    let mut narrow = in_time(bench.tail.follow(reviewer(), of_claim(bench.first), None)).await;
    for count in [1, 64, 65, 300, 2] {
        let ids = written(&bench, bench.first, count).await;
        written(&bench, bench.second, 5).await;
        assert_eq!(heard(&mut follower, count).await, ids, "{count}");
        assert_eq!(heard(&mut narrow, count).await, ids, "{count}");
    }
    // While it catches up, more is written.
    let (mut seen, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..12 {
        expected.extend(written(&bench, bench.first, 40).await);
        seen.extend(heard(&mut follower, 15).await);
    }
    seen.extend(heard(&mut follower, expected.len() - seen.len()).await);
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_follower_gets_what_its_caller_may_see() {
    // A4
    let bench = Bench::sqlite().await;
    bench.run();
    let start = bench.position(written(&bench, bench.first, 1).await[0]).await;
    let mut own = in_time(bench.tail.follow(partner(ALPINE), everything(), None)).await;
    let mut others = in_time(bench.tail.follow(partner(BOREAL), everything(), None)).await;
    let mut foreign = in_time(bench.tail.follow(partner(BOREAL), of_claim(bench.first), start)).await;
    let first = written(&bench, bench.first, 3).await;
    let second = written(&bench, bench.second, 3).await;
    assert_eq!(heard(&mut own, 3).await, first);
    assert_eq!(heard(&mut others, 3).await, second);
    let nothing = tokio::time::timeout(std::time::Duration::from_millis(300), foreign.next()).await;
    assert!(nothing.is_err(), "another partner's claim: {nothing:?}");
}

#[tokio::test]
async fn what_nobody_listens_to_is_forgotten() {
    let bench = Bench::sqlite().await;
    bench.run();
    let topics = bench.tail.topics();
    assert_eq!(topics.len(), 0);
    let follow = |caller, feed| bench.tail.follow(caller, feed, None);
    let one = in_time(follow(partner(ALPINE), everything())).await;
    let same = in_time(follow(partner(ALPINE), Feed::all(Of::Comments))).await;
    assert_eq!(topics.len(), 1, "one topic for a partner");
    let claim = in_time(follow(partner(ALPINE), of_claim(bench.first))).await;
    let by_another = in_time(follow(reviewer(), of_claim(bench.first))).await;
    assert_eq!(topics.len(), 2, "one topic for a claim");
    let all = in_time(follow(reviewer(), everything())).await;
    assert_eq!(topics.len(), 3);
    drop(one);
    assert_eq!(topics.len(), 3, "somebody else still listens");
    drop((same, by_another, all));
    assert_eq!(topics.len(), 1);
    drop(claim);
    assert_eq!(topics.len(), 0);
    // Left before it had begun: a follower that waits for a tail which does not run yet.
    let idle = Bench::sqlite().await;
    let waiting =
        tokio::time::timeout(std::time::Duration::from_millis(50), idle.tail.follow(reviewer(), everything(), None));
    assert!(waiting.await.is_err());
    assert_eq!(idle.tail.topics().len(), 0);
}
