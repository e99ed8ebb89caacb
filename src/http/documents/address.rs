//! `GET` and `HEAD /documents/{id}?token=..`: a document by a signed address, without a bearer token (P2).
//!
//! A token that is forged, expired or another document's, and a document that is gone, are answered alike. The address may
//! be opened in a browser, so a refusal is a page where the client takes one.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use axum::response::{IntoResponse, Response};
use domain::proof::{JPEG, PDF, PNG};
use url::form_urlencoded;

use super::{Asked, Shown};
use crate::app::Addressed;
use crate::documents::Disposition;
use crate::http::Edge;
use crate::http::error::HttpError;
use crate::http::rate::Budget;

/// What a browser may show in place of saving it. Anything else is an attachment, whatever the address says.
const SHOWN: [&str; 3] = [PDF, PNG, JPEG];

/// The token of a signed address; nothing where the query has none.
pub(super) fn token(uri: &Uri) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
}

/// Sends the document that the address opens.
pub(super) async fn download(
    edge: &Edge,
    path: Result<Path<String>, PathRejection>,
    token: &str,
    (method, headers, client): (&Method, &HeaderMap, IpAddr),
    budget: &mut Budget,
) -> Response {
    let mut response = match opened(edge, path, token, (method, headers, client), budget).await {
        Ok(response) => response,
        Err(failure) if takes_pages(headers) => failure.page(),
        Err(failure) => failure.into_response(),
    };
    let headers = response.headers_mut();
    // The address is a secret: it is not sent to pages that the document links to, and no cache keeps what it opened.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    response
}

async fn opened(
    edge: &Edge,
    path: Result<Path<String>, PathRejection>,
    token: &str,
    (method, headers, client): (&Method, &HeaderMap, IpAddr),
    budget: &mut Budget,
) -> Result<Response, HttpError> {
    let found = match path {
        Ok(Path(id)) => edge.in_time(edge.backend.open_address(&id, token)).await?,
        Err(_) => None,
    };
    let Some(Addressed { document, disposition, maker }) = found else {
        // Guessing is slow; valid addresses stay valid for the same client.
        edge.rates.bad_token(client)?;
        return Err(HttpError::address_not_valid());
    };
    // Counted for the caller who requested the address, apart from what that caller does with a bearer token.
    let subject = format!("document address {maker}");
    edge.rates.request(&subject, budget)?;
    let is_shown = disposition == Disposition::Inline && SHOWN.contains(&document.media_type.as_str());
    let shown = if is_shown { Shown::Inline(policy(&edge.config.cors_origins)) } else { Shown::Saved };
    Asked { document, shown, subject: &subject }.answer(edge, method, headers).await
}

/// What a document that is shown may do: nothing. Pages of this server, and of the origins that may call it, may frame it.
fn policy(origins: &[String]) -> HeaderValue {
    let framed_by = origins.iter().fold("'self'".to_owned(), |all, origin| format!("{all} {origin}"));
    let policy = format!("sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors {framed_by}");
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("sandbox; default-src 'none'"))
}

/// Whether the client is a browser that opens the address.
fn takes_pages(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

impl HttpError {
    /// The same as a page.
    fn page(self) -> Response {
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width\">\n<title>The document cannot be shown</title>\n<h1>The document cannot be \
             shown</h1>\n<p>{}</p>\n<p><code>{}</code></p>\n</html>\n",
            self.message(),
            self.code()
        );
        let mut response = self.into_response();
        *response.body_mut() = Body::from(page);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'self'"));
        response
    }
}
