//! Reading bodies: never more than the limit, never longer than the deadline.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;

use super::error::HttpError;
use crate::config::Limits;

/// How long a body may take to arrive.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);
/// How many files of the largest size fit into one request.
const LARGEST_FILES: usize = 2;
/// What is still read of a body that is refused, so that its sender comes to read the answer.
const LINGER_BYTES: usize = 128 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(10);

/// How much is read of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// A JSON body, and each part of a multipart body that is no file.
    pub(super) json: usize,
    /// A multipart body with all its files.
    pub(super) multipart: usize,
}

impl Sizes {
    pub(super) const fn new(limits: &Limits, largest_file: usize) -> Self {
        let files = largest_file.saturating_mul(LARGEST_FILES);
        Self { json: limits.max_body_bytes, multipart: limits.max_body_bytes.saturating_add(files) }
    }
}

/// Reads a whole body of at most `limit` bytes.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, HttpError> {
    let mut stream = within(headers, body, limit)?;
    let mut content = Vec::new();
    let reading = async {
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| HttpError::malformed("The request body ended early."))?;
            if content.len().saturating_add(chunk.len()) > limit {
                return Err(HttpError::too_large(limit));
            }
            content.extend_from_slice(&chunk);
        }
        Ok(())
    };
    match tokio::time::timeout(DEADLINE, reading).await {
        Ok(Ok(())) => Ok(content.into()),
        Ok(Err(failure)) => {
            linger(stream);
            Err(failure)
        }
        Err(_) => Err(HttpError::too_slow()),
    }
}

/// The body as a stream, refused at once when its own length says that it is too large.
pub(super) fn within(headers: &HeaderMap, body: Body, limit: usize) -> Result<BodyDataStream, HttpError> {
    let stream = body.into_data_stream();
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        linger(stream);
        return Err(HttpError::too_large(limit));
    }
    Ok(stream)
}

/// Goes on reading a refused body for a while and keeps nothing: a sender whose connection is reset while it still sends
/// would never see why.
pub(super) fn linger(mut stream: BodyDataStream) {
    tokio::spawn(async move {
        let mut read = 0_usize;
        let reading = async {
            while let Some(Ok(chunk)) = stream.next().await {
                read = read.saturating_add(chunk.len());
                if read > LINGER_BYTES {
                    return;
                }
            }
        };
        // Whether it came to its end or not: this was only a courtesy.
        let _ = tokio::time::timeout(LINGER, reading).await;
    });
}
