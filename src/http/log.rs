//! The logging of requests: one line for each, and the request's id in every other line.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use tracing::Span;

use super::layers::REQUEST_ID;
use super::links::SECRET_PATHS;
use crate::telemetry::{self, Stopwatch};

/// Requested every few seconds by monitoring: logged only at the level `debug`.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The path for the log, without the secret of a link.
fn without_secret(path: &str) -> &str {
    SECRET_PATHS.into_iter().find(|secret| path.starts_with(secret)).unwrap_or(path)
}

/// The id of a request: the client's if it was accepted, otherwise the server's own.
pub(super) fn request_id(headers: &HeaderMap) -> &str {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// The line of a request, written when the response begins or the client disconnects.
pub(super) struct Line {
    watched: bool,
    since: Stopwatch,
    status: Option<u16>,
}

impl Line {
    /// The span of a request, and its line, which is to be ended within the span.
    pub(super) fn begin(request: &Request) -> (Span, Self) {
        let path = without_secret(request.uri().path());
        let span = telemetry::request_span(request_id(request.headers()), request.method().as_str(), path);
        (span, Self { watched: WATCHED.contains(&path), since: telemetry::stopwatch(), status: None })
    }

    /// Writes the line.
    pub(super) fn end(mut self, status: StatusCode) {
        self.status = Some(status.as_u16());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let (status, duration_ms) = (self.status, self.since.milliseconds());
        match status {
            Some(status) if self.watched => tracing::debug!(status, duration_ms, "answered"),
            Some(status) => tracing::info!(status, duration_ms, "answered"),
            None => tracing::info!(duration_ms, "the client closed the connection before the response"),
        }
    }
}
