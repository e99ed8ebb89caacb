//! What lies around every route: request ids, the log, CORS, headers, compression, and the net under a panic.
//!
//! Most of it is one service, [`Around`], because each layer moves the request and the response once more. A stack of twelve layers
//! took a sixth of the instructions of a small request, and caused a third of its cache misses when writing.

use std::any::Any;
use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use tower::layer::layer_fn;
use tower::{Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use tracing::Instrument;

use super::compression::Encodings;
use super::error::HttpError;
use super::log::Line;
use super::metadata::Pointer;
use super::rate::{RATE_LIMIT, RATE_LIMIT_POLICY};
use super::rest::Rest;
use super::{exports, host, origin};
use crate::config::Config;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long a browser may remember what a preflight was answered.
const PREFLIGHT_FOR: Duration = Duration::from_mins(10);

/// The longest request id that is taken from a client.
const LONGEST_ID: usize = 64;

/// Puts the layers around the routes; the first one is the outermost.
pub(super) fn around(routes: Router, config: &Config) -> Router {
    let origins = &config.cors_origins;
    let public_url: Option<Arc<str>> = config.public_url.as_deref().map(Arc::from);
    // One stack and not a layer after the other: the router makes every layer it is given a boxed service of its own.
    let layers = ServiceBuilder::new()
        .layer(layer_fn(move |inner| Around { inner, public_url: public_url.clone() }))
        .option_layer((!origins.is_empty()).then(|| cors(origins)))
        .layer(CatchPanicLayer::custom(panicked))
        // Handlers read bodies themselves, with limits of their own.
        .layer(DefaultBodyLimit::disable());
    routes.layer(layers)
}

/// What is done before a request reaches its route, and to the response that the route returns.
#[derive(Clone)]
struct Around<S> {
    inner: S,
    public_url: Option<Arc<str>>,
}

impl<S> Service<Request> for Around<S>
where
    S: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let id = identify(request.headers_mut());
        let (span, line) = Line::begin(&request);
        let encodings = Encodings::of(request.headers());
        let pointer = Pointer::of(&request, self.public_url.as_ref());
        let rest = Rest::watch(&mut request);
        // Nothing runs yet: a route runs when its future is polled, which is within the span.
        let answering = host::check(&request).map(|()| self.inner.call(request));
        Box::pin(
            async move {
                let mut response = match answering {
                    Ok(answered) => answered.await.into_response(),
                    Err(refusal) => refusal.into_response(),
                };
                rest.settle(&mut response).await;
                let headers = response.headers_mut();
                pointer.add(headers);
                headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
                headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
                if let Some(id) = id {
                    headers.insert(REQUEST_ID, id);
                }
                let response = encodings.compress(response).await;
                line.end(response.status());
                Ok(response)
            }
            .instrument(span),
        )
    }
}

/// The id of a request: the client's if it is plain and short, because it is in every log line and in the response (T41);
/// otherwise a new one, which replaces it in the request.
fn identify(headers: &mut HeaderMap) -> Option<HeaderValue> {
    let mut given = headers.get_all(REQUEST_ID).iter();
    if let (Some(id), None) = (given.next(), given.next())
        && is_plain(id)
    {
        return Some(id.clone());
    }
    let id = HeaderValue::from_str(&crate::ids::new().to_string()).ok()?;
    headers.insert(REQUEST_ID, id.clone());
    Some(id)
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
