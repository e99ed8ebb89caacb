//! Futures that a task awaits all its life, and that seldom complete.

use std::future::pending;

use futures_util::stream::{FuturesUnordered, StreamExt};

/// The same future, polled only when it was woken itself. `select!` polls all its branches whenever the task is woken. So
/// beside a branch that is often ready, waiting for the end of a token or of the server costs almost nothing.
pub(super) async fn when_woken<F: Future>(future: F) -> F::Output {
    let mut only = FuturesUnordered::from_iter([future]);
    match only.next().await {
        Some(output) => output,
        // It has one future, which gives its output once.
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Poll;

    use futures_util::poll;
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn it_is_polled_again_only_when_it_is_woken() {
        let (polled, wanted) = (AtomicUsize::new(0), Arc::new(Notify::new()));
        let mut inner = Box::pin(Arc::clone(&wanted).notified_owned());
        let counted = poll_fn(|cx| {
            polled.fetch_add(1, Ordering::SeqCst);
            inner.as_mut().poll(cx)
        });
        let mut waiting = pin!(when_woken(counted));
        for _ in 0..3 {
            assert!(poll!(&mut waiting).is_pending());
        }
        assert_eq!(polled.load(Ordering::SeqCst), 1);
        wanted.notify_waiters();
        assert_eq!((poll!(&mut waiting), polled.load(Ordering::SeqCst)), (Poll::Ready(()), 2));
    }
}
