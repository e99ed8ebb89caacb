//! Why the gate refuses a document.

use std::fmt::Display;

use async_graphql::Pos;

pub use crate::graphql::codes::{
    BAD_USER_INPUT, DOCUMENT_TOO_LARGE, GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, OPERATION_RESOLUTION_FAILURE,
    QUERY_TOO_COMPLEX,
};

/// A document that is not executed: a request error, with a code that programs can rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// The message.
    pub message: String,
    /// The limit that was passed, if it was one.
    pub limit: Option<usize>,
    /// Where in the document, if that is known.
    pub locations: Vec<Pos>,
    /// The path of the value that is wrong: the variable's name, then fields and places in lists. Empty where it is about
    /// no value.
    pub field: Vec<String>,
}

impl Refusal {
    /// A refusal without a limit or a place.
    pub(in crate::graphql) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), limit: None, locations: Vec::new(), field: Vec::new() }
    }

    /// The text itself is too large.
    pub(super) fn too_large(what: &str, limit: usize) -> Self {
        let message = format!("The document has more than {limit} {what}.");
        Self { limit: Some(limit), ..Self::new(DOCUMENT_TOO_LARGE, message) }
    }

    /// The operation is too much work.
    pub(super) fn too_complex(what: &str, found: usize, limit: usize) -> Self {
        // A saturated count is not exact.
        let found: &dyn Display = if found > 1_000_000 { &"over a million" } else { &found };
        let message = format!("The {what} of the operation is {found}; the limit is {limit}.");
        Self { limit: Some(limit), ..Self::new(QUERY_TOO_COMPLEX, message) }
    }

    /// The same refusal, with the place.
    pub(super) fn at(self, locations: Vec<Pos>) -> Self {
        Self { locations, ..self }
    }
}
