//! `/metrics`, for Prometheus. Metrics reveal the total activity, so not every caller may read them.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, FORWARDED, HeaderValue, VIA};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::error::HttpError;
use super::{Edge, session};
use crate::config::Secret;
use crate::telemetry;

/// Prometheus' text format.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Every metric, for callers who may read them.
pub(super) async fn metrics(State(edge): State<Arc<Edge>>, request: Request) -> Result<Response, HttpError> {
    edge.may_read_metrics(request.headers(), session::address(request.extensions()))?;
    for pool in edge.backend.pools() {
        telemetry::pool(pool.name, pool.used, pool.idle, pool.limit);
    }
    let text = telemetry::render().ok_or_else(HttpError::unavailable)?;
    Ok(([(CONTENT_TYPE, TEXT)], text).into_response())
}

impl Edge {
    /// With a token configured: its bearer. Without one: callers on this machine; and nobody if a proxy may be in
    /// front, behind which every caller seems to be on this machine.
    fn may_read_metrics(&self, headers: &HeaderMap, address: IpAddr) -> Result<(), HttpError> {
        let Some(token) = &self.config.metrics_token else {
            let is_alone = self.config.public_url.is_none() && self.config.listen.ip().to_canonical().is_loopback();
            return if is_alone && is_near(headers, address) { Ok(()) } else { Err(HttpError::not_found()) };
        };
        match session::bearer(headers) {
            Some(given) if equal(given, token) => Ok(()),
            _ => {
                self.rates.bad_token(address)?;
                Err(HttpError::unauthenticated())
            }
        }
    }
}

/// Whether the request is from this machine itself: a proxy on the same machine names its client.
fn is_near(headers: &HeaderMap, address: IpAddr) -> bool {
    let passed_on =
        headers.keys().any(|name| name == FORWARDED || name == VIA || name.as_str().starts_with("x-forwarded-"));
    address.to_canonical().is_loopback() && !passed_on
}

/// Compares in constant time: hashes, to their end.
fn equal(given: &str, token: &Secret) -> bool {
    let (given, token) = (Sha256::digest(given.as_bytes()), Sha256::digest(token.as_bytes()));
    given.iter().zip(token.iter()).fold(0, |differences, (given, token)| differences | (given ^ token)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_near() {
        let none = HeaderMap::new();
        for (address, near) in [
            ("127.0.0.1", true),
            ("127.8.9.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(is_near(&none, address.parse().unwrap()), near, "{address}");
        }
        for name in ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "X-Forwarded-Proto"] {
            let headers = [(name.parse().unwrap(), HeaderValue::from_static(""))].into_iter().collect();
            assert!(!is_near(&headers, "127.0.0.1".parse().unwrap()), "{name}");
        }
    }

    #[test]
    fn tokens_are_equal_as_a_whole() {
        let token = Secret::from("the token of the metrics");
        assert!(equal("the token of the metrics", &token));
        for wrong in ["", "the token of the metric", "the token of the metrics ", "The token of the metrics"] {
            assert!(!equal(wrong, &token), "{wrong}");
        }
    }
}
