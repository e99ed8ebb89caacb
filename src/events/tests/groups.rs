//! Followers to whom the same is sent.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{future::BoxFuture, poll};
use tokio::sync::Semaphore;

use super::{
    bench::{Bench, in_time, reviewer},
    everything, heard, written,
};
use crate::events::{Event, Follower, Prepare};

const KEY: [u8; 32] = [1; 32];

/// A follower of everything that is to come, in the group of this key.
async fn member(bench: &Bench, key: [u8; 32], prepare: Prepare) -> Follower {
    let mut follower = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    follower.join(key, prepare);
    follower
}

/// Each event waits for a permit.
fn held_by(go: &Arc<Semaphore>) -> Prepare {
    let go = Arc::clone(go);
    Box::new(move |_| {
        let go = Arc::clone(&go);
        Box::pin(async move {
            go.acquire().await.unwrap().forget();
            Some(Bytes::new())
        })
    })
}

/// Always the same answer.
fn at_once() -> Prepare {
    Box::new(|_: Arc<Event>| -> BoxFuture<'static, Option<Bytes>> { Box::pin(async { Some(Bytes::new()) }) })
}

#[tokio::test]
async fn nobody_hears_of_an_event_before_what_is_sent_is_ready() {
    let bench = Bench::sqlite().await;
    bench.run();
    let (begun, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let prepare = || -> Prepare {
        let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
        Box::new(move |_| {
            let (begun, go) = (Arc::clone(&begun), Arc::clone(&go));
            Box::pin(async move {
                begun.fetch_add(1, Ordering::SeqCst);
                go.acquire().await.unwrap().forget();
                Some(Bytes::new())
            })
        })
    };
    let mut one = member(&bench, KEY, prepare()).await;
    let mut other = member(&bench, KEY, prepare()).await;
    let ids = written(&bench, bench.first, 1).await;
    let (mut first, mut second) = (Box::pin(heard(&mut one, 1)), Box::pin(heard(&mut other, 1)));
    while begun.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(poll!(&mut first).is_pending() && poll!(&mut second).is_pending());
    go.add_permits(1);
    assert_eq!((first.await, second.await), (ids.clone(), ids));
    assert_eq!(begun.load(Ordering::SeqCst), 1, "for all of them together");
}

#[tokio::test]
async fn whoever_joins_a_group_that_is_behind_misses_nothing_and_hears_nothing_twice() {
    // H2
    let bench = Bench::sqlite().await;
    bench.run();
    let go = Arc::new(Semaphore::new(0));
    let mut first = member(&bench, KEY, held_by(&go)).await;
    // The group has heard of none of these when the next one joins.
    let before = written(&bench, bench.first, 3).await;
    let mut late = member(&bench, KEY, at_once()).await;
    let after = bench.position(before[0]).await;
    let mut from_there = in_time(bench.tail.follow(reviewer(), everything(), after)).await;
    from_there.join(KEY, at_once());
    let coming = written(&bench, bench.first, 2).await;
    go.add_permits(5);
    assert_eq!(heard(&mut first, 5).await, [before.clone(), coming.clone()].concat());
    assert_eq!(heard(&mut late, 2).await, coming, "what was there before does not come");
    assert_eq!(heard(&mut from_there, 4).await, [&before[1..], &coming[..]].concat());
}

#[tokio::test]
async fn a_group_that_lags_misses_nothing() {
    // H2: more events than wait for a listener.
    let bench = Bench::sqlite().await;
    bench.run();
    let go = Arc::new(Semaphore::new(0));
    let mut follower = member(&bench, KEY, held_by(&go)).await;
    let ids = written(&bench, bench.first, 400).await;
    go.add_permits(400);
    assert_eq!(heard(&mut follower, 400).await, ids);
}

#[tokio::test]
async fn a_panic_while_it_is_worked_out_stops_nobody() {
    let bench = Bench::sqlite().await;
    bench.run();
    let panics: Prepare = Box::new(|_| Box::pin(async { panic!("as a resolver might") }));
    let mut follower = member(&bench, KEY, panics).await;
    let ids = written(&bench, bench.first, 2).await;
    assert_eq!(heard(&mut follower, 2).await, ids);
}

#[tokio::test]
async fn an_event_that_is_not_for_the_group_reaches_none_of_it() {
    let bench = Bench::sqlite().await;
    bench.run();
    let earlier = AtomicUsize::new(0);
    let not_the_first: Prepare = Box::new(move |_| {
        let answer = (earlier.fetch_add(1, Ordering::SeqCst) > 0).then(Bytes::new);
        Box::pin(async { answer })
    });
    let mut one = member(&bench, KEY, not_the_first).await;
    let mut other = member(&bench, KEY, at_once()).await;
    let ids = written(&bench, bench.first, 2).await;
    assert_eq!(heard(&mut one, 1).await, ids[1..]);
    assert_eq!(heard(&mut other, 1).await, ids[1..]);
}

#[tokio::test]
async fn a_group_without_followers_is_forgotten() {
    let bench = Bench::sqlite().await;
    bench.run();
    let one = member(&bench, KEY, at_once()).await;
    let same = member(&bench, KEY, at_once()).await;
    let other = member(&bench, [2; 32], at_once()).await;
    assert_eq!((bench.tail.groups().len(), bench.tail.topics().len()), (2, 1));
    drop((one, other));
    assert_eq!(bench.tail.groups().len(), 1, "somebody else still follows");
    drop(same);
    assert_eq!(bench.tail.groups().len(), 0);
    // Its listener leaves the topic when it is dropped, which the runtime does.
    while bench.tail.topics().len() > 0 {
        tokio::task::yield_now().await;
    }
}
