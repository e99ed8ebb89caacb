//! GraphQL over Server-Sent Events, each operation on a request of its own ("distinct connections" of graphql-sse).
//!
//! A request that is refused before it is GraphQL (no token, too many requests, no room) has its status, as everywhere.
//! After that, the status is 200 and everything is sent in the stream: a client's `EventSource` shows nothing of other
//! statuses, and the client of graphql-sse repeats the request after them, which a mutation that took too long must not
//! be.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde_json::json;
use tokio::time::{Interval, interval, sleep, timeout};
use tracing::Span;

use super::Edge;
use super::error::HttpError;
use super::live::Place;
use super::woken::when_woken;
use crate::auth::Session;
use crate::graphql::answer::Answer;
use crate::graphql::endpoint::Operation;
use crate::store::history::encode_position;
use crate::telemetry::{self, LiveConnection, Outcome, Transport};

/// A sign of life, which no client reads.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The end of an operation. Without a data line, browsers would not report it.
const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

impl Edge {
    /// Answers a subscription by a stream, which lasts as long as its client, the token and the server do.
    pub(super) async fn follow(
        &self,
        operation: Operation,
        session: Session,
        last: Option<String>,
        counted: &mut telemetry::Request,
    ) -> Result<Response, HttpError> {
        counted.by(Transport::EventStream);
        let place = self.live.enter(&session.caller.subject).map_err(HttpError::no_room)?;
        let limits = &self.config.limits;
        let opening = self.endpoint.subscribe(operation, Arc::clone(&session.caller), last);
        let answers = match timeout(limits.request_timer(), opening).await {
            Ok(Ok(answers)) => answers,
            Ok(Err(refused)) => {
                counted.ends(&refused);
                return Ok(over(&refused.body));
            }
            Err(_) => {
                counted.ends(Outcome::Timeout);
                return Ok(failed(&HttpError::timed_out()));
            }
        };
        counted.ends(Outcome::Ok);
        let mut signs = interval(limits.ping_timer());
        signs.reset();
        let following = Following {
            answers: AssertUnwindSafe(answers).catch_unwind().boxed(),
            stopping: when_woken(self.shutdown.asked()).boxed(),
            token_end: when_woken(sleep(session.remaining())).boxed(),
            revoked: {
                let (revocations, session) = (self.authenticator.revocations().clone(), session.clone());
                when_woken(async move { revocations.revoked(&session).await }).boxed()
            },
            session,
            signs,
            end: "client",
            _place: place,
            span: Span::current(),
            _counted: telemetry::live_connection(Transport::EventStream),
        };
        Ok(response(following.into_body()))
    }
}

/// The whole stream of an operation that is over, with its only answer.
pub(super) fn over(answer: &[u8]) -> Response {
    response(Body::from([&COMMENT, &*next(answer), COMPLETE].concat()))
}

/// The same for one that failed.
pub(super) fn failed(failure: &HttpError) -> Response {
    over(json!({"errors": failure.errors()}).to_string().as_bytes())
}

fn response(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // nginx would keep events back until its buffer is full.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// The event of a subscription. Its id is its position, which clients send back as `Last-Event-ID` when they come again.
fn with_id(answer: &Answer) -> Bytes {
    let id = answer.entry.map(|entry| format!("id: {}\n", encode_position(entry))).unwrap_or_default();
    [id.as_bytes(), &next(&answer.body)].concat().into()
}

/// The client's last position, which it sends when it reconnects after an interruption.
pub(super) fn last_event(headers: &HeaderMap) -> Option<String> {
    let last = headers.get("last-event-id")?.to_str().ok()?;
    (!last.is_empty()).then(|| last.to_owned())
}

/// An answer as an event. Its JSON is one line: line breaks in texts are escaped.
fn next(answer: &[u8]) -> Bytes {
    [b"event: next\ndata: ", answer, b"\n\n"].concat().into()
}

/// A subscription whose responses are sent as they arrive. The next one is requested only when the client can take it;
/// none is buffered.
struct Following {
    answers: BoxStream<'static, std::thread::Result<Answer>>,
    stopping: BoxFuture<'static, ()>,
    token_end: BoxFuture<'static, ()>,
    /// Done when the token is revoked (A8).
    revoked: BoxFuture<'static, ()>,
    session: Session,
    signs: Interval,
    /// The reason of its end, for metrics; without one, the client disconnected.
    end: &'static str,
    _place: Place,
    /// Its request's fields for the log.
    span: Span,
    _counted: LiveConnection,
}

impl Following {
    /// The stream, beginning with a comment: proxies and clients see that it is open, and that from now on nothing is missed.
    fn into_body(self) -> Body {
        let events = stream::unfold(Some(self), |following| async {
            let mut following = following?;
            let (event, goes_on) = following.next().await?;
            Some((event, goes_on.then_some(following)))
        });
        let first = stream::once(async { COMMENT });
        Body::from_stream(first.chain(events).map(Ok::<_, Infallible>))
    }

    /// What to send next, and whether anything comes after it. Nothing when the server stops: a stream without its
    /// `complete` makes clients come back, to another server or to this one started again.
    async fn next(&mut self) -> Option<(Bytes, bool)> {
        let event = tokio::select! {
            biased;
            () = &mut self.stopping => {
                self.end = "stopping";
                return None;
            }
            () = &mut self.token_end => return Some(self.last("token", &HttpError::invalid_token())),
            () = &mut self.revoked => return Some(self.last("token", &HttpError::invalid_token())),
            answer = self.answers.next() => answer.map(Some),
            _ = self.signs.tick() => Some(None),
        };
        // By the clock too: a machine that slept woke up with timers that are late.
        if self.session.remaining().is_zero() {
            return Some(self.last("token", &HttpError::invalid_token()));
        }
        match event {
            Some(None) => Some((COMMENT, true)),
            Some(Some(Ok(answer))) => {
                self.signs.reset();
                Some((with_id(&answer), true))
            }
            Some(Some(Err(_))) => Some(self.last("fault", &HttpError::internal("a subscription panicked"))),
            None => Some((Bytes::from_static(COMPLETE), false)),
        }
    }

    /// The last event: why the subscription ends.
    fn last(&mut self, end: &'static str, failure: &HttpError) -> (Bytes, bool) {
        self.end = end;
        let errors = json!({"errors": failure.errors()}).to_string();
        ([&*next(errors.as_bytes()), COMPLETE].concat().into(), false)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        telemetry::connection_closed(Transport::EventStream, self.end);
        self.span.in_scope(|| tracing::info!(reason = self.end, "an event stream has ended"));
    }
}
