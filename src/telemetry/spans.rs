//! The spans of the log, so that every line names its request or socket.
//!
//! They are of the highest level, so that warnings and errors carry them whatever is logged beside. Nothing in them is
//! a client's text but the request's id and path, which are checked and cut.

use sha2::{Digest, Sha256};
use tracing::{Span, error_span, field};

/// The target of the spans that traces are made of.
pub(super) const TARGET: &str = "cpor::traced";

/// The maximum length of a logged path, in characters.
const LONGEST_PATH: usize = 200;

/// A request. Of its address only the path: a query string can hold variables (T41). The operation's label is added
/// later.
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

/// The subject of the task's request or socket, as a hash: it finds all lines of one person without naming the person.
pub fn tell_subject(subject: &str) {
    let hash = Sha256::digest(subject.as_bytes());
    let hash = hash.iter().take(8).fold(0_u64, |hash, byte| hash << 8 | u64::from(*byte));
    Span::current().record("subject", format!("{hash:016x}"));
}

/// The operation of a request. The request's own span names it already, so it is for traces only.
#[must_use]
pub fn traced_operation_span(kind: &'static str, label: &'static str) -> Span {
    if cfg!(feature = "otel") { operation_span(kind, label) } else { Span::none() }
}

/// An operation of a socket.
#[must_use]
pub fn operation_span(kind: &'static str, label: &'static str) -> Span {
    error_span!(target: TARGET, "operation", "graphql.operation.type" = kind, operation = label)
}
