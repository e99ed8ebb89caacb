//! Limits of live connections: WebSockets and event streams of this process together. Transfers of documents have limits
//! of the same kind.
//!
//! One subject has a limit of its own, and connections without a token yet share a small part, so that neither can exhaust
//! the places of all others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many live connections, or transfers, there may be at once.
#[derive(Clone, Debug)]
pub(super) struct Live {
    all: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    subjects: Arc<Subjects>,
}

/// How many connections each subject has, and how many it may have.
#[derive(Debug)]
struct Subjects {
    most: usize,
    open: Mutex<HashMap<String, usize>>,
}

/// Why the limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// All places are taken, or all that strangers may have.
    Server,
    /// The subject has as many as one may have.
    Subject,
}

/// The place of one live connection, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    whose: Whose,
}

#[derive(Debug)]
enum Whose {
    Stranger { _permit: OwnedSemaphorePermit },
    Subject { _counted: Counted },
}

/// One of a subject's connections.
#[derive(Debug)]
struct Counted {
    subjects: Arc<Subjects>,
    subject: String,
}

/// Of how many places strangers may have one, and how many they may have at most and at least.
const STRANGERS_SHARE: usize = 8;
const MOST_STRANGERS: usize = 1_024;
const LEAST_STRANGERS: usize = 2;

impl Live {
    /// Limits in total and per subject.
    pub(super) fn new(most: usize, most_of_subject: usize) -> Self {
        let strangers = (most / STRANGERS_SHARE).clamp(LEAST_STRANGERS, MOST_STRANGERS);
        Self {
            all: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            strangers: Arc::new(Semaphore::new(strangers)),
            subjects: Arc::new(Subjects { most: most_of_subject, open: Mutex::default() }),
        }
    }

    /// Reserves a place for a subject.
    ///
    /// # Errors
    /// When the limit is reached.
    pub(super) fn enter(&self, subject: &str) -> Result<Place, Full> {
        let permit = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Full::Server)?;
        Ok(Place { _permit: permit, whose: Whose::Subject { _counted: self.count(subject)? } })
    }

    /// Reserves a place for a client that has not sent a token.
    ///
    /// # Errors
    /// When the limit is reached.
    pub(super) fn enter_as_stranger(&self) -> Result<Place, Full> {
        let stranger = Arc::clone(&self.strangers).try_acquire_owned().map_err(|_| Full::Server)?;
        let permit = Arc::clone(&self.all).try_acquire_owned().map_err(|_| Full::Server)?;
        Ok(Place { _permit: permit, whose: Whose::Stranger { _permit: stranger } })
    }

    /// Gives a stranger's place to the subject that it turned out to be; one that was a subject's stays that subject's.
    ///
    /// # Errors
    /// When the subject has too many.
    pub(super) fn introduce(&self, place: &mut Place, subject: &str) -> Result<(), Full> {
        if matches!(place.whose, Whose::Stranger { .. }) {
            place.whose = Whose::Subject { _counted: self.count(subject)? };
        }
        Ok(())
    }

    fn count(&self, subject: &str) -> Result<Counted, Full> {
        let mut open = self.subjects.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(subject.to_owned()).or_default();
        if *count >= self.subjects.most {
            return Err(Full::Subject);
        }
        *count += 1;
        Ok(Counted { subjects: Arc::clone(&self.subjects), subject: subject.to_owned() })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.subjects.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.subject) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let live = Live::new(2, 10);
        let (first, second) = (live.enter("a").unwrap(), live.enter_as_stranger().unwrap());
        assert_eq!(live.clone().enter("b").err(), Some(Full::Server));
        drop(first);
        let third = live.enter("b");
        assert!(third.is_ok() && live.enter("c").is_err());
        drop(second);
        assert!(Live::new(usize::MAX, usize::MAX).enter("a").is_ok(), "no limit");
    }

    #[test]
    fn nobody_takes_all_the_places() {
        let live = Live::new(20, 3);
        let strangers: Vec<Place> = std::iter::from_fn(|| live.enter_as_stranger().ok()).collect();
        assert_eq!(strangers.len(), 2);
        let own: Vec<Place> = std::iter::from_fn(|| live.enter("a").ok()).collect();
        assert_eq!((own.len(), live.enter("a").err()), (3, Some(Full::Subject)));
        let mut stranger = strangers.into_iter().next().unwrap();
        assert_eq!(live.introduce(&mut stranger, "a"), Err(Full::Subject));
        assert_eq!(live.introduce(&mut stranger, "b"), Ok(()));
        assert!(live.enter_as_stranger().is_ok() && live.enter("b").is_ok());
        drop((own, stranger));
        assert!(live.subjects.open.lock().unwrap().is_empty());
    }
}
