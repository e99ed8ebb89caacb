//! W4, and the changes of W5.

use std::sync::Arc;

use axum::{body::Bytes, extract::State};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Answer, App, body::Body, json, reads::CLAIM};

/// The kind of a comment's global id.
const COMMENT: u8 = 10;

fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

#[derive(Deserialize)]
pub struct Said {
    claim: Uuid,
    author: String,
    body: String,
}

/// Adds a comment.
pub async fn comment(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let said: Said = serde_json::from_slice(&body)?;
    let (id, at, connection) = (Uuid::now_v7(), now(), app.writers.next());
    let done = connection.client.execute(&connection.comment, &[&said.claim, &id, &said.author, &said.body, &at]).await?;
    if done != 1 {
        return Err("no such claim".into());
    }
    let mut body = Body::new(512);
    body.raw("{\"data\":{\"addComment\":{\"comment\":{\"id\":").id(COMMENT, id);
    body.raw(",\"author\":{\"name\":").text(&said.author).raw("},\"body\":").text(&said.body);
    body.raw(",\"createdAt\":").time(Some(at)).raw("},\"problems\":[]}}}");
    json(body.0)
}

#[derive(Deserialize)]
pub struct Moved<'a> {
    claim: Uuid,
    status: &'a str,
}

/// Changes a status.
pub async fn status(State(app): State<Arc<App>>, body: Bytes) -> Answer {
    let moved: Moved<'_> = serde_json::from_slice(&body)?;
    let connection = app.writers.next();
    let row = connection
        .client
        .query_one(&connection.status, &[&moved.claim, &moved.status, &Uuid::now_v7(), &now()])
        .await?;
    let mut body = Body::new(256);
    body.raw("{\"data\":{\"change\":{\"claim\":{\"id\":").id(CLAIM, moved.claim);
    body.raw(",\"status\":").text(moved.status).raw(",\"version\":").number(row.get(0)).raw("}}}}");
    json(body.0)
}
