//! The spans of the log, so that every line tells to what request or socket it belongs.
//!
//! They are of the highest level, so that warnings and errors carry them whatever is logged beside. Nothing in them is
//! a client's text but the request's id and path, which are checked and cut.

use sha2::{Digest, Sha256};
use tracing::{Span, error_span, field};

/// The target of the spans that traces are made of.
pub(super) const TARGET: &str = "cpor::traced";

/// How much of a path is told, in characters.
const LONGEST_PATH: usize = 200;

/// A request. Of its address only the path: a query string can hold variables (T41). The operation's label is told later.
#[must_use]
pub fn request_span(id: &str, method: &str, path: &str) -> Span {
    let method = match method {
        "GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE" | "TRACE" | "CONNECT" => method,
        _ => "other",
    };
    let path: String = path.chars().take(LONGEST_PATH).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect();
    error_span!(target: TARGET, "request", request_id = id, method, path, operation = field::Empty, subject = field::Empty)
}

/// A socket; `request_id` is of the request that it began with, `connection` its own.
#[must_use]
pub fn socket_span(request_id: &str, connection: &str) -> Span {
    error_span!(parent: None, "socket", request_id, connection, subject = field::Empty)
}

/// Whose token the request or socket of this task carries: by a hash, under which one person's lines can be found and which
/// does not name the person.
pub fn tell_subject(subject: &str) {
    let hash = domain::history::hex(&Sha256::digest(subject.as_bytes()));
    let hash: String = hash.chars().take(16).collect();
    Span::current().record("subject", hash);
}

/// An operation, inside of the request or socket that brought it.
#[must_use]
pub fn operation_span(kind: &'static str, label: &'static str) -> Span {
    error_span!(target: TARGET, "operation", "graphql.operation.type" = kind, operation = label)
}
