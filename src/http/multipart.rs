//! Uploads, by the GraphQL multipart request specification: `operations`, then `map`, then the files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header::CONTENT_DISPOSITION};
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::body::{self, Sizes};
use super::documents::failure;
use super::error::HttpError;
use super::{Backend, file_name, params};
use crate::app::AppError;
use crate::documents::DocumentsError;
use crate::graphql::endpoint::{File, Parts};

/// The most files of a request.
const MOST_FILES: usize = 4;
/// The longest header of a part, in bytes.
const LONGEST_HEADER: usize = 8 * 1024;
/// How much may arrive while the reader looks for the header of a part: the header, and what arrived with its end. The
/// reader keeps it in memory.
const MOST_UNTIL_HEADER: usize = LONGEST_HEADER + 2 * PIECE;
/// How much it is given at once.
const PIECE: usize = 16 * 1024;

/// Reads a multipart body; its files are received by `backend`.
pub(super) async fn read(request: Request, sizes: Sizes, backend: &dyn Backend) -> Result<Parts, HttpError> {
    let come = Arc::new(Come::default());
    let request = counted(request, sizes.multipart, &come)?;
    let reading = async {
        let parts = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        Reader { parts, come: Arc::clone(&come), sizes, backend }.request().await
    };
    match tokio::time::timeout(body::DEADLINE, reading).await {
        // The reader of parts only sees that its stream failed; the reason is known here.
        Ok(Err(_)) if come.too_much.load(Ordering::Relaxed) => Err(HttpError::too_large(sizes.multipart)),
        Ok(Err(_)) if come.long_header.load(Ordering::Relaxed) => Err(long_header()),
        Ok(parts) => parts,
        Err(_) => Err(HttpError::too_slow()),
    }
}

fn broken() -> HttpError {
    HttpError::malformed("The multipart body cannot be parsed.")
}

fn long_header() -> HttpError {
    HttpError::malformed(format!("The header of a part is longer than {LONGEST_HEADER} bytes."))
}

/// What has come of the body.
#[derive(Default)]
struct Come {
    /// More than a request may have.
    too_much: AtomicBool,
    /// How much since the header of the next part is looked for; counts only while it is.
    since: AtomicUsize,
    looks_for_header: AtomicBool,
    /// More than a header may have.
    long_header: AtomicBool,
}

impl Come {
    /// Whether the body may go on after a chunk of this length.
    fn may_go_on(&self, chunk: usize) -> bool {
        let since = self.since.fetch_add(chunk, Ordering::Relaxed).saturating_add(chunk);
        let is_long = self.looks_for_header.load(Ordering::Relaxed) && since > MOST_UNTIL_HEADER;
        self.long_header.fetch_or(is_long, Ordering::Relaxed);
        !is_long
    }

    fn has_some_of_a_header(&self) -> bool {
        self.looks_for_header.load(Ordering::Relaxed) && self.since.load(Ordering::Relaxed) > 0
    }

    fn look_for_header(&self, looks: bool) {
        self.since.store(0, Ordering::Relaxed);
        self.looks_for_header.store(looks, Ordering::Relaxed);
    }
}

/// The request with a body that breaks off at the limit; what lies beyond is read and dropped.
fn counted(request: Request, limit: usize, come: &Arc<Come>) -> Result<Request, HttpError> {
    let (head, content) = request.into_parts();
    let stream = body::within(&head.headers, content, limit)?;
    let come = Arc::clone(come);
    let counted = futures_util::stream::unfold(Some((stream, Bytes::new(), 0_usize)), move |state| {
        let come = Arc::clone(&come);
        async move {
            let (mut stream, mut left, before) = state?;
            if come.has_some_of_a_header() {
                // The reader of parts takes all that is ready before it looks; let it look first.
                tokio::task::yield_now().await;
            }
            if left.is_empty() {
                left = match stream.next().await? {
                    Ok(chunk) => chunk,
                    Err(broken) => return Some((Err(broken), None)),
                };
            }
            let piece = left.split_to(left.len().min(PIECE));
            let read = before.saturating_add(piece.len());
            come.too_much.fetch_or(read > limit, Ordering::Relaxed);
            if read > limit || !come.may_go_on(piece.len()) {
                body::linger(stream);
                return Some((Err(axum::Error::new("too large")), None));
            }
            Some((Ok(piece), Some((stream, left, read))))
        }
    });
    Ok(Request::from_parts(head, Body::from_stream(counted)))
}

/// Reads the parts of a body, one after the other.
struct Reader<'a> {
    parts: Multipart,
    come: Arc<Come>,
    sizes: Sizes,
    backend: &'a dyn Backend,
}

impl Reader<'_> {
    async fn request(&mut self) -> Result<Parts, HttpError> {
        let operations = self.text("operations").await?;
        let mut request = params::from_json(&operations)?;
        let mut places = places(&self.text("map").await?)?;
        let backend = self.backend;
        while let Some(part) = self.next().await? {
            let name = part.name().unwrap_or_default().to_owned();
            let Some(Value::String(path)) = places.remove(&name) else {
                return Err(HttpError::malformed(format!("The part {name:?} is not in the map, or occurs twice.")));
            };
            request.files.push(file(part, path, backend).await?);
        }
        match places.keys().next() {
            Some(name) => Err(HttpError::malformed(format!(
                "The map names the part {name:?}, which the request does not contain."
            ))),
            None => Ok(request),
        }
    }

    /// The next part, with a header that is not too long.
    async fn next(&mut self) -> Result<Option<Field<'_>>, HttpError> {
        self.come.look_for_header(true);
        let part = self.parts.next_field().await.map_err(|_| broken())?;
        self.come.look_for_header(false);
        let length = |part: &Field<'_>| -> usize {
            part.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
        };
        if part.as_ref().is_some_and(|part| length(part) > LONGEST_HEADER) {
            return Err(long_header());
        }
        Ok(part)
    }

    /// Reads the next part, which must be this one.
    async fn text(&mut self, name: &str) -> Result<Bytes, HttpError> {
        let limit = self.sizes.json;
        let missing =
            || HttpError::malformed(format!("The part {name} is missing. The order is operations, map, files."));
        let mut part = self.next().await?.filter(|part| part.name() == Some(name)).ok_or_else(missing)?;
        let (mut content, mut length) = (Vec::new(), 0_usize);
        while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
            length = length.saturating_add(chunk.len());
            if length <= limit {
                content.extend_from_slice(&chunk);
            }
        }
        // Read to its end all the same: its sender would not see why otherwise.
        if length > limit { Err(HttpError::too_large(limit)) } else { Ok(content.into()) }
    }
}

/// Which part belongs where; each to exactly one place.
fn places(map: &[u8]) -> Result<Map<String, Value>, HttpError> {
    let refuse = |message: &str| Err(HttpError::malformed(message));
    let Ok(Value::Object(mut places)) = serde_json::from_slice(map) else {
        return refuse("The part map must be a JSON object.");
    };
    if places.len() > MOST_FILES {
        return refuse("A request has at most 4 files.");
    }
    for place in places.values_mut() {
        *place = match place.take() {
            Value::Array(mut paths) if paths.len() == 1 && paths[0].is_string() => paths.remove(0),
            _ => return refuse("The map must give each part a list with exactly one path."),
        };
    }
    Ok(places)
}

/// Receives a file; the backend keeps of it what it needs.
async fn file(mut part: Field<'_>, path: String, backend: &dyn Backend) -> Result<File, HttpError> {
    let disposition = part.headers().get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
    let name = disposition.and_then(file_name::of_part).unwrap_or_default();
    let media_type = part.content_type().map(ToOwned::to_owned);
    let away = |error: DocumentsError| failure(AppError::from(error));
    let mut receiving = backend.receive().await.map_err(failure)?;
    while let Some(chunk) = part.chunk().await.map_err(|_| broken())? {
        receiving.write(&chunk).await.map_err(away)?;
    }
    Ok(File { path, name, media_type, content: receiving.end().await.map_err(away)? })
}
