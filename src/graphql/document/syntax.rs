//! Parsing, with messages for clients instead of the parser's drawings.

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::parser::{Error, parse_query};

use super::Refusal;
use super::refusal::GRAPHQL_PARSE_FAILED;

/// Parses a document.
pub(super) fn parse(text: &str) -> Result<ExecutableDocument, Refusal> {
    parse_query(text)
        .map_err(|error| Refusal::new(GRAPHQL_PARSE_FAILED, message(&error)).at(error.positions().collect()))
}

/// Whether a text is a single selection set in braces. Its size must have been checked.
pub(in crate::graphql) fn is_selection_set(text: &str) -> bool {
    // A selection set alone is a document: a query in its short form.
    text.starts_with('{')
        && parse_query(text).is_ok_and(|document| {
            document.fragments.is_empty() && matches!(document.operations, DocumentOperations::Single(_))
        })
}

fn message(error: &Error) -> String {
    match error {
        Error::Syntax { message, start, .. } => {
            let place = format!("Syntax error at line {}, column {}", start.line, start.column);
            // The parser's message draws the place; only its last line names what it expected.
            match message.rsplit_once("= expected ") {
                Some((_, expected)) => format!("{place}: expected {}.", readable(expected)),
                None => format!("{place}."),
            }
        }
        Error::MultipleOperations { .. } => {
            "An operation without a name must be the only one in its document.".to_owned()
        }
        Error::OperationDuplicated { operation, .. } => {
            format!("There is more than one operation named \"{operation}\".")
        }
        Error::FragmentDuplicated { fragment, .. } => format!("There is more than one fragment named \"{fragment}\"."),
        Error::MissingOperation => "The document has no operation.".to_owned(),
        _ => "The document cannot be parsed.".to_owned(),
    }
}

/// The parser's names of what it expected, as words.
fn readable(expected: &str) -> String {
    expected.trim().replace("EOI", "the end of the document").replace('_', " ").replace("type  ", "type ")
}
