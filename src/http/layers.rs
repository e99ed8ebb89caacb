//! What lies around every route: request ids, the log, CORS, headers, and the net under a panic.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, RETRY_AFTER,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::error::HttpError;
use super::rate::{RATE_LIMIT, RATE_LIMIT_POLICY};
use super::{exports, host, log, metadata, origin, rest};
use crate::config::Config;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// From how many bytes on an answer is compressed: a shorter one is one packet either way.
const SHORTEST_COMPRESSED: u64 = 1_400;

/// How long a browser may remember what a preflight was answered.
const PREFLIGHT_FOR: Duration = Duration::from_mins(10);

/// The longest request id that is taken from a client.
const LONGEST_ID: usize = 64;

/// Puts the layers around the routes; the first one is the outermost.
pub(super) fn around(routes: Router, config: &Config) -> Router {
    let origins = &config.cors_origins;
    // One stack and not a layer after the other: the router makes every layer it is given a boxed service of its own.
    let layers = ServiceBuilder::new()
        .layer(map_request(without_strange_id))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewId))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(from_fn(log::request))
        .layer(compression())
        .layer(from_fn(rest::of_body))
        .layer(from_fn(host::is_one))
        .option_layer((!origins.is_empty()).then(|| cors(origins)))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(from_fn_with_state(config.public_url.as_deref().map(Arc::from), metadata::point_to))
        .layer(CatchPanicLayer::custom(panicked))
        // Handlers read bodies themselves, with limits of their own.
        .layer(DefaultBodyLimit::disable());
    routes.layer(layers)
}

/// Removes a client's request id unless it is plain and short, because it is in every log line and in the response
/// (T41).
async fn without_strange_id(mut request: Request) -> Request {
    let mut given = request.headers().get_all(REQUEST_ID).iter();
    let (first, second) = (given.next(), given.next());
    if first.is_some_and(|id| second.is_some() || !is_plain(id)) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// Whether it is 1 to 64 letters, digits, dots, underscores and hyphens.
fn is_plain(id: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(plain)
}

/// The answer where a handler panicked; the panic itself is in the log already.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    HttpError::internal("a handler panicked").into_response()
}

/// Answers are compressed where the client takes it and it pays. Streams of events are not: an event would wait in the
/// compressor; nor documents, which are compressed in themselves or read in parts.
fn compression() -> CompressionLayer<impl Predicate> {
    let pays =
        SizeAbove::new(SHORTEST_COMPRESSED).and(|_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
            let of = headers.get(CONTENT_TYPE).and_then(|of| of.to_str().ok()).unwrap_or_default();
            !headers.contains_key(CONTENT_DISPOSITION)
                && [
                    "application/json",
                    "application/graphql-response+json",
                    "text/html",
                    "text/plain",
                    "text/javascript",
                ]
                .iter()
                .any(|plain| of.starts_with(plain))
        });
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(pays)
}

/// Pages of these origins may call the server. Tokens travel in a header and never in a cookie, so no credentials are let through.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        let known = origins.to_vec();
        AllowOrigin::predicate(move |page, _| page.to_str().is_ok_and(|page| origin::is_known(&known, page)))
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            ACCEPT_RANGES,
            CONTENT_DISPOSITION,
            CONTENT_RANGE,
            ETAG,
            exports::POSITION,
            exports::ROWS,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
            REQUEST_ID,
            RETRY_AFTER,
            WWW_AUTHENTICATE,
        ])
        .max_age(PREFLIGHT_FOR)
}

/// Gives each request an id.
#[derive(Clone, Copy)]
struct NewId;

impl MakeRequestId for NewId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&crate::ids::new().to_string()).ok().map(RequestId::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_plain_and_short() {
        let longest = "a".repeat(LONGEST_ID);
        for plain in ["1", "0191d7f0-5c1c-7a2e-9d6b-1f0c5b0e4a11", "A.b_c-9", &longest] {
            assert!(is_plain(&HeaderValue::from_str(plain).unwrap()), "{plain}");
        }
        let longer = format!("{longest}a");
        for strange in ["", "a b", "a\tb", "a\"b", "{}", "a\u{e9}", "a/b", &longer] {
            assert!(!is_plain(&HeaderValue::from_bytes(strange.as_bytes()).unwrap()), "{strange}");
        }
    }
}
