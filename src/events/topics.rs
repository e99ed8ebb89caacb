//! The listeners by topic: an event wakes only those whom it may concern.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use domain::caller::{Caller, Side};
use tokio::sync::broadcast::{Receiver, Sender};
use uuid::Uuid;

use super::Event;
use crate::store::history::log::Feed;

/// How many events of one claim wait for a listener before it has to read them from the table instead.
const WAITING_OF_A_CLAIM: usize = 64;

/// The same for topics of many claims.
const WAITING: usize = 256;

/// What a listener may be concerned by. Whether it may see an event is decided later, for each event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Topic {
    /// Everything.
    All,
    /// The claims of a partner.
    Partner(Uuid),
    /// The claims on a customer.
    Tenant(Uuid),
    /// One claim.
    Claim(Uuid),
}

impl Topic {
    /// How many events wait for a listener.
    pub(super) const fn waiting(self) -> usize {
        match self {
            Self::Claim(_) => WAITING_OF_A_CLAIM,
            Self::All | Self::Partner(_) | Self::Tenant(_) => WAITING,
        }
    }

    /// The narrowest topic that holds all that the caller may see of the feed.
    pub(super) const fn of(feed: &Feed, caller: &Caller) -> Self {
        match (feed.claim_id, caller.side) {
            (Some(id), _) => Self::Claim(id),
            (None, Side::Partner(id)) => Self::Partner(id),
            (None, Side::Customer(id)) => Self::Tenant(id),
            (None, Side::Vendor) => match (feed.partner_id, feed.tenant_id) {
                (Some(id), _) => Self::Partner(id),
                (None, Some(id)) => Self::Tenant(id),
                (None, None) => Self::All,
            },
        }
    }
}

/// What a listener hears.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// An event.
    Event(Arc<Event>),
    /// An event, and what is sent for it to everyone in a group; `None` if the group may not see it.
    Answered(Arc<Event>, Option<Bytes>),
    /// Some events did not arrive; the table has them.
    Missed,
}

/// The topics with listeners.
#[derive(Debug, Default)]
pub(super) struct Topics(Mutex<HashMap<Topic, Sender<Heard>>>);

impl Topics {
    /// Listens to a topic from now on.
    pub(super) fn join(&self, topic: Topic) -> Receiver<Heard> {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders.entry(topic).or_insert_with(|| Sender::new(topic.waiting())).subscribe()
    }

    /// Removes a topic without listeners.
    pub(super) fn leave(&self, topic: Topic) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if senders.get(&topic).is_some_and(|sender| sender.receiver_count() == 0) {
            senders.remove(&topic);
        }
    }

    /// Passes an event on without waiting.
    pub(super) fn publish(&self, event: &Arc<Event>) {
        let topics = [
            Some(Topic::All),
            Some(Topic::Claim(event.entry.claim_id)),
            event.partner_id.map(Topic::Partner),
            event.tenant_id.map(Topic::Tenant),
        ];
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in topics.into_iter().flatten().filter_map(|topic| senders.get(&topic)) {
            // An error means that no listener is left.
            let _ = sender.send(Heard::Event(Arc::clone(event)));
        }
    }

    /// The number of topics with listeners.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
