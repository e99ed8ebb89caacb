//! From an HTTP request to a WebSocket: who may have one, and how large its buffers are.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::request::Parts as Head;
use axum::response::Response;
use tracing::Instrument;

use super::protocol::SUBPROTOCOL;
use super::socket::{self, LARGEST_MESSAGE, WRITE_BUFFER};
use crate::config::Config;
use crate::http::error::HttpError;
use crate::http::{Edge, log, origin, session};
use crate::ids;
use crate::telemetry::{self, Transport};

/// The size of the read buffer. Most messages are shorter, and every idle socket keeps it.
const READ_BUFFER: usize = 1024;

/// Whether a request asks for a WebSocket.
pub(in crate::http) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Upgrades a request to a WebSocket, for pages of known origins and for programs, up to the limit.
///
/// # Errors
/// 403 for a page of another origin, 401 or 403 for a bad token in the header, 503 if the limit is reached or the
/// server is stopping, 400 if the request is not a handshake.
pub(in crate::http) async fn upgrade(edge: Arc<Edge>, mut head: Head) -> Result<Response, HttpError> {
    if !is_origin_known(&head.headers, &edge.config) {
        return Err(HttpError::forbidden("Pages of this origin may not connect. Allow it with --cors-origins."));
    }
    let address = session::address(&head.extensions);
    let session = edge.session(&head.headers, address).await?;
    if edge.shutdown.is_asked() {
        return Err(HttpError::unavailable());
    }
    let place = match &session {
        Some(session) => edge.live.enter(&session.caller.subject),
        None => edge.live.enter_as_stranger(),
    };
    let place = place.map_err(HttpError::no_room)?;
    let handshake = WebSocketUpgrade::from_request_parts(&mut head, &()).await;
    let handshake = handshake
        .map_err(|refused| {
            HttpError::malformed(format!("The request is not a WebSocket handshake: {}.", refused.body_text()))
        })?
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(READ_BUFFER)
        .max_write_buffer_size(WRITE_BUFFER)
        .max_frame_size(LARGEST_MESSAGE)
        .max_message_size(LARGEST_MESSAGE);
    let acceptable = handshake.selected_protocol().is_some();
    let span = telemetry::socket_span(log::request_id(&head.headers), &ids::new().to_string());
    Ok(handshake.on_upgrade(move |socket| {
        let shutdown = edge.shutdown.clone();
        let life = async move {
            let _counted = telemetry::live_connection(Transport::WebSocket);
            if acceptable {
                socket::serve(edge, socket, session, address, place).await;
            } else {
                socket::refuse(socket).await;
            }
        };
        shutdown.track(life.instrument(span))
    }))
}

/// Whether the requesting page may connect. Programs send no origin; pages of this server have its own or its public
/// address (T44). CORS does not cover WebSockets.
fn is_origin_known(headers: &HeaderMap, config: &Config) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let (Ok(origin), None) = (origin.to_str(), origins.next()) else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let same_host = || authority(origin).zip(host).is_some_and(|(page, host)| page.eq_ignore_ascii_case(host));
    let public = config.public_url.as_deref().map(origin_of);
    origin::is_known(&config.cors_origins, origin)
        || public.is_some_and(|public| public.eq_ignore_ascii_case(origin))
        || same_host()
}

/// Host and port of an origin.
fn authority(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, authority)| authority)
}

/// The origin of a web address: all before its path.
fn origin_of(url: &str) -> &str {
    let path = url.split_once("://").and_then(|(scheme, rest)| Some(scheme.len() + 3 + rest.find('/')?));
    path.map_or(url, |path| &url[..path])
}
