//! The logging of requests: one line for each, and the request's id in every other line.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::layers::REQUEST_ID;
use super::links::SECRET_PATHS;
use crate::telemetry::{self, Stopwatch};

/// Requested every few seconds by monitoring: logged only at the level `debug`.
const WATCHED: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Puts the request into its span, and logs its response.
pub(super) async fn request(request: Request, next: Next) -> Response {
    let path = without_secret(request.uri().path());
    let span = telemetry::request_span(request_id(request.headers()), request.method().as_str(), path);
    let line = Line { watched: WATCHED.contains(&path), since: telemetry::stopwatch(), status: None };
    async move {
        let response = next.run(request).await;
        line.end(response.status());
        response
    }
    .instrument(span)
    .await
}

/// The path for the log, without the secret of a link.
fn without_secret(path: &str) -> &str {
    SECRET_PATHS.into_iter().find(|secret| path.starts_with(secret)).unwrap_or(path)
}

/// The id of a request: the client's if it was accepted, otherwise the server's own.
pub(super) fn request_id(headers: &HeaderMap) -> &str {
    headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// The line of a request, written when the response begins or the client disconnects.
struct Line {
    watched: bool,
    since: Stopwatch,
    status: Option<u16>,
}

impl Line {
    fn end(mut self, status: StatusCode) {
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
