//! The pages behind the links in mails: `/consent/{token}` (M3) and `/unsubscribe/{token}` (M5). The holder of a link
//! needs no other token. Opening a page changes nothing; only a POST does.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use url::form_urlencoded;

use super::error::HttpError;
use super::{Edge, body, session};
use crate::app::AppError;
use crate::app::notices::{Followed, Link, LinkKind};
use crate::mail::{Language, pages};

/// The paths of links; the rest of the path is a secret and never logged.
pub(super) const SECRET_PATHS: [&str; 2] = ["/consent/", "/unsubscribe/"];

/// The text in place of the token; text that is not UTF-8 counts as an unknown token.
type AnyPath = Result<Path<String>, PathRejection>;

/// How much of a form is read: a reason of 10,000 characters, percent-encoded.
const LONGEST_FORM: usize = 256 * 1024;

/// Shows the claim, its partner and the deadline, with the button that declines.
pub(super) async fn consent(state: State<Arc<Edge>>, path: AnyPath, request: Request) -> Result<Response, HttpError> {
    show(state, LinkKind::Consent, path, request).await
}

/// Declines (N3), and spends the link.
pub(super) async fn decline(state: State<Arc<Edge>>, path: AnyPath, request: Request) -> Result<Response, HttpError> {
    act(state, LinkKind::Consent, path, request).await
}

/// Shows the button that turns a kind of message off.
pub(super) async fn unsubscribing(
    state: State<Arc<Edge>>,
    path: AnyPath,
    request: Request,
) -> Result<Response, HttpError> {
    show(state, LinkKind::Unsubscribe, path, request).await
}

/// Turns a kind of message off; mail programs do so in one click (RFC 8058).
pub(super) async fn unsubscribe(
    state: State<Arc<Edge>>,
    path: AnyPath,
    request: Request,
) -> Result<Response, HttpError> {
    act(state, LinkKind::Unsubscribe, path, request).await
}

async fn show(
    State(edge): State<Arc<Edge>>,
    kind: LinkKind,
    path: AnyPath,
    request: Request,
) -> Result<Response, HttpError> {
    let link = link(kind, path, request.uri(), request.headers());
    let address = session::address(request.extensions());
    let following = edge.backend.follow_link(link);
    let followed = tokio::time::timeout(edge.config.limits.request_timer(), following)
        .await
        .map_err(|_| HttpError::timed_out())?;
    answer(&edge, followed, address)
}

async fn act(
    State(edge): State<Arc<Edge>>,
    kind: LinkKind,
    path: AnyPath,
    request: Request,
) -> Result<Response, HttpError> {
    let mut link = link(kind, path, request.uri(), request.headers());
    let address = session::address(request.extensions());
    let (head, content) = request.into_parts();
    let form = body::read(&head.headers, content, LONGEST_FORM).await?;
    let reason = form_urlencoded::parse(&form).find(|(name, _)| name == "reason").map(|(_, text)| text.into_owned());
    link.acts = true;
    link.reason = reason;
    // It runs to its end, whatever becomes of its client.
    let doing = tokio::spawn(edge.shutdown.track({
        let edge = Arc::clone(&edge);
        async move { edge.backend.follow_link(link).await }
    }));
    let done =
        tokio::time::timeout(edge.config.limits.request_timer(), doing).await.map_err(|_| HttpError::timed_out())?;
    answer(&edge, done.map_err(|_| HttpError::internal("a handler panicked"))?, address)
}

fn link(kind: LinkKind, path: AnyPath, uri: &Uri, headers: &HeaderMap) -> Link {
    let query = uri.query().unwrap_or_default();
    let chosen = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang");
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|header| header.to_str().ok());
    Link {
        kind,
        token: path.map(|Path(token)| token).unwrap_or_default(),
        acts: false,
        reason: None,
        language: chosen.and_then(|(_, tag)| Language::known(&tag)),
        accepted: Language::accepted(accepted),
    }
}

fn answer(edge: &Edge, followed: Result<Followed, AppError>, address: std::net::IpAddr) -> Result<Response, HttpError> {
    let followed = match followed {
        Ok(followed) => followed,
        Err(AppError::Unavailable(cause)) => {
            tracing::warn!(cause, "the database does not respond");
            return Err(HttpError::unavailable());
        }
        Err(error) => return Err(HttpError::internal(&format!("{error:?}"))),
    };
    let status = match &followed {
        Followed::Page(_) => StatusCode::OK,
        Followed::Refused(_) => StatusCode::BAD_REQUEST,
        Followed::Gone(_) => {
            // Guessing is slow; good links from the same address stay good.
            edge.rates.bad_token(address)?;
            StatusCode::NOT_FOUND
        }
    };
    let (Followed::Page(html) | Followed::Refused(html) | Followed::Gone(html)) = followed;
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    let policy = HeaderValue::try_from(pages::security_policy());
    headers.insert(CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static("default-src 'none'")));
    Ok(response)
}
