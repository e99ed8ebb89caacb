//! `Host`: a request names its host once (RFC 9112, 3.2). With two of them, a proxy and this server could each take another
//! one for the host that is meant.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::Version;
use axum::http::header::HOST;

use super::error::HttpError;

/// Refuses requests with several `Host` headers, and those of HTTP/1.1 without one.
pub(super) fn check(request: &Request) -> Result<(), HttpError> {
    let count = request.headers().get_all(HOST).iter().count();
    let needs_one =
        request.version() >= Version::HTTP_11 && request.extensions().get::<ConnectInfo<SocketAddr>>().is_some();
    if count > 1 || (count == 0 && needs_one) {
        return Err(HttpError::malformed("A request must have exactly one Host header."));
    }
    Ok(())
}
