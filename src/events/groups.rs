//! Groups of followers that receive the same answers. A group's task has the answer to an event computed before the followers hear
//! of the event. So each follower is woken once for an event, and not again when the answer is ready.

use std::{
    collections::HashMap,
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::broadcast::{Receiver, Sender, error::RecvError};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Event,
    follow::{Presence, Sight},
    topics::{Heard, Topic},
};

/// What the followers of a group have in common: the topic, and the key of the answers.
type Key = (Topic, [u8; 32]);

/// Computes what is sent for an event; nothing if it is not for the group.
pub type Prepare = Box<dyn Fn(Arc<Event>) -> BoxFuture<'static, Option<Bytes>> + Send + Sync>;

/// The groups that have followers.
#[derive(Debug, Default)]
pub(super) struct Groups(Mutex<HashMap<Key, Group>>);

struct Group {
    sender: Sender<Heard>,
    _task: AbortOnDropHandle<()>,
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("followers", &self.sender.receiver_count()).finish_non_exhaustive()
    }
}

impl Groups {
    /// Listens with a group from now on; the first follower starts it.
    pub(super) fn join(&self, key: Key, start: impl FnOnce() -> Listener) -> Receiver<Heard> {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let group = groups.entry(key).or_insert_with(|| {
            let sender = Sender::new(key.0.waiting());
            let listening = start().listen(sender.clone());
            Group { sender, _task: AbortOnDropHandle::new(tokio::spawn(listening)) }
        });
        group.sender.subscribe()
    }

    /// The number of groups with followers.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Removes a group without followers.
    pub(super) fn leave(&self, key: Key) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.get(&key).is_some_and(|group| group.sender.receiver_count() == 0) {
            groups.remove(&key);
        }
    }
}

/// Who listens to a topic for a group.
pub(super) struct Listener {
    pub(super) heard: Receiver<Heard>,
    /// Dropped after what it heard by.
    pub(super) _presence: Presence,
    /// The feed of all of the group.
    pub(super) sight: Arc<Sight>,
    pub(super) prepare: Prepare,
}

impl Listener {
    /// Passes events on to the group, each when its answer is ready.
    async fn listen(mut self, group: Sender<Heard>) {
        loop {
            let heard = match self.heard.recv().await {
                Ok(Heard::Event(event)) if !self.sight.follows(&event) => continue,
                Ok(Heard::Event(event)) => {
                    match AssertUnwindSafe((self.prepare)(Arc::clone(&event))).catch_unwind().await {
                        Ok(answer) => Heard::Answered(event, answer),
                        // Each follower computes it again; one whose attempt panics reports that, and ends.
                        Err(_) => Heard::Event(event),
                    }
                }
                // Topics send only events.
                Ok(answered @ Heard::Answered(..)) => answered,
                Ok(Heard::Missed) | Err(RecvError::Lagged(_)) => Heard::Missed,
                // The tail has ended, and the server with it.
                Err(RecvError::Closed) => return,
            };
            // An error means that no follower is left.
            let _ = group.send(heard);
        }
    }
}
