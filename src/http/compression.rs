//! Compressing responses for clients that take it, where it pays.

use std::convert::Infallible;
use std::future::ready;
use std::mem;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::response::Response;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

/// From how many bytes on a response is compressed: a shorter one is one packet either way.
const SHORTEST_COMPRESSED: u64 = 1_400;

/// The media types that are compressed. Streams of events are not: an event would wait in the compressor; nor documents, which
/// are compressed in themselves or read in parts.
const COMPRESSED: [&str; 5] =
    ["application/json", "application/graphql-response+json", "text/html", "text/plain", "text/javascript"];

/// The encodings that a client takes.
pub(super) struct Encodings(HeaderMap);

impl Encodings {
    /// Those that a request names.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(ACCEPT_ENCODING).iter().map(|value| (ACCEPT_ENCODING, value.clone())).collect())
    }

    /// Compresses the response if that saves packets and the client accepts it. Other responses do not pass through the layer: its
    /// body type has room for every compressor, and is moved four times even if nothing is compressed.
    pub(super) async fn compress(self, response: Response) -> Response {
        let pays = SizeAbove::new(SHORTEST_COMPRESSED).and(is_compressed);
        if !pays.should_compress(&response) {
            return response;
        }
        let mut request = Request::new(Body::empty());
        *request.headers_mut() = self.0;
        let status = response.status();
        let mut response = response;
        let answered = move |_: Request| ready(Ok::<_, Infallible>(mem::take(&mut response)));
        let layer = CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(pays);
        match layer.layer(service_fn(answered)).oneshot(request).await {
            Ok(mut response) => {
                // The layer answers 406 to a client that accepts no encoding, although the request has been executed.
                *response.status_mut() = status;
                response.map(Body::new)
            }
            Err(never) => match never {},
        }
    }
}

/// Whether responses with these headers are compressed.
fn is_compressed(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !headers.contains_key(CONTENT_DISPOSITION) && COMPRESSED.iter().any(|plain| media_type.starts_with(plain))
}
