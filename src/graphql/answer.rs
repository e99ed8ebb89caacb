//! The response of an operation: its kind, and its JSON, without `data` if nothing was executed.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use super::{
    codes::{BAD_USER_INPUT, SERVICE_UNAVAILABLE},
    document::{Form, Refusal},
    error::{self, code},
    response::{self, Keys},
};
use crate::telemetry;

/// The maximum number of errors in one response; a document can have thousands.
const MOST_ERRORS: usize = 50;
/// The longest text of an error, in characters: the library repeats values as they were sent.
const LONGEST_TEXT: usize = 500;

/// The kinds of answers; the transport makes its own of them (a status, a message type).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operation was executed, with or without errors of its fields.
    Executed,
    /// Nothing was executed: the request itself is wrong.
    Refused,
    /// Nothing could be executed now.
    Unavailable,
}

/// An answer, ready to be sent.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What kind of answer it is.
    pub outcome: Outcome,
    /// The JSON text.
    pub body: Bytes,
    /// Whether the response has errors.
    pub has_errors: bool,
    /// The id of the history entry in an event's response, whose position clients store; `None` for other responses.
    pub entry: Option<Uuid>,
}

/// What an operation cost, as in `extensions.cost` of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OperationCost {
    /// The operation's cost, in points.
    pub requested: usize,
    /// The most that one operation may cost; null without such a limit.
    pub allowed: Option<usize>,
    /// What the caller may still spend now, of the points of a minute; null without such a limit.
    pub remaining: Option<u32>,
}

impl Answer {
    /// The same answer with what its operation cost.
    #[must_use]
    pub fn with_cost(mut self, cost: Option<OperationCost>) -> Self {
        if let Some(cost) = cost {
            self.body = response::with_extensions(&self.body, &serde_json::json!({ "cost": cost }));
        }
        self
    }

    /// The answer to an operation that was executed.
    #[must_use]
    pub fn of(mut response: Response, form: &Form) -> Self {
        response::complete(&mut response, &form.keys);
        let whole = response.data == Value::Null;
        // If one of several mutations failed, others may have been executed, so such a response never counts as
        // refused.
        if !form.has_several_mutations()
            && let Some(mut refused) = refused_argument(&response.errors, whole)
        {
            error::classify_executed(&mut refused);
            for error in &mut refused {
                error.path.clear();
            }
            return Self::refused(refused);
        }
        error::classify_executed(&mut response.errors);
        if whole && !response.errors.is_empty() && response.errors.iter().all(|error| error.path.is_empty()) {
            return Self::refused(response.errors);
        }
        let errors = presentable(response.errors);
        let unavailable = whole && errors.iter().any(|error| code(error) == Some(SERVICE_UNAVAILABLE));
        let outcome = if unavailable { Outcome::Unavailable } else { Outcome::Executed };
        let body = write(&errors, Some((&response.data, &form.keys)), form.room());
        form.note_size(body.len());
        Self { outcome, body, has_errors: !errors.is_empty(), entry: None }
    }

    /// The answer to a document that is not valid.
    pub(super) fn invalid(mut errors: Vec<ServerError>) -> Self {
        error::classify_invalid(&mut errors);
        Self::refused(errors)
    }

    /// The answer where nothing was executed.
    pub(super) fn refused(errors: Vec<ServerError>) -> Self {
        Self { outcome: Outcome::Refused, body: write(&presentable(errors), None, 0), has_errors: true, entry: None }
    }
}

impl From<&Answer> for telemetry::Outcome {
    fn from(answer: &Answer) -> Self {
        match answer.outcome {
            Outcome::Refused => Self::Refused,
            Outcome::Unavailable => Self::Unavailable,
            Outcome::Executed if answer.has_errors => Self::Errors,
            Outcome::Executed => Self::Ok,
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", refusal.code);
        if let Some(limit) = refusal.limit {
            extensions.set("limit", limit as u64);
        }
        if !refusal.field.is_empty() {
            extensions.set("field", error::path(refusal.field));
        }
        let mut error = ServerError::new(refusal.message, None);
        error.locations = refusal.locations;
        error.extensions = Some(extensions);
        Self::refused(vec![error])
    }
}

/// The errors about arguments of root fields, which the library reads too late: by the specification such a request is
/// refused before anything is executed. The library's errors have no code yet; one of ours is about the request if it left
/// nothing of the response.
fn refused_argument(errors: &[ServerError], whole: bool) -> Option<Vec<ServerError>> {
    let is_refusal = |error: &&ServerError| match code(error) {
        None => true,
        Some(code) => whole && code == BAD_USER_INPUT,
    };
    let about: Vec<_> = errors.iter().filter(|error| error.path.len() == 1).filter(is_refusal).cloned().collect();
    (!about.is_empty()).then_some(about)
}

/// The errors as they are shown: each once, not too many, in words for clients, without places that the library made up.
fn presentable(mut errors: Vec<ServerError>) -> Vec<ServerError> {
    errors.dedup();
    errors.truncate(MOST_ERRORS);
    for error in &mut errors {
        telemetry::error(code(error).unwrap_or("none"));
        error.locations.retain(|place| place.line > 0);
        if let Some((end, _)) = error.message.char_indices().nth(LONGEST_TEXT) {
            error.message.truncate(end);
            error.message.push('…');
        }
    }
    errors
}

fn write(errors: &[ServerError], data: Option<(&Value, &Keys)>, size: usize) -> Bytes {
    response::write(errors, data, size).into()
}
