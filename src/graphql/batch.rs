//! The reads of a request run in rounds, so that every level of a query is one statement per kind of object.
//!
//! A resolver never waits for the database itself: it leaves a job in the [`Queue`] and waits for the answer. [`drive`]
//! polls the execution until it makes no progress, then runs all waiting jobs, and only then polls the execution again.
//! So a job starts when all the siblings have said what they need, whatever the timing of the database. The
//! `DataLoader` of async-graphql cannot do that: it sleeps before each batch, and a sleep of 0 takes a whole tick of
//! tokio's timer, 1.1 ms measured, on every level.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures_util::{StreamExt, stream::FuturesUnordered, task::AtomicWaker};
use tokio::task::unconstrained;

/// Something to read.
pub(super) type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The jobs of the next round; clones share them.
#[derive(Clone, Default)]
pub(super) struct Queue(Arc<Mutex<Vec<Job>>>);

impl Queue {
    /// Leaves a job for the next round.
    pub(super) fn push(&self, job: Job) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(job);
    }

    fn take(&self) -> Vec<Job> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Records whether the execution was woken, also while it was being polled.
#[derive(Default)]
struct Signal {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.task.wake();
    }
}

/// Runs an execution and the jobs that it puts into the queue, in rounds.
///
/// Both run in the caller's task and end when it is dropped.
pub(super) async fn drive<F: Future>(queue: &Queue, execution: F) -> F::Output {
    // Without a budget: tokio's would stop the execution in the middle of a level, and the level would be two rounds.
    let mut execution = pin!(unconstrained(execution));
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(Arc::clone(&signal));
    let mut round = FuturesUnordered::new();
    poll_fn(|task| {
        signal.task.register(task.waker());
        loop {
            match round.poll_next_unpin(task) {
                Poll::Ready(Some(())) => continue,
                Poll::Ready(None) => {}
                Poll::Pending => return Poll::Pending,
            }
            if let Poll::Ready(output) =
                until_it_stands_still(&signal, || execution.as_mut().poll(&mut Context::from_waker(&waker)))
            {
                return Poll::Ready(output);
            }
            let jobs = queue.take();
            if jobs.is_empty() {
                return Poll::Pending;
            }
            round.extend(jobs);
        }
    })
    .await
}

/// Polls until nothing was woken meanwhile: the library yields in the middle of a level, and wakes itself to go on.
fn until_it_stands_still<T>(signal: &Signal, mut poll: impl FnMut() -> Poll<T>) -> Poll<T> {
    loop {
        signal.woken.store(false, Ordering::SeqCst);
        let polled = poll();
        if polled.is_ready() || !signal.woken.load(Ordering::SeqCst) {
            return polled;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::join_all;
    use tokio::sync::oneshot;

    use super::*;

    async fn ask(queue: &Queue, log: &Arc<Mutex<Vec<usize>>>, round: usize) {
        let (send, receive) = oneshot::channel();
        let log = Arc::clone(log);
        queue.push(Box::pin(async move {
            tokio::task::yield_now().await;
            log.lock().unwrap().push(round);
            let _ = send.send(());
        }));
        receive.await.unwrap();
    }

    #[tokio::test]
    async fn a_level_is_over_before_the_next_one_starts() {
        let (queue, log) = (Queue::default(), Arc::new(Mutex::new(Vec::new())));
        let done = AtomicUsize::new(0);
        // More than tokio's budget and more than the library's yield allow in one poll.
        let parents = (0..500).map(|_| async {
            let children = (0..2).map(|_| async {
                ask(&queue, &log, 1).await;
                ask(&queue, &log, 2).await;
                done.fetch_add(1, Ordering::SeqCst);
            });
            children.collect::<FuturesUnordered<_>>().collect::<Vec<()>>().await
        });
        drive(&queue, join_all(parents)).await;
        let log = log.lock().unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 1000);
        assert!(log.is_sorted() && log.len() == 2000);
    }
}
