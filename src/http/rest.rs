//! Unread request bodies: what happens when a request is rejected before its body was read.
//!
//! In HTTP/1.1 the next request begins where the body ends. A short unread body is drained, so that the connection can be
//! reused; after a long one the response carries `Connection: close`. Without this, a pooling client would lose its next request.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, EXPECT};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt;

/// The longest unread body that is drained, in bytes, and the time limit for draining it.
const LONGEST: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_millis(500);

/// What a handler may leave of a body.
pub(super) struct Rest {
    /// Where the body puts what was left of it; nothing for a request without a body.
    left: Option<Left>,
    /// The client waits to be asked for the body: it has not sent it, and must not be asked now.
    waits: bool,
}

impl Rest {
    /// Watches what is read of a request's body.
    pub(super) fn watch(request: &mut Request) -> Self {
        if request.body().is_end_stream() {
            return Self { left: None, waits: false };
        }
        let left = Left::default();
        let body = mem::take(request.body_mut());
        *request.body_mut() = Body::new(Watched { body: Some(body), left: left.clone() });
        Self { left: Some(left), waits: request.headers().contains_key(EXPECT) }
    }

    /// Drains what a handler left unread, or announces that the connection closes.
    pub(super) async fn settle(self, response: &mut Response) {
        let Some(body) = self.left.and_then(|left| left.take()) else { return };
        let is_read = !self.waits && tokio::time::timeout(TIMEOUT, Box::pin(read(body))).await.unwrap_or(false);
        if !is_read {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// Drains a body; false if it is too long or broke off.
async fn read(mut body: Body) -> bool {
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if length > LONGEST {
            return false;
        }
    }
    true
}

/// Receives the body that a handler dropped before its end.
#[derive(Clone, Default)]
struct Left(Arc<Mutex<Option<Body>>>);

impl Left {
    fn put(&self, body: Body) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }

    fn take(&self) -> Option<Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A body that passes on its unread rest when it is dropped.
struct Watched {
    body: Option<Body>,
    left: Left,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) {
            self.left.put(body);
        }
    }
}
