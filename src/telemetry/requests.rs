//! Requests and operations.

use std::time::Instant;

use metrics::{counter, histogram};
use tracing::Span;

use super::{
    Stopwatch,
    registry::{ERRORS, OPERATION_DURATION, PROBLEMS, REQUESTS},
    stopwatch,
};

/// How an operation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// One request, one answer.
    Http,
    /// A socket with many operations.
    WebSocket,
    /// A request that is answered by a stream of events.
    EventStream,
}

impl Transport {
    /// The value of the label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::WebSocket => "websocket",
            Self::EventStream => "sse",
        }
    }
}

/// How an operation ended; of a subscription, how its opening did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Executed, without errors.
    Ok,
    /// Executed, and some of its fields have errors.
    Errors,
    /// Not executed: malformed, invalid, too complex, or of a form that is not taken.
    Refused,
    /// Not executed: no good token.
    Unauthenticated,
    /// Not executed: the token does not open this.
    Forbidden,
    /// Not executed: too many requests, too much cost, too many connections.
    RateLimited,
    /// Given up after the time limit.
    Timeout,
    /// The server could not answer now.
    Unavailable,
    /// A fault of the server.
    Fault,
    /// The client went away before there was an answer.
    Abandoned,
}

impl Outcome {
    /// The value of the label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Errors => "errors",
            Self::Refused => "refused",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate_limited",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Fault => "fault",
            Self::Abandoned => "abandoned",
        }
    }
}

/// An operation from when it was asked for: counted once, when it ends, or as abandoned when this is dropped before.
#[derive(Debug)]
pub struct Request {
    transport: Transport,
    kind: &'static str,
    label: &'static str,
    since: Stopwatch,
    counted: bool,
}

impl Request {
    /// A request begins.
    #[must_use]
    pub fn begin(transport: Transport) -> Self {
        Self { transport, kind: "none", label: "none", since: stopwatch(), counted: false }
    }

    /// It comes in another way than was thought at first.
    pub const fn by(&mut self, transport: Transport) {
        self.transport = transport;
    }

    /// It is an operation of this kind (`query`, `mutation` or `subscription`) and label, which is logged with its
    /// request.
    pub fn is(&mut self, kind: &'static str, label: &'static str) {
        (self.kind, self.label) = (kind, label);
        Span::current().record("operation", label);
    }

    /// It ends so. What ends it first counts.
    pub fn ends(&mut self, outcome: impl Into<Outcome>) {
        if !std::mem::replace(&mut self.counted, true) {
            self.count(outcome.into().as_str());
        }
    }

    fn count(&self, outcome: &'static str) {
        let labels = [("transport", self.transport.as_str()), ("kind", self.kind), ("outcome", outcome)];
        counter!(REQUESTS, &labels).increment(1);
        // Every other transport has a line for each of its requests.
        if self.transport == Transport::WebSocket {
            let (kind, operation, duration_ms) = (self.kind, self.label, self.since.milliseconds());
            tracing::info!(kind, operation, outcome, duration_ms, "answered");
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.ends(Outcome::Abandoned);
    }
}

/// Measures an operation until it is dropped: also one that is given up.
#[derive(Debug)]
pub struct OperationTimer {
    label: &'static str,
    started: Instant,
}

/// Begins to measure an operation; `label` is its root field or one of a few other words.
#[must_use]
pub fn operation_timer(label: &'static str) -> OperationTimer {
    OperationTimer { label, started: super::now() }
}

impl Drop for OperationTimer {
    fn drop(&mut self) {
        histogram!(OPERATION_DURATION, "operation" => self.label).record(self.started.elapsed());
    }
}

/// Counts a problem in a payload.
pub fn problem(code: &'static str) {
    counter!(PROBLEMS, "code" => code).increment(1);
}

/// Counts an error in a response. Its code is always one of the server's own.
pub fn error(code: &str) {
    counter!(ERRORS, "code" => code.to_owned()).increment(1);
}
