//! What several subscribers need of an event is computed once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures_util::{FutureExt, future::join_all, poll};
use tokio::sync::Semaphore;

use super::{
    bench::{ALPINE, BOREAL, Bench, in_time, partner, reviewer},
    everything,
};
use crate::events::Event;

/// An event as the tail passes it on.
async fn event() -> Arc<Event> {
    let bench = Bench::sqlite().await;
    bench.run();
    let mut follower = in_time(bench.tail.follow(reviewer(), everything(), None)).await;
    bench.write(&bench.raw, bench.first).await;
    in_time(follower.next()).await
}

#[tokio::test]
async fn the_same_key_is_worked_out_once() {
    let event = event().await;
    let (count, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let make = |answer: Option<&'static str>| {
        let (count, go) = (Arc::clone(&count), Arc::clone(&go));
        move || async move {
            count.fetch_add(1, Ordering::SeqCst);
            // All wait for the first one.
            go.acquire().await.unwrap().forget();
            answer.map(|text| Bytes::from_static(text.as_bytes()))
        }
    };
    let all = join_all((0..10).map(|_| event.shared([1; 32], make(Some("one")))));
    let (answers, ()) = tokio::join!(all, async { go.add_permits(1) });
    assert!(answers.iter().all(|answer| answer.as_deref() == Some(b"one".as_slice())), "{answers:?}");
    assert_eq!(count.load(Ordering::SeqCst), 1);
    go.add_permits(10);
    // Later, too.
    assert_eq!(event.shared([1; 32], make(Some("other"))).await.as_deref(), Some(b"one".as_slice()));
    // Another key is another answer, and none is an answer as well.
    assert_eq!(event.shared([2; 32], make(None)).await, None);
    assert_eq!(event.shared([2; 32], make(Some("late"))).await, None);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn whoever_goes_away_leaves_it_to_the_next() {
    let event = event().await;
    let never = std::future::pending::<Option<Bytes>>;
    let mut first = Box::pin(event.shared([1; 32], never));
    assert!(poll!(&mut first).is_pending());
    let mut second = Box::pin(event.shared([1; 32], || async { Some(Bytes::from_static(b"two")) }));
    assert!(poll!(&mut second).is_pending(), "it waits for the first one");
    drop(first);
    assert_eq!(in_time(second).await.as_deref(), Some(b"two".as_slice()));
}

#[tokio::test]
async fn whether_it_is_seen_is_asked_once_for_a_reach() {
    // A4: who sees the same shares the answer, and nobody else.
    let event = event().await;
    let asked = AtomicUsize::new(0);
    let ask = |answer: bool| {
        asked.fetch_add(1, Ordering::SeqCst);
        async move { answer }
    };
    let mut colleague = reviewer();
    "ravi".clone_into(&mut Arc::make_mut(&mut colleague).subject);
    assert!(event.is_seen_by(&reviewer(), false, ask(true)).await);
    assert!(event.is_seen_by(&colleague, false, ask(false)).await, "a reviewer like any other");
    assert!(!event.is_seen_by(&partner(ALPINE), false, ask(false)).await);
    assert!(event.is_seen_by(&partner(BOREAL), false, ask(true)).await, "not what another partner was told");
    assert!(event.is_seen_by(&partner(ALPINE), true, ask(true)).await, "changes of status for themselves");
    let mut idle = reviewer();
    Arc::make_mut(&mut idle).roles = vec![domain::kinds::Role::DirectorySync];
    assert!(!event.is_seen_by(&idle, false, ask(false)).await, "of the vendor, but no reviewer");
    assert!(event.is_seen_by(&reviewer(), false, async { unreachable!() }).now_or_never().unwrap());
}

#[tokio::test]
async fn it_goes_on_while_its_first_subscriber_is_held_up() {
    // Such as by a client that does not read.
    let event = event().await;
    let go = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&go);
    let make = || async move {
        held.acquire().await.unwrap().forget();
        Some(Bytes::from_static(b"one"))
    };
    let mut first = Box::pin(event.shared([1; 32], make));
    assert!(poll!(&mut first).is_pending());
    let second = event.shared([1; 32], || async { unreachable!() });
    go.add_permits(1);
    assert_eq!(in_time(second).await.as_deref(), Some(b"one".as_slice()), "the first one is not polled");
    assert_eq!(in_time(first).await.as_deref(), Some(b"one".as_slice()));
}
