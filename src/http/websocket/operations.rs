//! The operations of a socket, known by the ids that the client gives them.
//!
//! Each starts as a task of its own. A subscription that has been opened is passed on to the socket as a stream: its
//! task ends, so that a socket that only listens is one task, and an event wakes one task for each of its subscribers.

use std::collections::BTreeMap;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{self, AbortHandle, BoxStream, SelectAll, Stream, StreamExt, abortable};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::protocol;
use super::work::refused;
use crate::graphql::answer::Answer;
use crate::http::error::HttpError;

/// How many answers of queries and mutations may wait for the socket; an operation with more waits itself. A subscription's
/// answers do not queue here: its stream is asked for the next when the last was sent.
const QUEUE: usize = 4;

/// A message from a task to the socket about its operation.
pub(super) struct News {
    id: Arc<str>,
    /// Which operation of this id: an id may be used again.
    serial: u64,
    what: What,
}

/// The content of the message.
pub(super) enum What {
    /// It is a subscription.
    Follows,
    /// It is a subscription that has been opened, and these are its messages.
    Answers(Following),
    /// An answer.
    Next(Bytes),
    /// It ends with these errors.
    Error(Bytes),
    /// It ends.
    Complete,
}

/// The messages of a subscription, and the handle that ends it.
pub(super) struct Following {
    news: BoxStream<'static, News>,
    end: EndOnDrop,
}

struct Live {
    serial: u64,
    work: Work,
}

/// What an operation is at work with; dropped with its entry, it ends.
enum Work {
    /// Of a mutation that runs, the transaction is then rolled back or committed as a whole, as when a client of HTTP hangs
    /// up.
    Task { follows: bool, _handle: AbortOnDropHandle<()> },
    /// The stream is dropped when the streams are next polled, which its end causes.
    Stream { _handle: EndOnDrop },
}

impl Work {
    /// Whether it is a subscription.
    const fn follows(&self) -> bool {
        matches!(self, Self::Stream { .. } | Self::Task { follows: true, .. })
    }
}

struct EndOnDrop(AbortHandle);

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The live operations of a socket. All end with it.
pub(super) struct Operations {
    most: usize,
    /// Usually few: comparing their ids takes less than hashing them.
    live: BTreeMap<Arc<str>, Live>,
    serial: u64,
    sender: mpsc::Sender<News>,
    /// The messages of the tasks, and those of each subscription. Only a stream that was woken is polled.
    news: SelectAll<BoxStream<'static, News>>,
}

impl Operations {
    /// No operations yet, of which there may be `most` at once.
    pub(super) fn new(most: usize) -> Self {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        let of_tasks = stream::poll_fn(move |cx| queue.poll_recv(cx));
        Self { most, live: BTreeMap::new(), serial: 0, sender, news: SelectAll::from_iter([of_tasks.boxed()]) }
    }

    /// The next message of an operation; waits until there is one.
    pub(super) async fn next(&mut self) -> News {
        match self.news.next().await {
            Some(news) => news,
            // The tasks' queue is never closed: this side keeps a sender too.
            None => pending().await,
        }
    }

    /// Whether an operation with this id lives.
    pub(super) fn has(&self, id: &str) -> bool {
        self.live.contains_key(id)
    }

    /// Starts an operation: `job` is what it does with a line to the socket.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub(super) fn start<F>(&mut self, id: &str, job: impl FnOnce(Line) -> F) -> Result<(), HttpError>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.live.len() >= self.most {
            return Err(HttpError::too_many_operations(self.most));
        }
        self.serial += 1;
        let id: Arc<str> = id.into();
        let line = Line { id: Arc::clone(&id), serial: self.serial, sender: self.sender.clone() };
        let task = tokio::spawn(job(line).in_current_span());
        let work = Work::Task { follows: false, _handle: AbortOnDropHandle::new(task) };
        self.live.insert(id, Live { serial: self.serial, work });
        Ok(())
    }

    /// Ends an operation without any further message about it. An unknown id may belong to one that has just ended.
    pub(super) fn end(&mut self, id: &str) {
        self.live.remove(id);
    }

    /// Ends the subscriptions; what has one answer may still give it.
    pub(super) fn end_subscriptions(&mut self) {
        self.live.retain(|_, operation| !operation.work.follows());
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
                if let Work::Task { follows, .. } = &mut operation.work {
                    *follows = true;
                }
                return None;
            }
            What::Answers(Following { news, end }) => {
                operation.work = Work::Stream { _handle: end };
                self.news.push(news);
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

/// The answers of a subscription as news of it. Where it panics, that is the last of them.
fn news_of<A>(id: Arc<str>, serial: u64, answers: A) -> impl Stream<Item = News> + Send
where
    A: Stream<Item = Answer> + Send,
{
    let whole = AssertUnwindSafe(answers).catch_unwind();
    whole.map(move |answer| {
        let what = match answer {
            Ok(answer) => What::Next(answer.body),
            Err(_) => What::Error(refused(&HttpError::internal("a subscription of a socket panicked"))),
        };
        News { id: Arc::clone(&id), serial, what }
    })
}

/// From an operation's task to the socket.
pub(super) struct Line {
    id: Arc<str>,
    serial: u64,
    sender: mpsc::Sender<News>,
}

impl Line {
    /// The answers of a subscription, as messages for the socket.
    pub(super) fn following(&self, answers: impl Stream<Item = Answer> + Send + 'static) -> Following {
        let (news, handle) = abortable(news_of(Arc::clone(&self.id), self.serial, answers));
        Following { news: news.boxed(), end: EndOnDrop(handle) }
    }

    /// Sends a message; waits while the socket's queue is full.
    pub(super) async fn say(&self, what: What) {
        // Without a socket there is no receiver, and this task is about to end.
        let _ = self.sender.send(News { id: Arc::clone(&self.id), serial: self.serial, what }).await;
    }
}
