//! Why the gate refuses a document.

use std::fmt::Display;

use async_graphql::Pos;

pub use crate::graphql::error::{BAD_USER_INPUT, GRAPHQL_VALIDATION_FAILED};

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

/// The text is longer, has more tokens or is nested deeper than the server takes.
pub const DOCUMENT_TOO_LARGE: &str = "DOCUMENT_TOO_LARGE";
/// The operation is deeper, wider or costlier than the server takes.
pub const QUERY_TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
/// The text is not a GraphQL document.
pub const GRAPHQL_PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The operation to execute is ambiguous.
pub const OPERATION_RESOLUTION_FAILURE: &str = "OPERATION_RESOLUTION_FAILURE";

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
