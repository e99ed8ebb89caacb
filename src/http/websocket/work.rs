//! Doing an operation of a socket: by the same gate and limits as a request.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use domain::caller::Caller;
use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::timeout;
use tracing::Instrument;

use super::operations::{Line, What};
use crate::graphql::answer::{Answer, Outcome};
use crate::graphql::endpoint::{Kind, Operation, Parts};
use crate::http::Edge;
use crate::http::error::HttpError;
use crate::http::rate::Budget;
use crate::telemetry::{self, Transport};

/// Why an operation ends with only an error.
enum Refused {
    /// It never came to the schema, or took too long there.
    Before(HttpError),
    /// By the answer.
    By(Answer),
}

impl From<HttpError> for Refused {
    fn from(failure: HttpError) -> Self {
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

/// Executes an operation and returns how it ended; a panic is an internal error.
pub(super) async fn work(edge: Arc<Edge>, caller: Arc<Caller>, parts: Parts, line: Line) {
    let mut counted = telemetry::Request::begin(Transport::WebSocket);
    let done = AssertUnwindSafe(run(&edge, caller, parts, &line, &mut counted)).catch_unwind().await;
    let done = done.unwrap_or_else(|_| Err(HttpError::internal("an operation of a socket panicked").into()));
    line.say(done.unwrap_or_else(|refused| What::Error(refused.errors(&mut counted)))).await;
}

/// Executes an operation under the same gate and limits as a request; returns the final message. An error is that of
/// the whole operation.
async fn run(
    edge: &Edge,
    caller: Arc<Caller>,
    parts: Parts,
    line: &Line,
    counted: &mut telemetry::Request,
) -> Result<What, Refused> {
    let mut budget = Budget::default();
    edge.rates.request(&caller.subject, &mut budget)?;
    let operation = edge.endpoint.prepare(parts, &caller.subject)?;
    counted.is(operation.kind().as_str(), operation.label());
    edge.rates.cost(&caller.subject, operation.cost(), &mut budget)?;
    if operation.kind() == Kind::Subscription {
        return follow(edge, caller, operation, line, counted).await;
    }
    let span = telemetry::operation_span(operation.kind().as_str(), operation.label());
    let cost = edge.operation_cost(&operation, &budget);
    let executing = edge.endpoint.execute(operation, Some(caller)).instrument(span);
    let answer = timeout(edge.config.limits.request_timer(), executing).await.map_err(|_| HttpError::timed_out())?;
    if answer.outcome == Outcome::Refused {
        return Err(answer.into());
    }
    let answer = answer.with_cost(cost);
    counted.ends(&answer);
    line.say(What::Next(answer.body)).await;
    Ok(What::Complete)
}

/// Opens a subscription.
async fn follow(
    edge: &Edge,
    caller: Arc<Caller>,
    operation: Operation,
    line: &Line,
    counted: &mut telemetry::Request,
) -> Result<What, Refused> {
    line.say(What::Follows).await;
    let opening = edge.endpoint.subscribe(operation, caller, None);
    let opened = timeout(edge.config.limits.request_timer(), opening).await.map_err(|_| HttpError::timed_out())?;
    let answers = opened?;
    counted.ends(telemetry::Outcome::Ok);
    Ok(What::Answers(line.following(answers)))
}

/// The errors of a failure, as a message has them.
pub(super) fn refused(failure: &HttpError) -> Bytes {
    failure.errors().to_string().into()
}

/// The errors of an answer without data.
fn errors_of(answer: &Answer) -> Bytes {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    body.get("errors").map_or_else(|| Bytes::from_static(b"[]"), |errors| errors.to_string().into())
}
