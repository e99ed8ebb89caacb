//! One who follows: from its own position, then live.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use domain::caller::Caller;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Event, Tail, topics::Topic};
use crate::store::{
    StoreError,
    history::log::{self, Feed, Of},
    records::{HistoryEntry, Position},
};

/// How many entries are read from the table at once.
const BATCH: u64 = 100;

/// How long to wait after the database did not answer.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// Follows a feed for a caller. It costs nobody anything while it is not asked for the next event.
#[derive(Debug)]
pub struct Follower {
    tail: Tail,
    heard: Receiver<Arc<Event>>,
    /// Dropped after what it heard by, so that of those who leave at once the last one knows it.
    _place: Place,
    caller: Caller,
    feed: Feed,
    /// Everything up to here was given or is not for this caller.
    last: Position,
    /// Whether there may be more in the table than was heard.
    behind: bool,
    /// What was read from the table and not given yet.
    read: VecDeque<HistoryEntry>,
}

impl Follower {
    pub(super) fn new(
        tail: Tail,
        topic: Topic,
        heard: Receiver<Arc<Event>>,
        caller: Caller,
        feed: Feed,
        after: Position,
    ) -> Self {
        let place = Place { tail: tail.clone(), topic };
        Self { tail, heard, _place: place, caller, feed, last: after, behind: true, read: VecDeque::new() }
    }

    /// Takes everything up to this position for known.
    pub(super) const fn skip_to(&mut self, position: Position) {
        self.last = position;
        self.behind = false;
    }

    /// The next event that the caller may see; waits until there is one. A database that is away is waited for.
    pub async fn next(&mut self) -> Arc<Event> {
        loop {
            if let Some(entry) = self.read.pop_front() {
                self.last = entry.position;
                return Arc::new(Event::from(entry));
            }
            if self.behind {
                self.read_on().await;
                continue;
            }
            match self.heard.recv().await {
                Ok(event) if event.entry.position <= self.last => {}
                Ok(event) => {
                    let wanted = self.feed.has(&event.entry) && self.may_see(&event).await;
                    self.last = event.entry.position;
                    if wanted {
                        return event;
                    }
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                // The tail has ended, and the server with it.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }

    /// Whether the caller may see what it follows of this entry, as things are now.
    ///
    /// # Errors
    /// The database's.
    pub async fn still_sees(&self, entry: &HistoryEntry) -> Result<bool, StoreError> {
        log::is_seen(self.tail.db(), &self.caller, &self.feed, entry.id).await
    }

    /// Reads on in the table, up to where the tail is: what lies beyond will be heard.
    async fn read_on(&mut self) {
        let upto = self.tail.reached().await;
        let found = log::between(self.tail.db(), &self.caller, &self.feed, (self.last, upto), BATCH).await;
        match found {
            Ok(found) if found.is_empty() => {
                self.last = self.last.max(upto);
                self.behind = false;
            }
            Ok(found) => self.read = found.into(),
            Err(error) => told(&error).await,
        }
    }

    /// The same as [`Self::still_sees`], asked once for all of the same reach, and until the database answers.
    async fn may_see(&self, event: &Event) -> bool {
        let of_status = matches!(self.feed.of, Of::Statuses(_));
        let ask = async {
            loop {
                match self.still_sees(&event.entry).await {
                    Ok(seen) => return seen,
                    Err(error) => told(&error).await,
                }
            }
        };
        event.is_seen_by(&self.caller, of_status, ask).await
    }
}

/// Tells the log why a follower waits, and waits. A database that is away is told by the tail, once for all followers; any
/// other fault would else be seen by nobody.
async fn told(error: &StoreError) {
    if error.is_unavailable() {
        tracing::debug!(error = error.for_the_log(), "a follower waits for the database");
    } else {
        tracing::error!(error = error.for_the_log(), "a follower cannot go on; it tries again");
    }
    tokio::time::sleep(AGAIN_AFTER).await;
}

/// A follower's place among those who listen to a topic.
#[derive(Debug)]
struct Place {
    tail: Tail,
    topic: Topic,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.tail.topics().leave(self.topic);
    }
}
