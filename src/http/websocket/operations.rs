//! The operations of a socket: each in a task of its own, by the same limits as a request.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use domain::caller::Caller;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::protocol;
use crate::graphql::answer::{Answer, Outcome};
use crate::graphql::endpoint::{Kind, Operation, Parts};
use crate::http::Edge;
use crate::http::failure::Failure;
use crate::telemetry::{self, Transport};

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

#[derive(Debug)]
enum What {
    /// It is a subscription.
    Follows,
    Next(Bytes),
    Error(Bytes),
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
    edge: Arc<Edge>,
    caller: Caller,
    live: HashMap<Arc<str>, Live>,
    serial: u64,
    sender: mpsc::Sender<News>,
}

impl Operations {
    /// No operations yet of this caller, and where their news come in.
    pub(super) fn new(edge: Arc<Edge>, caller: Caller) -> (Self, mpsc::Receiver<News>) {
        let (sender, news) = mpsc::channel(QUEUE);
        (Self { edge, caller, live: HashMap::new(), serial: 0, sender }, news)
    }

    /// Whether an operation with this id lives.
    pub(super) fn has(&self, id: &str) -> bool {
        self.live.contains_key(id)
    }

    /// Starts an operation.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub(super) fn start(&mut self, id: &str, parts: Parts) -> Result<(), Failure> {
        let most = self.edge.config.limits.max_operations_per_socket;
        if self.live.len() >= most {
            let failure = Failure::too_many_operations(most);
            telemetry::Request::begin(Transport::WebSocket).ends(&failure);
            return Err(failure);
        }
        self.serial += 1;
        let id: Arc<str> = id.into();
        let line = Line { id: Arc::clone(&id), serial: self.serial, sender: self.sender.clone() };
        let task = tokio::spawn(work(Arc::clone(&self.edge), self.caller.clone(), parts, line).in_current_span());
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
struct Line {
    id: Arc<str>,
    serial: u64,
    sender: mpsc::Sender<News>,
}

impl Line {
    async fn say(&self, what: What) {
        // Without a socket nobody is left to hear it, and this task is about to be ended.
        let _ = self.sender.send(News { id: Arc::clone(&self.id), serial: self.serial, what }).await;
    }
}

/// Why an operation ends with an error and nothing else.
enum Refused {
    /// It never came to the schema, or took too long there.
    Before(Failure),
    /// By the answer.
    By(Answer),
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Before(failure)
    }
}

impl From<Answer> for Refused {
    fn from(answer: Answer) -> Self {
        Self::By(answer)
    }
}

impl Refused {
    /// The errors as a message has them, counted.
    fn errors(&self, counted: &mut telemetry::Request) -> Bytes {
        match self {
            Self::Before(failure) => {
                counted.ends(failure);
                refused(failure)
            }
            Self::By(answer) => {
                counted.ends(answer);
                errors_of(answer)
            }
        }
    }
}

/// Does an operation and says how it ended; a panic in it is a fault like any other.
async fn work(edge: Arc<Edge>, caller: Caller, parts: Parts, line: Line) {
    let mut counted = telemetry::Request::begin(Transport::WebSocket);
    let done = AssertUnwindSafe(run(&edge, caller, parts, &line, &mut counted)).catch_unwind().await;
    let done = done.unwrap_or_else(|_| Err(Failure::internal("an operation of a socket panicked").into()));
    let done = done.map_err(|refused| refused.errors(&mut counted));
    line.say(done.map_or_else(What::Error, |()| What::Complete)).await;
}

/// Does an operation under the same gate and limits as a request. An error is that of the whole operation.
async fn run(
    edge: &Edge,
    caller: Caller,
    parts: Parts,
    line: &Line,
    counted: &mut telemetry::Request,
) -> Result<(), Refused> {
    edge.rates.request(&caller.subject)?;
    let operation = edge.endpoint.prepare(parts)?;
    counted.is(operation.kind().as_str(), operation.label());
    edge.rates.cost(&caller.subject, operation.cost())?;
    if operation.kind() == Kind::Subscription {
        return follow(edge, caller, operation, line, counted).await;
    }
    let executing = edge.endpoint.execute(operation, Some(caller));
    let answer = timeout(edge.config.limits.patience(), executing).await.map_err(|_| Failure::timed_out())?;
    if answer.outcome == Outcome::Refused {
        return Err(answer.into());
    }
    counted.ends(&answer);
    line.say(What::Next(answer.body)).await;
    Ok(())
}

async fn follow(
    edge: &Edge,
    caller: Caller,
    operation: Operation,
    line: &Line,
    counted: &mut telemetry::Request,
) -> Result<(), Refused> {
    line.say(What::Follows).await;
    let opening = edge.endpoint.subscribe(operation, caller);
    let opened = timeout(edge.config.limits.patience(), opening).await.map_err(|_| Failure::timed_out())?;
    let mut answers = opened?;
    counted.ends(telemetry::Outcome::Ok);
    while let Some(answer) = answers.next().await {
        line.say(What::Next(answer.body)).await;
    }
    Ok(())
}

/// The errors of a failure, as a message has them.
pub(super) fn refused(failure: &Failure) -> Bytes {
    failure.errors().to_string().into()
}

/// The errors of an answer without data.
fn errors_of(answer: &Answer) -> Bytes {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body.get("errors").map_or_else(|| Bytes::from_static(b"[]"), |errors| errors.to_string().into())
}
