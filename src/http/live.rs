//! Room for live connections: WebSockets and event streams of this process together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many live connections there may be at once.
#[derive(Clone, Debug)]
pub(super) struct Live(Arc<Semaphore>);

/// The place of one live connection, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Live {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))))
    }

    /// A place, unless all are taken.
    pub(super) fn enter(&self) -> Option<Place> {
        let permit = Arc::clone(&self.0).try_acquire_owned().ok()?;
        Some(Place { _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let live = Live::new(2);
        let (first, second) = (live.enter().unwrap(), live.enter().unwrap());
        assert!(live.clone().enter().is_none());
        drop(first);
        let third = live.enter();
        assert!(third.is_some() && live.enter().is_none());
        drop(second);
        assert!(Live::new(usize::MAX).enter().is_some(), "no limit");
    }
}
