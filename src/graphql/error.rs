//! Top-level errors: authentication, authorisation, malformed input, limits and faults. Refusals by the rules are data.
//!
//! [`ApiError`] has no `Display`: nothing from inside the server becomes a client's text by accident.

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};

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
pub enum ApiError {
    /// The token's roles or scopes do not open the field (A5).
    Forbidden(String),
    /// An argument that cannot be meant.
    BadInput(String),
    /// Trying again later may help.
    Unavailable,
    /// A fault; what it was is in the log under this id.
    Internal(String),
}

impl ApiError {
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

impl From<AppError> for ApiError {
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

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl From<ApiError> for Error {
    fn from(failure: ApiError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", failure.code());
        let message = match failure {
            ApiError::Forbidden(message) | ApiError::BadInput(message) => message,
            ApiError::Unavailable => "The server is temporarily unavailable. Try again later.".to_owned(),
            ApiError::Internal(id) => {
                extensions.set(ERROR_ID, id);
                INTERNAL_MESSAGE.to_owned()
            }
        };
        Self { message, source: None, extensions: Some(extensions) }
    }
}

/// An error with a code, about no place in particular.
pub(super) fn with_code(code: &str, message: &str) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    error
}

/// The code of an error. Only the library's own errors have none until they are classified.
pub(super) fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// Gives the library's errors in an executed operation their code. One at a field is about an argument, which the library reads
/// when it executes the field.
pub(super) fn classify_executed(errors: &mut [ServerError]) {
    classify(errors, |error| if error.path.is_empty() { GRAPHQL_VALIDATION_FAILED } else { BAD_USER_INPUT });
}

/// Gives the library's errors about a document their code. Every rule names a place in the document; only the library's limits
/// of size and depth do not. Errors about values have their code from the plan.
pub(super) fn classify_invalid(errors: &mut [ServerError]) {
    classify(errors, |error| if error.locations.is_empty() { QUERY_TOO_COMPLEX } else { GRAPHQL_VALIDATION_FAILED });
}

fn classify(errors: &mut [ServerError], code_of: impl Fn(&ServerError) -> &'static str) {
    for error in errors.iter_mut().filter(|error| code(error).is_none()) {
        let code = code_of(error);
        error.extensions.get_or_insert_default().set("code", code);
    }
}

/// The path of an input as in the extensions of errors, such as `["input", "tenantId"]`.
pub(super) fn path<T: Into<String>>(steps: impl IntoIterator<Item = T>) -> Value {
    Value::List(steps.into_iter().map(|step| Value::String(step.into())).collect())
}
