//! Top-level errors: authentication, authorisation, malformed input, limits and faults. Refusals by the rules are data.
//!
//! [`Failure`] has no `Display`: nothing from inside the server becomes a client's text by accident.

use async_graphql::{Error, ErrorExtensionValues, Response, ServerError, Value};

use super::codes::{
    BAD_USER_INPUT, FORBIDDEN, GRAPHQL_VALIDATION_FAILED, INTERNAL_SERVER_ERROR, QUERY_TOO_COMPLEX, SERVICE_UNAVAILABLE,
};
use crate::{app::AppError, ids, store::StoreError};

/// The message of every internal error; its cause is in the log.
pub const INTERNAL_MESSAGE: &str = "An internal error occurred.";
/// The extension of an internal error that has the id of its log line.
pub const ERROR_ID: &str = "errorId";

/// Logs the cause of an internal error and returns the id of the log line, for [`ERROR_ID`].
#[must_use]
pub fn log_internal(cause: &str) -> String {
    let id = format!("{:016x}", ids::random());
    tracing::error!(error_id = %id, cause, "a request failed");
    id
}

/// Why a field has no value.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The token's roles or scopes do not open the field (A5).
    Forbidden(String),
    /// An argument that cannot be meant.
    BadInput(String),
    /// Trying again later may help.
    Unavailable,
    /// A fault; what it was is in the log under this id.
    Internal(String),
}

impl Failure {
    /// An internal error: logs its cause and keeps the id of the log line.
    #[must_use]
    pub fn internal(cause: &str) -> Self {
        Self::Internal(log_internal(cause))
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => FORBIDDEN,
            Self::BadInput(_) => BAD_USER_INPUT,
            Self::Unavailable => SERVICE_UNAVAILABLE,
            Self::Internal(_) => INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Forbidden(message) => Self::Forbidden(message),
            AppError::BadInput(message) => Self::BadInput(message),
            AppError::Unavailable(cause) => {
                tracing::warn!(cause, "the database does not respond");
                Self::Unavailable
            }
            AppError::Internal(cause) => Self::internal(&cause),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", failure.code());
        let message = match failure {
            Failure::Forbidden(message) | Failure::BadInput(message) => message,
            Failure::Unavailable => "The server is temporarily unavailable. Try again later.".to_owned(),
            Failure::Internal(id) => {
                extensions.set(ERROR_ID, id);
                INTERNAL_MESSAGE.to_owned()
            }
        };
        Self { message, source: None, extensions: Some(extensions) }
    }
}

/// Gives every error of the library its code, so that none is without.
pub(super) fn classify(response: &mut Response) {
    for error in &mut response.errors {
        let (code, field) = (code_of(error), field_of(error));
        let extensions = error.extensions.get_or_insert_default();
        if let Some(field) = field {
            extensions.set("field", field);
        }
        if extensions.get("code").is_none() {
            extensions.set("code", code);
        }
    }
}

/// How errors about written values begin; the value's path follows in quotes.
const ABOUT_A_VALUE: [&str; 2] = ["Invalid value for argument \"", "Invalid default value for argument: \""];

/// The path of the input that an error is about, such as `["input", "tenantId"]`.
fn field_of(error: &ServerError) -> Option<Value> {
    let steps = ABOUT_A_VALUE.iter().find_map(|start| error.message.strip_prefix(start))?;
    let (steps, _) = steps.split_once('"')?;
    Some(path(steps.split('.')))
}

/// The path of an input as in the extensions of errors.
pub(super) fn path<T: Into<String>>(steps: impl IntoIterator<Item = T>) -> Value {
    Value::List(steps.into_iter().map(|step| Value::String(step.into())).collect())
}

/// The library's own errors have no code: an error of execution is about an argument; one before it about the document,
/// a value in it, or its size.
fn code_of(error: &ServerError) -> &'static str {
    let of_a_value = error.message.starts_with("Invalid value for argument");
    let of_the_size = error.message.starts_with("Query is") || error.message.starts_with("The recursion depth");
    if of_a_value || !error.path.is_empty() {
        BAD_USER_INPUT
    } else if of_the_size {
        QUERY_TOO_COMPLEX
    } else {
        GRAPHQL_VALIDATION_FAILED
    }
}
