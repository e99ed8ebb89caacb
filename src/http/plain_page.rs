//! `GET /` where no console is embedded: one page without dependencies that asks, shows answers and picks a person.
//!
//! Its own script and style are allowed by their hashes, everything else is not; nothing is loaded from elsewhere.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("plain_page.html");
const SCRIPT: &str = include_str!("plain_page.js");
const STYLE: &str = include_str!("plain_page.css");

/// The page.
pub(super) async fn page() -> Response {
    let page = PAGE.replace("/* the page's own script */", SCRIPT).replace("/* the page's own style */", STYLE);
    let mut response = Html(page).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy()) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// What the page may load and which addresses it may call.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}
