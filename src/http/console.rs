//! The console that `scripts/console` built into `web/dist`, embedded in the program.
//!
//! A release build contains the files; a debug build reads them from the folder when they are asked for. Without them
//! [`is_built`] is false, and the server offers [`plain_page`](super::plain_page) instead. Files of `assets/` have the hash
//! of their content in their names, so they never change; every other address of the console is its one page.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::Embed;

use super::Edge;
use super::error::HttpError;

#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

const INDEX: &str = "index.html";

/// What the pages may load and which addresses they may call: this server's own, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
                      font-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// The codings that Vite's build wrote beside each file, the smaller one first, with their file extensions.
const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Whether there is a console to serve.
pub(super) fn is_built() -> bool {
    Dist::get(INDEX).is_some()
}

/// The routes of the console, the first page included.
pub(super) fn routes(router: Router<Arc<Edge>>) -> Router<Arc<Edge>> {
    router
        .route("/", get(page))
        .route("/graphiql", get(page))
        .route("/console", get(page))
        .route("/console/", get(page))
        .route("/console/{*path}", get(page))
        .route("/assets/{name}", get(asset))
        .route("/icon.svg", get(icon))
}

/// The people of a demo with their tokens, for its first page.
///
/// # Errors
/// `NOT_FOUND` where the server is no demo, `FORBIDDEN` for a page of another origin: the demo's CORS settings let such
/// pages use the API with a token, not take all of them.
pub(super) async fn people(State(edge): State<Arc<Edge>>, headers: HeaderMap) -> Result<Response, HttpError> {
    let Some(people) = &edge.config.people else { return Err(HttpError::not_found()) };
    let site = headers.get("sec-fetch-site").map_or(&b"none"[..], HeaderValue::as_bytes);
    if !matches!(site, b"same-origin" | b"none") {
        return Err(HttpError::forbidden("Pages of other origins may not read the demo's tokens."));
    }
    let mut response = Response::new(Body::from(people.as_bytes().to_vec()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn page(headers: HeaderMap) -> Result<Response, HttpError> {
    let mut response = file(INDEX, "no-cache", &headers)?;
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, HttpError> {
    file(&format!("assets/{name}"), "public, max-age=31536000, immutable", &headers)
}

async fn icon(headers: HeaderMap) -> Result<Response, HttpError> {
    file("icon.svg", "no-cache", &headers)
}

/// A file in the smallest coding that the client accepts.
fn file(name: &str, cache: &'static str, request: &HeaderMap) -> Result<Response, HttpError> {
    let media_type = media_type(name).ok_or_else(HttpError::not_found)?;
    let compressed = CODINGS
        .into_iter()
        .filter(|(coding, _)| accepts(request, coding))
        .find_map(|(coding, extension)| Some((Some(coding), Dist::get(&format!("{name}.{extension}"))?)));
    let plain = || Dist::get(name).map(|file| (None, file));
    let (coding, file) = compressed.or_else(plain).ok_or_else(HttpError::not_found)?;
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(file.metadata.sha256_hash()));
    let mut response = Response::new(Body::empty());
    if request.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(file.data);
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

/// Whether the client names the coding and does not rule it out by `q=0`.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let accepted = request.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|part| {
        let (name, parameters) = part.split_once(';').unwrap_or((part, ""));
        let ruled_out = matches!(parameters.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        name.trim().eq_ignore_ascii_case(coding) && !ruled_out
    })
}

fn media_type(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_accepted_where_it_is_named() {
        for (header, brotli) in
            [("br", true), ("gzip, deflate, br;q=0.9", true), ("gzip", false), ("br;q=0, gzip", false), ("", false)]
        {
            let mut request = HeaderMap::new();
            request.insert(ACCEPT_ENCODING, HeaderValue::from_static(header));
            assert_eq!(accepts(&request, "br"), brotli, "{header}");
        }
        assert!(!accepts(&HeaderMap::new(), "br"));
    }

    #[test]
    fn only_kinds_that_the_build_makes_are_served() {
        assert_eq!(media_type("assets/index-1.js"), Some("text/javascript; charset=utf-8"));
        assert_eq!((media_type("index.html.br"), media_type("Cargo")), (None, None));
    }
}
