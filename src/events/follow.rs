//! One who follows: from its own position, then live.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use domain::caller::Caller;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    Event, Tail,
    groups::{Listener, Prepare},
    topics::{Heard, Topic},
};
use crate::store::{
    StoreError,
    history::{
        HistoryEntry, Position,
        log::{self, Feed, Of},
    },
};

/// How many entries are read from the table at once.
const BATCH: u64 = 100;

/// How long to wait after the database did not answer.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// Follows a feed for a caller. It costs nothing while the next event is not requested.
#[derive(Debug)]
pub struct Follower {
    heard: Receiver<Heard>,
    /// Dropped after what it heard by, so that of those who leave at once the last one knows it.
    presence: Presence,
    sight: Arc<Sight>,
    /// Everything up to here was given or is not for this caller.
    last: Position,
    /// Whether there may be more in the table than was heard.
    behind: bool,
    /// Entries read from the table and not returned yet.
    read: VecDeque<HistoryEntry>,
}

/// An event of a follower's feed.
#[derive(Debug)]
pub struct Candidate {
    /// The event.
    pub event: Arc<Event>,
    /// Whether its visibility or its answer was determined already.
    pub known: Known,
}

/// How far an event was judged before its follower receives it.
#[derive(Debug)]
pub enum Known {
    /// Nothing: whether the caller may see it must be checked.
    Nothing,
    /// The caller may see it: the statement that read it returns nothing else.
    Visible,
    /// The answer: what is sent, or nothing if the event is not for the caller.
    Answer(Option<Bytes>),
}

impl Follower {
    pub(super) fn new(
        tail: Tail,
        topic: Topic,
        heard: Receiver<Heard>,
        caller: Arc<Caller>,
        feed: Feed,
        after: Position,
    ) -> Self {
        let presence = Presence { tail: tail.clone(), topic, group: None };
        let sight = Arc::new(Sight { tail, caller, feed });
        Self { heard, presence, sight, last: after, behind: true, read: VecDeque::new() }
    }

    /// Takes everything up to this position for known.
    pub(super) const fn skip_to(&mut self, position: Position) {
        self.last = position;
        self.behind = false;
    }

    /// Joins the group of followers with this key, which have the same feed and the same visibility. `prepare` of the first of them
    /// computes the answer to each event before the group hears of it.
    pub(crate) fn join(&mut self, key: [u8; 32], prepare: Prepare) {
        let Presence { tail, topic, .. } = &self.presence;
        let (tail, topic) = (tail.clone(), *topic);
        let heard = tail.groups().join((topic, key), || Listener {
            heard: tail.topics().join(topic),
            _presence: Presence { tail: tail.clone(), topic, group: None },
            sight: Arc::clone(&self.sight),
            prepare,
        });
        // The group may have passed on events already; they are read from the table.
        self.behind |= tail.position().is_some_and(|position| position > self.last);
        let presence = Presence { tail, topic, group: Some(key) };
        // The old topic is left when nobody listens by it any more.
        let (old, left) = (std::mem::replace(&mut self.heard, heard), std::mem::replace(&mut self.presence, presence));
        drop(old);
        drop(left);
    }

    /// By what it is judged whether the caller may see an event.
    pub(crate) const fn sight(&self) -> &Arc<Sight> {
        &self.sight
    }

    /// The next event that the caller may see.
    #[cfg(test)]
    pub(super) async fn next(&mut self) -> Arc<Event> {
        loop {
            let Candidate { event, known } = self.next_candidate().await;
            let is_visible = match known {
                Known::Nothing => self.sight.may_see(&event).await,
                Known::Visible => true,
                Known::Answer(answer) => answer.is_some(),
            };
            if is_visible {
                return event;
            }
        }
    }

    /// The next event of the feed; waits until there is one, also while the database is down. The visibility of an event
    /// of which nothing is known must still be checked: by the task that computes what is sent, once for many followers.
    pub async fn next_candidate(&mut self) -> Candidate {
        loop {
            if let Some(entry) = self.read.pop_front() {
                self.last = entry.position;
                return Candidate { event: Arc::new(Event::from(entry)), known: Known::Visible };
            }
            if self.behind {
                self.read_on().await;
                continue;
            }
            let (event, known) = match self.heard.recv().await {
                Ok(Heard::Event(event)) => (event, Known::Nothing),
                Ok(Heard::Answered(event, answer)) => (event, Known::Answer(answer)),
                Ok(Heard::Missed) | Err(RecvError::Lagged(_)) => {
                    self.behind = true;
                    continue;
                }
                // The tail has ended, and the server with it.
                Err(RecvError::Closed) => std::future::pending().await,
            };
            if event.entry.position <= self.last {
                continue;
            }
            self.last = event.entry.position;
            // A group's task has checked already that the event is of the feed.
            if matches!(known, Known::Answer(_)) || self.sight.follows(&event) {
                return Candidate { event, known };
            }
        }
    }

    /// Reads on in the table, up to where the tail is: what lies beyond will be heard.
    async fn read_on(&mut self) {
        let Sight { tail, caller, feed } = &*self.sight;
        let upto = tail.reached().await;
        let found = log::between(tail.db(), caller, feed, (self.last, upto), BATCH).await;
        match found {
            Ok(found) if found.is_empty() => {
                self.last = self.last.max(upto);
                self.behind = false;
            }
            Ok(found) => self.read = found.into(),
            Err(error) => log_and_wait(&error).await,
        }
    }
}

/// Who follows what: all that decides whether an event is for a follower.
#[derive(Debug)]
pub struct Sight {
    tail: Tail,
    caller: Arc<Caller>,
    feed: Feed,
}

impl Sight {
    /// Whose sight it is.
    pub(crate) const fn caller(&self) -> &Arc<Caller> {
        &self.caller
    }

    /// Whether the event is of the feed; whether the caller may see it is another question.
    pub(super) fn follows(&self, event: &Event) -> bool {
        self.feed.has(&event.entry, event.partner_id, event.tenant_id)
    }

    /// Whether the caller may see what it follows of this entry, as things are now.
    ///
    /// # Errors
    /// Database errors.
    pub async fn still_sees(&self, entry: &HistoryEntry) -> Result<bool, StoreError> {
        log::is_seen(self.tail.db(), &self.caller, &self.feed.of, entry.id).await
    }

    /// The same as [`Self::still_sees`], checked once for all with the same visibility, and repeated until the database
    /// responds.
    pub(crate) async fn may_see(&self, event: &Event) -> bool {
        // What the feed leaves out beside was left out already; the answer is that of all who see as much.
        let of_status = matches!(self.feed.of, Of::Statuses(_));
        let ask = async {
            loop {
                match self.still_sees(&event.entry).await {
                    Ok(seen) => return seen,
                    Err(error) => log_and_wait(&error).await,
                }
            }
        };
        event.is_seen_by(&self.caller, of_status, ask).await
    }
}

/// Logs why a follower waits, and waits. The tail logs a database that is down, once for all followers; any other error
/// is logged here.
async fn log_and_wait(error: &StoreError) {
    if error.is_unavailable() {
        tracing::debug!(error = error.for_the_log(), "a subscriber is waiting for the database");
    } else {
        tracing::error!(error = error.for_the_log(), "a subscriber cannot continue; trying again");
    }
    tokio::time::sleep(AGAIN_AFTER).await;
}

/// One follower of a topic, or of a group of it, who leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Presence {
    pub(super) tail: Tail,
    pub(super) topic: Topic,
    pub(super) group: Option<[u8; 32]>,
}

impl Drop for Presence {
    fn drop(&mut self) {
        match self.group {
            Some(key) => self.tail.groups().leave((self.topic, key)),
            None => self.tail.topics().leave(self.topic),
        }
    }
}
