//! `GET` and `HEAD /documents/{id}`: a proof document, whole or in part (P1), by a bearer token or by a signed address (P2).

mod address;

use std::net::IpAddr;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::kinds::Scope;
use futures_util::StreamExt;

use super::error::HttpError;
use super::rate::Budget;
use super::{Edge, range, session};
use crate::app::{AppError, Download};

/// The longest name in the header, in characters: all that a document's name may have (P1).
const LONGEST_NAME: usize = domain::text::NAME_MAX;

/// Sends a document to callers who may see its claim, or have a signed address of it (P2). Everyone else gets 404 (A4).
pub(super) async fn download(
    State(edge): State<Arc<Edge>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let (method, headers, client) = (request.method(), request.headers(), session::address(request.extensions()));
    let mut budget = Budget::default();
    let response = if let Some(token) = address::token(request.uri()) {
        address::download(&edge, path, &token, (method, headers, client), &mut budget).await
    } else {
        let opened = edge.document(path, (method, headers, client), &mut budget).await;
        opened.unwrap_or_else(IntoResponse::into_response)
    };
    edge.with_budget(response, &budget)
}

/// A document that may be sent.
struct Asked<'a> {
    document: Download,
    shown: Shown,
    /// Whose transfer it is.
    subject: &'a str,
}

impl Asked<'_> {
    /// The document, the part of it that is asked for, or that the client has it already.
    async fn answer(self, edge: &Edge, method: &Method, headers: &HeaderMap) -> Result<Response, HttpError> {
        let Self { document, shown, subject } = self;
        let tag = range::tag(&document.sha256);
        let answer = |status, body| answer(status, &document, &tag, &shown, body);
        if range::is_known(headers, &tag) {
            return Ok(answer(StatusCode::NOT_MODIFIED, Body::empty()));
        }
        if *method == Method::HEAD {
            return Ok(sized(answer(StatusCode::OK, Body::empty()), document.size));
        }
        let (status, part) = match range::asked(headers, &tag, document.size) {
            range::Asked::Whole => (StatusCode::OK, 0..document.size),
            range::Asked::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
            range::Asked::Beyond => return Err(HttpError::beyond_the_end(document.size)),
        };
        let place = edge.transfers.enter(subject).map_err(HttpError::no_transfer)?;
        let content = edge.in_time(document.content(part.clone())).await?;
        // The place is free again when the last piece is sent, or the client has gone.
        let content = content.map(move |piece| {
            let _place = &place;
            piece.map_err(|_| axum::Error::new("the download was aborted"))
        });
        let mut response = sized(answer(status, Body::from_stream(content)), part.end - part.start);
        if status == StatusCode::PARTIAL_CONTENT {
            response.headers_mut().insert(CONTENT_RANGE, place_of(&part, document.size));
        }
        Ok(response)
    }
}

impl Edge {
    /// A document for the caller whom the token names.
    async fn document(
        &self,
        path: Result<Path<String>, PathRejection>,
        (method, headers, client): (&Method, &HeaderMap, IpAddr),
        budget: &mut Budget,
    ) -> Result<Response, HttpError> {
        let caller = self.known_caller(headers, client, budget).await?;
        let Ok(Path(id)) = path else { return Err(HttpError::not_found()) };
        let found = self.in_time(self.backend.open_document(&caller, &id)).await?;
        let document = found.ok_or_else(HttpError::not_found)?;
        let asked = Asked { document, shown: Shown::Saved, subject: &caller.subject };
        asked.answer(self, method, headers).await
    }

    /// What the use case answers, within the time of a request.
    async fn in_time<T>(&self, asking: impl Future<Output = Result<T, AppError>>) -> Result<T, HttpError> {
        match tokio::time::timeout(self.config.limits.request_timer(), asking).await {
            Ok(answer) => answer.map_err(failure),
            Err(_) => Err(HttpError::timed_out()),
        }
    }
}

/// The error of a use case as an answer.
pub(super) fn failure(error: AppError) -> HttpError {
    match error {
        AppError::Forbidden(why) => HttpError::without_scope(why, Scope::ClaimsRead),
        AppError::BadInput(why) => HttpError::bad_input(why),
        AppError::Unavailable(cause) => {
            tracing::warn!(cause, "the database or the document store does not respond");
            HttpError::unavailable()
        }
        AppError::Internal(cause) => HttpError::internal(&cause),
    }
}

/// What a browser does with a document.
enum Shown {
    /// It saves the document.
    Saved,
    /// It shows the document, in frames of the pages that this policy names.
    Inline(HeaderValue),
}

/// An answer about a document.
fn answer(status: StatusCode, document: &Download, tag: &str, shown: &Shown, body: Body) -> Response {
    let media_type = HeaderValue::from_str(&document.media_type);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    let verb = if matches!(shown, Shown::Inline(_)) { "inline" } else { "attachment" };
    headers.insert(CONTENT_DISPOSITION, disposition(verb, &document.name));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(
        CONTENT_SECURITY_POLICY,
        match shown {
            Shown::Inline(policy) => policy.clone(),
            // Should a browser show it after all, it gets no scripts and no origin (T38).
            Shown::Saved => HeaderValue::from_static("sandbox; default-src 'none'"),
        },
    );
    response
}

/// The answer with the length of its body.
fn sized(mut response: Response, length: u64) -> Response {
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    response
}

/// The place of a part, for the client to check.
fn place_of(part: &Range<u64>, size: u64) -> HeaderValue {
    HeaderValue::try_from(format!("bytes {}-{}/{size}", part.start, part.end - 1))
        .unwrap_or(HeaderValue::from_static("bytes */*"))
}

/// `attachment` or `inline` with the name twice: as plain ASCII for old clients, and as it is, percent-encoded (RFC 6266).
fn disposition(verb: &str, name: &str) -> HeaderValue {
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ()".contains(c) { c } else { '_' }).collect();
    let encoded = encoded(&name);
    HeaderValue::from_str(&format!("{verb}; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// The name with everything percent-encoded that is not plain.
fn encoded(name: &str) -> String {
    let mut encoded = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || ".-_".contains(c) {
            encoded.push(c);
            continue;
        }
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.extend(char::from_digit(digit.into(), 16).map(|digit| digit.to_ascii_uppercase()));
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_NAME, disposition};

    #[test]
    fn names_cannot_leave_their_quotes() {
        for (name, header) in [
            ("proof.pdf", "attachment; filename=\"proof.pdf\"; filename*=UTF-8''proof.pdf"),
            ("a\"b\\c.pdf", "attachment; filename=\"a_b_c.pdf\"; filename*=UTF-8''a%22b%5Cc.pdf"),
            ("a\r\nX: y", "attachment; filename=\"aX_ y\"; filename*=UTF-8''aX%3A%20y"),
            (
                "Bericht für Zoë.docx",
                "attachment; filename=\"Bericht f_r Zo_.docx\"; filename*=UTF-8''Bericht%20f%C3%BCr%20Zo%C3%AB.docx",
            ),
            ("../../etc/passwd", "attachment; filename=\".._.._etc_passwd\"; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd"),
        ] {
            assert_eq!(disposition("attachment", name).to_str().unwrap(), header);
        }
        // A whole name of characters that take the most room.
        let longest = disposition("attachment", &"💻".repeat(LONGEST_NAME));
        assert_eq!(longest.to_str().unwrap().matches("%F0%9F%92%BB").count(), LONGEST_NAME);
        assert!(disposition("attachment", &"💻".repeat(5_000)).len() < 2_700);
    }
}
