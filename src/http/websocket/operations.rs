//! The operations of a socket: each is a task of its own, known by an id that the client gives it.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::protocol;
use crate::http::failure::Failure;

/// How many answers may wait for the socket; whoever has more waits itself.
const QUEUE: usize = 16;

/// What a task tells the socket about its operation.
#[derive(Debug)]
pub(super) struct News {
    id: Arc<str>,
    /// Which operation of this id: an id may be used again.
    serial: u64,
    what: What,
}

/// What there is to tell.
#[derive(Debug)]
pub(super) enum What {
    /// It is a subscription.
    Follows,
    /// An answer.
    Next(Bytes),
    /// It ends with these errors.
    Error(Bytes),
    /// It ends.
    Complete,
}

struct Live {
    serial: u64,
    follows: bool,
    /// Dropped with the entry, it ends the task: of a mutation that runs, the transaction is then rolled back or
    /// committed as a whole, as when a client of HTTP hangs up.
    _task: AbortOnDropHandle<()>,
}

/// The live operations of a socket. All end with it.
pub(super) struct Operations {
    most: usize,
    live: HashMap<Arc<str>, Live>,
    serial: u64,
    sender: mpsc::Sender<News>,
}

impl Operations {
    /// No operations yet, of which there may be `most` at once, and where their news come in.
    pub(super) fn new(most: usize) -> (Self, mpsc::Receiver<News>) {
        let (sender, news) = mpsc::channel(QUEUE);
        (Self { most, live: HashMap::new(), serial: 0, sender }, news)
    }

    /// Whether an operation with this id lives.
    pub(super) fn has(&self, id: &str) -> bool {
        self.live.contains_key(id)
    }

    /// Starts an operation: `job` is what it does with a line to the socket.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub(super) fn start<F>(&mut self, id: &str, job: impl FnOnce(Line) -> F) -> Result<(), Failure>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.live.len() >= self.most {
            return Err(Failure::too_many_operations(self.most));
        }
        self.serial += 1;
        let id: Arc<str> = id.into();
        let line = Line { id: Arc::clone(&id), serial: self.serial, sender: self.sender.clone() };
        let task = tokio::spawn(job(line).in_current_span());
        let started = Live { serial: self.serial, follows: false, _task: AbortOnDropHandle::new(task) };
        self.live.insert(id, started);
        Ok(())
    }

    /// Ends an operation; nothing more is said about it. An unknown id may be of one that has just ended by itself.
    pub(super) fn end(&mut self, id: &str) {
        self.live.remove(id);
    }

    /// Ends the subscriptions; what has one answer may still give it.
    pub(super) fn end_subscriptions(&mut self) {
        self.live.retain(|_, operation| !operation.follows);
    }

    /// Whether none lives.
    pub(super) fn is_empty(&self) -> bool {
        self.live.is_empty()
    }

    /// What the client is to hear of some news, by id, type and payload; nothing of an operation that was ended.
    pub(super) fn take(&mut self, news: News) -> Option<(Arc<str>, protocol::Kind, Bytes)> {
        let News { id, serial, what } = news;
        let operation = self.live.get_mut(&id).filter(|operation| operation.serial == serial)?;
        let (kind, payload) = match what {
            What::Follows => {
                operation.follows = true;
                return None;
            }
            What::Next(answer) => return Some((id, protocol::Kind::Next, answer)),
            What::Error(errors) => (protocol::Kind::Error, errors),
            What::Complete => (protocol::Kind::Complete, Bytes::new()),
        };
        self.live.remove(&id);
        Some((id, kind, payload))
    }
}

/// From an operation's task to the socket.
pub(super) struct Line {
    id: Arc<str>,
    serial: u64,
    sender: mpsc::Sender<News>,
}

impl Line {
    /// Tells something; waits while the socket has enough to tell its client.
    pub(super) async fn say(&self, what: What) {
        // Without a socket nobody is left to hear it, and this task is about to be ended.
        let _ = self.sender.send(News { id: Arc::clone(&self.id), serial: self.serial, what }).await;
    }
}
