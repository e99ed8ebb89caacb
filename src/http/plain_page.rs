//! `GET /`: the `GraphiQL` page, for trying the API by hand. Only where it is switched on.
//!
//! `GraphiQL` 4.1.2 is the last line that comes as one script; it and React 18.3.1 are loaded from a CDN, pinned by hashes that
//! were computed from the packages of the npm registry. The page's own script is allowed by its hash, everything else is not;
//! it also follows subscriptions, as event streams, so that no further script has to be loaded for them.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("graphiql.html");
const SCRIPT: &str = include_str!("graphiql.js");
const CDN: &str = "https://cdn.jsdelivr.net/npm/";

/// The page.
pub(super) async fn page() -> Response {
    let mut response = Html(PAGE.replace("/* the page's own script */", SCRIPT)).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy()) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What the page may load and whom it may call.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}' {CDN}; style-src 'unsafe-inline' {CDN}; font-src data:; \
         img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
