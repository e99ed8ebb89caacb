//! `/healthz` and `/readyz`, for whatever keeps the server running.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Edge;
use super::error::HttpError;

/// How long the question may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The process runs and answers.
pub(super) async fn alive() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

/// Requests can be served: the server is not stopping, the database responds and is migrated, and there are keys to
/// check tokens. The reason why not is in the log, not in the response.
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Result<Json<Value>, HttpError> {
    if edge.shutdown.is_asked() {
        return Err(HttpError::unavailable());
    }
    if !edge.authenticator.is_ready() {
        tracing::warn!(cause = "no issuer has current keys", "not ready");
        return Err(HttpError::no_keys());
    }
    let cause = match tokio::time::timeout(TIMEOUT, edge.backend.ready()).await {
        Ok(Ok(())) => return Ok(Json(json!({"status": "ready"}))),
        Ok(Err(cause)) => cause,
        Err(_) => "no response in time".to_owned(),
    };
    tracing::warn!(cause, "not ready");
    Err(HttpError::unavailable())
}
