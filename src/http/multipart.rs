//! Uploads, by the GraphQL multipart request specification: `operations`, then `map`, then the files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header::CONTENT_DISPOSITION};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::body::{self, Sizes};
use super::failure::Failure;
use super::file_name;
use super::params;
use crate::graphql::endpoint::{File, Parts};

/// The most files of a request.
const MOST_FILES: usize = 4;

/// Reads a multipart body.
pub(super) async fn read(request: Request, sizes: Sizes) -> Result<Parts, Failure> {
    let beyond = Arc::new(AtomicBool::new(false));
    let request = counted(request, sizes.multipart, &beyond)?;
    let reading = async {
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        parts_of(&mut parts, sizes).await
    };
    match tokio::time::timeout(body::DEADLINE, reading).await {
        // The reader of parts only knows that its stream broke; why is known here.
        Ok(Err(_)) if beyond.load(Ordering::Relaxed) => Err(Failure::too_large(sizes.multipart)),
        Ok(parts) => parts,
        Err(_) => Err(Failure::too_slow()),
    }
}

fn broken() -> Failure {
    Failure::malformed("The multipart body cannot be read.")
}

/// The request with a body that breaks off at the limit; what lies beyond is read and dropped.
fn counted(request: Request, limit: usize, beyond: &Arc<AtomicBool>) -> Result<Request, Failure> {
    let (head, content) = request.into_parts();
    let stream = body::within(&head.headers, content, limit)?;
    let beyond = Arc::clone(beyond);
    let counted = futures_util::stream::unfold(Some((stream, 0_usize)), move |state| {
        let beyond = Arc::clone(&beyond);
        async move {
            let (mut stream, before) = state?;
            let chunk = stream.next().await?;
            let read = before.saturating_add(chunk.as_ref().map_or(0, Bytes::len));
            if read > limit {
                beyond.store(true, Ordering::Relaxed);
                body::linger(stream);
                return Some((Err(axum::Error::new("too large")), None));
            }
            Some((chunk, Some((stream, read))))
        }
    });
    Ok(Request::from_parts(head, Body::from_stream(counted)))
}

async fn parts_of(parts: &mut Multipart, sizes: Sizes) -> Result<Parts, Failure> {
    let operations = text_part(parts, "operations", sizes.json).await?;
    let mut request = params::from_json(&operations)?;
    let mut places = places(&text_part(parts, "map", sizes.json).await?)?;
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        let Some(Value::String(path)) = places.remove(&name) else {
            return Err(Failure::malformed(format!("The part {name:?} is not in the map, or is there twice.")));
        };
        request.files.push(file(part, path, sizes.file).await?);
    }
    match places.keys().next() {
        Some(name) => Err(Failure::malformed(format!("The map names the part {name:?}, which is not there."))),
        None => Ok(request),
    }
}

/// Reads the next part, which must be this one.
async fn text_part(parts: &mut Multipart, name: &str, limit: usize) -> Result<Bytes, Failure> {
    let missing = || Failure::malformed(format!("The part {name} is missing; the order is operations, map, files."));
    let part =
        parts.next_field().await.map_err(|_| broken())?.filter(|part| part.name() == Some(name)).ok_or_else(missing)?;
    let (content, length) = content(part, limit).await?;
    if length > limit {
        return Err(Failure::too_large(limit));
    }
    Ok(content)
}

/// Which part belongs where; each to exactly one place.
fn places(map: &[u8]) -> Result<Map<String, Value>, Failure> {
    let refuse = |message: &str| Err(Failure::malformed(message));
    let Ok(Value::Object(mut places)) = serde_json::from_slice(map) else {
        return refuse("The part map must be a JSON object.");
    };
    if places.len() > MOST_FILES {
        return refuse("A request takes at most 4 files.");
    }
    for place in places.values_mut() {
        *place = match place.take() {
            Value::Array(mut paths) if paths.len() == 1 && paths[0].is_string() => paths.remove(0),
            _ => return refuse("The map must give each part a list with exactly one path."),
        };
    }
    Ok(places)
}

async fn file(part: Field<'_>, path: String, limit: usize) -> Result<File, Failure> {
    let disposition = part.headers().get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
    let name = disposition.and_then(file_name::of_part).unwrap_or_default();
    let media_type = part.content_type().map(ToOwned::to_owned);
    let (content, _) = content(part, limit).await?;
    Ok(File { path, name, media_type, content })
}

/// The content of a part, of which at most a byte more than the limit is kept, and its whole length.
async fn content(mut part: Field<'_>, limit: usize) -> Result<(Bytes, usize), Failure> {
    let keep = limit.saturating_add(1);
    let (mut content, mut length) = (Vec::new(), 0_usize);
    while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
        length = length.saturating_add(chunk.len());
        let room = keep - content.len();
        content.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok((content.into(), length))
}
