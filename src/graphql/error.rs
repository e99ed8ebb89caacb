//! Top-level errors: authentication, authorisation, malformed input, limits and faults. Refusals by the rules are data.
//!
//! [`Failure`] has no `Display`: nothing from inside the server becomes a client's text by accident.

use async_graphql::{Error, ErrorExtensionValues, Response, ServerError, Value};

use super::document;
use crate::{app::AppError, ids, store::StoreError};

/// The token may not do this.
pub const FORBIDDEN: &str = "FORBIDDEN";
/// A value that the client sent is not what the API asks for.
pub const BAD_USER_INPUT: &str = "BAD_USER_INPUT";
/// The document does not fit the schema.
pub const GRAPHQL_VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The database does not answer now.
pub const SERVICE_UNAVAILABLE: &str = "SERVICE_UNAVAILABLE";
/// A fault of the server.
pub const INTERNAL_SERVER_ERROR: &str = "INTERNAL_SERVER_ERROR";

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
        let id = format!("{:016x}", ids::random());
        tracing::error!(error_id = %id, cause, "a request failed");
        Self::Internal(id)
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
                extensions.set("errorId", id);
                "An internal error occurred.".to_owned()
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
        document::QUERY_TOO_COMPLEX
    } else {
        GRAPHQL_VALIDATION_FAILED
    }
}
