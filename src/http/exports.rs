//! `GET` and `HEAD /exports/{list}.{format}`: a list as its caller sees it, from one snapshot (B3).
//!
//! A task of its own writes the export and the client's connection reads it, a few parts apart. The task ends when the client is
//! gone, when the export takes too long, and when the token ends; with it the snapshot does. So no client keeps one by
//! reading slowly. What ends early ends as a broken connection, never as a shorter export.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, TRAILER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::kinds::Scope;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tracing::Instrument;
use url::form_urlencoded;

use super::error::HttpError;
use super::live::Place;
use super::rate::Budget;
use super::{Edge, documents, session};
use crate::app::AppError;
use crate::app::exports::{Export, Format, Manifest, Noun};
use crate::auth::Session;

pub(super) const ROWS: HeaderName = HeaderName::from_static("cpor-rows");
pub(super) const POSITION: HeaderName = HeaderName::from_static("cpor-position");
const SHA256: HeaderName = HeaderName::from_static("cpor-sha256");

/// How many parts wait for the client.
const PARTS_WAITING: usize = 2;

/// A part of the content, or its end.
type Part = Result<Vec<u8>, Manifest>;

/// Sends an export, with its rows and position in the headers and the hash in the trailer.
pub(super) async fn export(
    State(edge): State<Arc<Edge>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let mut budget = Budget::default();
    let begun = edge.export(path, &request.into_parts().0, &mut budget).await;
    edge.with_budget(begun.unwrap_or_else(IntoResponse::into_response), &budget)
}

/// The list and the format that an address names.
fn named(name: &str) -> Option<(Noun, Format)> {
    let (noun, format) = name.split_once('.')?;
    let noun = Noun::ALL.into_iter().find(|known| known.as_str() == noun)?;
    Some((noun, Format::ALL.into_iter().find(|known| known.as_str() == format)?))
}

/// The position after which rows changed. Anything else in the query is a mistake that would export too much.
fn since(uri: &Uri) -> Result<Option<String>, HttpError> {
    let mut since = None;
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "since" {
            return Err(HttpError::bad_input("An export has no parameter other than since."));
        }
        if since.replace(value.into_owned()).is_some() {
            return Err(HttpError::bad_input("The parameter since is given twice. Give it once."));
        }
    }
    Ok(since)
}

/// The error of a use case as an answer.
fn failure(error: AppError, noun: Noun, session: &Session) -> HttpError {
    match error {
        AppError::Forbidden(why) => {
            let missing = noun.scopes().iter().find(|scope| !session.caller.has(**scope));
            HttpError::without_scope(why, missing.copied().unwrap_or(Scope::ClaimsRead))
        }
        other => documents::failure(other),
    }
}

fn headers(headers: &mut HeaderMap, export: &Export, noun: Noun, format: Format) {
    let (noun, end) = (noun.as_str(), format.as_str());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(ROWS, export.rows().into());
    if let Ok(position) = HeaderValue::from_str(export.position()) {
        headers.insert(POSITION, position);
    }
    if let Ok(saved) = HeaderValue::try_from(format!("attachment; filename=\"{noun}.{end}\"")) {
        headers.insert(CONTENT_DISPOSITION, saved);
    }
}

impl Edge {
    /// The response, whose content a task writes.
    async fn export(
        &self,
        path: Result<Path<String>, PathRejection>,
        head: &Parts,
        budget: &mut Budget,
    ) -> Result<Response, HttpError> {
        let address = session::address(&head.extensions);
        let session = self.session(&head.headers, address).await?.ok_or_else(HttpError::unauthenticated)?;
        self.rates.request(&session.caller.subject, budget)?;
        let (noun, format) = path.ok().and_then(|Path(name)| named(&name)).ok_or_else(HttpError::not_found)?;
        let since = since(&head.uri)?;
        let place = self.exports.enter(&session.caller.subject).map_err(HttpError::no_export)?;
        let beginning = self.backend.export(&session.caller, noun, format, since);
        let export = match tokio::time::timeout(self.config.limits.request_timer(), beginning).await {
            Ok(begun) => begun.map_err(|error| failure(error, noun, &session))?,
            Err(_) => return Err(HttpError::timed_out()),
        };
        let mut response = Response::new(Body::empty());
        headers(response.headers_mut(), &export, noun, format);
        if head.method != Method::HEAD {
            response.headers_mut().insert(TRAILER, HeaderValue::from_static("Cpor-SHA256"));
            *response.body_mut() = self.send(export, session, place);
        }
        Ok(response)
    }

    /// The body that a task writes; the place is free again when it ends.
    fn send(&self, export: Export, session: Session, place: Place) -> Body {
        let (parts, received) = mpsc::channel::<Part>(PARTS_WAITING);
        let limit = self.config.limits.export_timer();
        let revocations = self.authenticator.revocations().clone();
        let writing = async move {
            let _place = place;
            let ended = tokio::select! {
                biased;
                () = parts.closed() => "the client disconnected",
                () = sleep(limit) => "it timed out",
                () = sleep(session.remaining()) => "the token expired",
                () = revocations.revoked(&session) => "the token was revoked",
                written = write(export, &parts) => match written {
                    Ok(()) => return,
                    Err(error) => {
                        tracing::error!(?error, "an export failed");
                        return;
                    }
                },
            };
            tracing::info!(reason = ended, "an export was aborted");
        };
        tokio::spawn(self.shutdown.track(writing.in_current_span()));
        body(received)
    }
}

/// Writes the export to its end, as fast as the client reads.
async fn write(mut export: Export, parts: &mpsc::Sender<Part>) -> Result<(), AppError> {
    while let Some(part) = export.next().await? {
        if parts.send(Ok(part)).await.is_err() {
            return Ok(());
        }
    }
    let manifest = export.manifest();
    // The snapshot ends before the client has read the rest.
    drop(export);
    drop(parts.send(Err(manifest)).await);
    Ok(())
}

/// The parts as a body, with the hash in its trailer. Parts without an end are an error: the connection breaks.
fn body(received: mpsc::Receiver<Part>) -> Body {
    let frames = stream::unfold(Some(received), |received| async {
        let mut received = received?;
        match received.recv().await {
            Some(Ok(part)) => Some((Ok(Frame::data(Bytes::from(part))), Some(received))),
            Some(Err(manifest)) => Some((Ok(Frame::trailers(trailer(&manifest))), None)),
            None => Some((Err(axum::Error::new("the export was aborted")), None)),
        }
    });
    Body::new(StreamBody::new(frames))
}

fn trailer(manifest: &Manifest) -> HeaderMap {
    let mut trailer = HeaderMap::new();
    if let Ok(hash) = HeaderValue::from_str(&manifest.sha256) {
        trailer.insert(SHA256, hash);
    }
    trailer
}
