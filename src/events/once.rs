//! A value that many wait for and one task computes.

use std::{
    future::{Future, pending},
    panic::resume_unwind,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// A value that is computed once. Unlike with tokio's `OnceCell`, the work continues while the one who started it is
/// not polled; if that one is dropped, the work ends with it and the next one starts again.
#[derive(Debug)]
pub(super) struct Once<V> {
    value: OnceLock<V>,
    begun: AtomicBool,
    /// The value is there, or the work has ended without it.
    changed: Notify,
}

impl<V> Default for Once<V> {
    fn default() -> Self {
        Self { value: OnceLock::new(), begun: AtomicBool::new(false), changed: Notify::new() }
    }
}

impl<V: Clone + Send + Sync + 'static> Once<V> {
    /// The value; `make` is called if nobody else is computing it. A panic of the work is raised in the one who started
    /// it.
    pub(super) async fn get_or_work_out<F>(self: Arc<Self>, make: impl FnOnce() -> F) -> V
    where
        F: Future<Output = V> + Send + 'static,
    {
        loop {
            // Listens before it looks, so that no change is missed in between.
            let changed = self.changed.notified();
            if let Some(value) = self.value.get() {
                return value.clone();
            }
            if !self.begun.swap(true, Ordering::AcqRel) {
                break;
            }
            changed.await;
        }
        // On the heap, because spawning moves a future several times.
        let work = Box::pin(Working(Arc::clone(&self)).work(make()));
        match AbortOnDropHandle::new(tokio::spawn(work.in_current_span())).await {
            Ok(value) => value,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime ends, and this task with it.
            Err(_) => pending().await,
        }
    }
}

/// The work on a value; however it ends, those who wait hear of it.
struct Working<V>(Arc<Once<V>>);

impl<V> Working<V> {
    async fn work(self, make: impl Future<Output = V>) -> V
    where
        V: Clone,
    {
        let value = make.await;
        // No other value exists yet, because there is one worker at a time.
        let _ = self.0.value.set(value.clone());
        value
    }
}

impl<V> Drop for Working<V> {
    fn drop(&mut self) {
        if self.0.value.get().is_none() {
            self.0.begun.store(false, Ordering::Release);
        }
        self.0.changed.notify_waiters();
    }
}
