//! The one reader of the log in a process.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::caller::Caller;
use tokio::{
    sync::{Notify, watch},
    time::MissedTickBehavior,
};

use super::{
    Event, Follower,
    groups::Groups,
    topics::{Topic, Topics},
};
use crate::{
    store::{
        Columns, Db, StoreError,
        history::{
            self, HistoryEntry, HistoryFilter, Position,
            log::{self, Feed, Judgement},
        },
        page::{Page, PageRequest},
    },
    telemetry,
};

/// How often the log is looked at without a hint: what other processes wrote is seen after at most this.
const EVERY: Duration = Duration::from_millis(50);

/// How long to wait after the database did not answer.
const AGAIN_AFTER: Duration = Duration::from_millis(250);

/// How many entries are read at once.
const BATCH: usize = 500;

/// How long a reader or a new follower waits by default for the tail to reach what is already committed.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(1);

/// The tail; clones are the same one.
#[derive(Clone, Debug)]
pub struct Tail {
    inner: Arc<Inner>,
    /// How long users of this clone wait for the tail to reach what is already committed.
    settle_timeout: Duration,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    reader: log::Reader,
    /// A hint that there is something to read; never data.
    hint: Notify,
    /// The position up to which everything was passed on; nothing before the first look.
    reached: watch::Sender<Option<Position>>,
    topics: Topics,
    groups: Groups,
    /// Whether the last look at the log succeeded, and the next one will come.
    runs: AtomicBool,
}

impl Tail {
    /// The tail of this database's history; it does nothing until it is [`Tail::run`].
    #[must_use]
    pub fn new(db: Db) -> Self {
        let inner = Inner {
            reader: log::Reader::new(&db, BATCH),
            db,
            hint: Notify::new(),
            reached: watch::Sender::new(None),
            topics: Topics::default(),
            groups: Groups::default(),
            runs: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner), settle_timeout: SETTLE_TIMEOUT }
    }

    /// The same tail, with this timeout for reaching what is already committed; after it, its current position is used.
    #[must_use]
    pub fn with_settle_timeout(self, settle_timeout: Duration) -> Self {
        Self { settle_timeout, ..self }
    }

    /// The timeout for reaching what is already committed.
    #[must_use]
    pub const fn settle_timeout(&self) -> Duration {
        self.settle_timeout
    }

    /// Signals a commit, so that it is read immediately.
    pub fn wake(&self) {
        self.inner.hint.notify_one();
    }

    /// Whether it runs and could read the log when it last tried.
    #[must_use]
    pub fn runs(&self) -> bool {
        self.inner.runs.load(Ordering::SeqCst)
    }

    /// Reads the log and passes it on until `stop` is done. Where the database is away it tries again, and misses nothing.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let _stands_still = StandsStill(&self.inner.runs);
        tokio::pin!(stop);
        // The interval of thorough checks of what is settled, however many hints arrive.
        let mut looks = tokio::time::interval(EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hinted = false;
        loop {
            let done = self.round(hinted).await;
            self.tell(done.as_ref().err());
            tokio::select! {
                () = &mut stop => return,
                () = self.inner.hint.notified() => hinted = true,
                _ = looks.tick(), if done.is_ok() => hinted = false,
                () = tokio::time::sleep(AGAIN_AFTER), if done.is_err() => hinted = false,
            }
        }
    }

    /// Records whether the log could be read.
    fn tell(&self, failed: Option<&StoreError>) {
        let Some(error) = failed else {
            telemetry::tail_caught_up();
            if !self.inner.runs.swap(true, Ordering::SeqCst) {
                tracing::info!("the reader of the event log is running");
            }
            return;
        };
        telemetry::tail_failed();
        if self.inner.runs.swap(false, Ordering::SeqCst) {
            tracing::warn!(error = error.for_the_log(), "the event log cannot be read; trying again");
        }
    }

    /// Passes on everything that there is to read now. Without a hint it asks first whether there is anything at all, which is
    /// cheaper than to ask what.
    async fn round(&self, hinted: bool) -> Result<(), StoreError> {
        let Inner { db, reader, reached, topics, .. } = &*self.inner;
        let start = *reached.borrow();
        let Some(mut from) = start else {
            let end = log::end(db).await?;
            reached.send_replace(Some(end));
            return Ok(());
        };
        if !hinted && !reader.has_grown(db, from).await? {
            return Ok(());
        }
        let judgement = if hinted { Judgement::Quick } else { Judgement::Thorough };
        loop {
            let batch = reader.read(db, from, judgement).await?;
            let is_last = batch.len() < BATCH;
            telemetry::tail_read(batch.len());
            for logged in batch {
                from = logged.entry.position;
                // This comes before the event: a follower that joins in between reads the event from the table,
                // receives it, or both, and ignores what is not beyond its own position.
                reached.send_replace(Some(from));
                topics.publish(&Arc::new(Event::from(logged)));
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// Follows a feed for a caller: everything visible after a position, in order, then new events. Without a position,
    /// only new events.
    pub async fn follow(&self, caller: Arc<Caller>, feed: Feed, after: Option<Position>) -> Follower {
        let topic = Topic::of(&feed, &caller);
        let heard = self.inner.topics.join(topic);
        let mut follower = Follower::new(self.clone(), topic, heard, caller, feed, after.unwrap_or(log::START));
        if after.is_none() {
            self.pass_what_is_committed().await;
            follower.skip_to(self.reached().await);
        }
        follower
    }

    /// The position from which a subscription to new events starts.
    pub async fn present(&self) -> Position {
        self.pass_what_is_committed().await;
        self.reached().await
    }

    /// The position up to which everything was passed on, to be watched; nothing before the first look.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<Position>> {
        self.inner.reached.subscribe()
    }

    /// Waits until the tail has come to all that is committed now, so that it is not taken for what happens from now on. A
    /// transaction that takes long is not waited for to its end.
    async fn pass_what_is_committed(&self) {
        // While the database is down, the tail itself waits, and the follower then starts where the tail continues.
        if let Ok(newest) = log::newest(self.db()).await {
            self.wake();
            drop(tokio::time::timeout(self.settle_timeout, comes_to(self.inner.reached.subscribe(), newest)).await);
        }
    }

    /// One page of the whole history that the caller sees, complete up to its end: no entry can appear before one that it
    /// shows, so a position of it can be resumed from.
    ///
    /// # Errors
    /// As [`history::page`].
    pub async fn page(
        &self,
        caller: &Caller,
        filter: &HistoryFilter,
        request: &PageRequest,
        wanted: Columns,
    ) -> Result<Page<HistoryEntry>, StoreError> {
        let reached = *self.inner.reached.borrow();
        let wanted = wanted.and(Columns::of_field::<HistoryEntry>("position"));
        let page = history::page(self.db(), caller, filter, request, None, wanted).await?;
        let last = page.items.iter().map(|(_, entry)| entry.position).max();
        match (last, reached) {
            (Some(last), Some(reached)) if last > reached && self.runs() => {
                // Written this very moment: the tail is about to come to it, at the latest when older writers have ended.
                self.wake();
                let come = self.inner.reached.subscribe();
                drop(tokio::time::timeout(self.settle_timeout, comes_to(come, last)).await);
                let upto = *self.inner.reached.borrow();
                let mut complete = history::page(self.db(), caller, filter, request, upto, wanted).await?;
                // What is left out for now follows. Without an item there is no cursor to read on from.
                let is_cut = complete.items.last().is_some_and(|(_, entry)| page.has_next || entry.position < last);
                complete.has_next |= is_cut && !request.backward;
                Ok(complete)
            }
            _ => Ok(page),
        }
    }

    /// The position up to which everything was passed on.
    pub(super) async fn reached(&self) -> Position {
        let mut reached = self.inner.reached.subscribe();
        let first = reached.wait_for(Option::is_some).await;
        first.ok().and_then(|position| *position).unwrap_or(log::START)
    }

    pub(super) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The same at this moment; nothing before the first look.
    pub(super) fn position(&self) -> Option<Position> {
        *self.inner.reached.borrow()
    }

    pub(super) fn groups(&self) -> &Groups {
        &self.inner.groups
    }

    pub(super) fn topics(&self) -> &Topics {
        &self.inner.topics
    }
}

/// Waits until the tail has come to a position.
async fn comes_to(mut reached: watch::Receiver<Option<Position>>, position: Position) {
    // The sender lives as long as the tail, so this cannot fail.
    let _ = reached.wait_for(|reached| reached.is_some_and(|reached| reached >= position)).await;
}

/// Records that the tail is not running, however it ended.
struct StandsStill<'a>(&'a AtomicBool);

impl Drop for StandsStill<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
