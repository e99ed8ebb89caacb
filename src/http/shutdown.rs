//! The end of a server, and what lives longer than a request until then: sockets and event streams.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long requests that run when the server stops may still take.
pub const GRACE: Duration = Duration::from_secs(30);

/// The wish to stop, and those who must hear of it; clones share both.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    asked: CancellationToken,
    live: TaskTracker,
}

impl Shutdown {
    /// Asks the server to stop. It is not ready from now on, its sockets close, its requests may end.
    pub fn ask(&self) {
        self.asked.cancel();
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.asked.is_cancelled()
    }

    /// Waits until it is asked to stop.
    pub fn asked(&self) -> impl Future<Output = ()> + Send + 'static {
        self.asked.clone().cancelled_owned()
    }

    /// Makes the server wait for this at its end.
    pub(super) fn track<F: Future>(&self, living: F) -> impl Future<Output = F::Output> + use<F> {
        self.live.track_future(living)
    }

    /// What the server waits for at its end: tasks that outlive the request that started them.
    #[must_use]
    pub fn tracker(&self) -> TaskTracker {
        self.live.clone()
    }

    /// Waits until nothing tracked is left, at most as long as requests may still take. Whether nothing is left.
    pub(super) async fn finished(&self) -> bool {
        self.live.close();
        let finished = tokio::time::timeout(GRACE, self.live.wait()).await.is_ok();
        if !finished {
            tracing::warn!(left = self.live.len(), "live connections and mutations were aborted");
        }
        finished
    }
}
