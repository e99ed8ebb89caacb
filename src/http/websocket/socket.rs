//! The life of a socket: greeting, conversation, goodbye.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use domain::caller::Caller;
use serde_json::{Map, Value};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::error::{Error as WireError, ProtocolError};

use super::client::{Client, GOODBYE, Input};
use super::operations::{News, Operations};
use super::protocol::{self, ACKNOWLEDGED, Farewell, Incoming, Kind};
use super::work::{refused, work};
use crate::auth::Session;
use crate::graphql::codes::FORBIDDEN;
use crate::graphql::endpoint::Parts;
use crate::http::error::HttpError;
use crate::http::live::Place;
use crate::http::shutdown::GRACE;
use crate::http::woken::when_woken;
use crate::http::{Edge, session};
use crate::telemetry::{self, Transport};

/// The largest message that a client may send, in bytes.
pub(super) const LARGEST_MESSAGE: usize = 128 * 1024;
/// What may wait to be written, in bytes.
pub(super) const WRITE_BUFFER: usize = 1024 * 1024;
/// The largest message that is sent, in bytes: it fits into the buffer with all around it.
const LARGEST_ANSWER: usize = 1_000_000;
/// After how many pings without any sign of life a client is gone.
const UNANSWERED: u8 = 2;
/// The part of a slow client's timeout after which it is warned.
const PART_OF_TIMEOUT: f32 = 0.75;

/// How a socket ends.
enum Ending {
    /// By the server, with a reason.
    Close(Farewell),
    /// By a fault after which nothing more can be read: what the client still sends lies unread.
    Cut(Farewell),
    /// By the client, or without one.
    Gone,
}

impl From<Farewell> for Ending {
    fn from(farewell: Farewell) -> Self {
        Self::Close(farewell)
    }
}

/// Serves a socket until it ends; `session` is that of the token in the upgrade's header.
pub(super) async fn serve(edge: Arc<Edge>, socket: WebSocket, session: Option<Session>, address: IpAddr, place: Place) {
    let client = Client::new(socket, edge.config.limits.ping_timer());
    let mut connection = Connection { edge, client, place, unanswered: 0 };
    let Err(ending) = connection.live(session, address).await;
    connection.part(ending).await;
}

/// Closes a socket whose client uses another protocol.
pub(super) async fn refuse(socket: WebSocket) {
    let farewell = Farewell::SUBPROTOCOL;
    telemetry::connection_closed(Transport::WebSocket, telemetry::close_code(Some(farewell.code)));
    // No ping is sent meanwhile, so the interval does not matter.
    Client::new(socket, GOODBYE).part(&farewell, true).await;
}

struct Connection {
    edge: Arc<Edge>,
    client: Client,
    place: Place,
    /// How many pings went out since the client was last heard.
    unanswered: u8,
}

impl Connection {
    /// Handles a connection from the handshake to its end. The first source polled wins, so that no event is sent after
    /// the token's expiry.
    async fn live(&mut self, granted: Option<Session>, address: IpAddr) -> Result<Infallible, Ending> {
        let edge = Arc::clone(&self.edge);
        let session = tokio::select! {
            biased;
            () = edge.shutdown.asked() => return Err(Farewell::GOING_AWAY.into()),
            () = sleep(edge.config.limits.init_timer()) => return Err(Farewell::INIT_TIMEOUT.into()),
            greeted = self.greet(granted, address) => greeted?,
        };
        let token_ended = when_woken(async {
            tokio::select! {
                () = sleep(session.remaining()) => {}
                () = edge.authenticator.revocations().revoked(&session) => {}
            }
        });
        let mut operations = Operations::new(edge.config.limits.max_operations_per_socket);
        let conversing = async {
            tokio::select! {
                biased;
                () = when_woken(edge.shutdown.asked()) => {}
                ended = self.converse(&session, &mut operations) => return ended,
            }
            // What has begun may give its answer, as a request that runs may.
            match timeout(GRACE.saturating_sub(GOODBYE), self.finish(&mut operations)).await {
                Ok(Err(ending)) => Err(ending),
                Ok(Ok(())) | Err(_) => Err(Farewell::GOING_AWAY.into()),
            }
        };
        tokio::select! {
            biased;
            () = token_ended => Err(Farewell::FORBIDDEN.into()),
            ended = conversing => ended,
        }
    }

    /// Waits for the client's token, and acknowledges it.
    async fn greet(&mut self, granted: Option<Session>, address: IpAddr) -> Result<Session, Ending> {
        loop {
            match self.hear().await? {
                Incoming::Init(payload) => {
                    let session = session_of(&self.edge, &payload, granted, address).await?;
                    let introduced = self.edge.live.introduce(&mut self.place, &session.caller.subject);
                    introduced.map_err(|_| Farewell::TOO_MANY)?;
                    self.say(ACKNOWLEDGED).await?;
                    return Ok(session);
                }
                Incoming::Ping(payload) => self.say(protocol::pong(payload)).await?,
                Incoming::Pong | Incoming::Complete { .. } => {}
                Incoming::Subscribe { .. } => return Err(Farewell::UNAUTHORIZED.into()),
            }
        }
    }

    /// Handles messages of the client and of its operations, whichever comes first.
    async fn converse(&mut self, session: &Session, operations: &mut Operations) -> Result<Infallible, Ending> {
        loop {
            tokio::select! {
                news = operations.next() => {
                    // By the clock too: the timers of a machine that was suspended are late.
                    if session.remaining().is_zero() {
                        return Err(Farewell::FORBIDDEN.into());
                    }
                    self.tell(operations, news).await?;
                }
                heard = self.hear() => match heard? {
                    Incoming::Subscribe { id, parts } => self.start(&session.caller, operations, &id, parts).await?,
                    Incoming::Complete { id } => operations.end(&id),
                    Incoming::Ping(payload) => self.say(protocol::pong(payload)).await?,
                    Incoming::Pong => {}
                    Incoming::Init(_) => return Err(Farewell::SECOND_INIT.into()),
                },
            }
        }
    }

    /// Sends the responses of running queries and mutations, and accepts nothing new.
    async fn finish(&mut self, operations: &mut Operations) -> Result<(), Ending> {
        operations.end_subscriptions();
        while !operations.is_empty() {
            let news = operations.next().await;
            self.tell(operations, news).await?;
            operations.end_subscriptions();
        }
        Ok(())
    }

    async fn start(
        &mut self,
        caller: &Arc<Caller>,
        operations: &mut Operations,
        id: &str,
        parts: Parts,
    ) -> Result<(), Ending> {
        if operations.has(id) {
            return Err(Farewell::duplicate(id).into());
        }
        let (edge, caller) = (Arc::clone(&self.edge), Arc::clone(caller));
        match operations.start(id, |line| work(edge, caller, parts, line)) {
            Ok(()) => Ok(()),
            Err(failure) => {
                telemetry::Request::begin(Transport::WebSocket).ends(&failure);
                self.say(text(protocol::about(id, Kind::Error, &refused(&failure)))?).await
            }
        }
    }

    async fn tell(&mut self, operations: &mut Operations, news: News) -> Result<(), Ending> {
        let Some((id, kind, payload)) = operations.take(news) else { return Ok(()) };
        if payload.len() > LARGEST_ANSWER {
            operations.end(&id);
            let failure = HttpError::answer_too_large(LARGEST_ANSWER);
            return self.say(text(protocol::about(&id, Kind::Error, &refused(&failure)))?).await;
        }
        self.say(text(protocol::about(&id, kind, &payload))?).await
    }

    /// The next message of the client. Pings that are due go out meanwhile; those of the client are answered by the
    /// library, the last of several only.
    async fn hear(&mut self) -> Result<Incoming, Ending> {
        loop {
            let message = match self.client.next().await {
                Input::Message(message) => message.map_err(fault)?,
                Input::Gone => return Err(Ending::Gone),
                Input::PingDue => {
                    if self.unanswered == UNANSWERED {
                        return Err(Ending::Gone);
                    }
                    self.unanswered += 1;
                    self.send(Message::Ping(Bytes::new())).await?;
                    continue;
                }
            };
            self.unanswered = 0;
            match message {
                Message::Text(text) => return Ok(Incoming::read(&text)?),
                Message::Binary(_) => return Err(Farewell::invalid("it is binary").into()),
                // After a close frame the answer to it is written by reading on.
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
            }
        }
    }

    async fn say(&mut self, text: impl Into<Utf8Bytes>) -> Result<(), Ending> {
        self.send(Message::Text(text.into())).await
    }

    /// Passes a message to the connection. A client that does not read it in time is warned, and loses the connection
    /// after the timeout.
    async fn send(&mut self, message: Message) -> Result<(), Ending> {
        let limit = self.edge.config.limits.slow_reader_timer().mul_f32(PART_OF_TIMEOUT);
        match timeout(limit, self.client.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ending::Gone),
            Err(_) => Err(Farewell::TOO_SLOW.into()),
        }
    }

    async fn part(self, ending: Ending) {
        let code = match &ending {
            Ending::Close(farewell) | Ending::Cut(farewell) => Some(farewell.code),
            Ending::Gone => None,
        };
        telemetry::connection_closed(Transport::WebSocket, telemetry::close_code(code));
        match ending {
            Ending::Close(farewell) => self.client.part(&farewell, true).await,
            Ending::Cut(farewell) => self.client.part(&farewell, false).await,
            Ending::Gone => {}
        }
    }
}

/// The session of the token in the payload, or of the one in the upgrade's header.
async fn session_of(
    edge: &Edge,
    payload: &Map<String, Value>,
    granted: Option<Session>,
    address: IpAddr,
) -> Result<Session, Farewell> {
    let mut values = payload.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let session = match (values.next(), values.next()) {
        (None, _) => granted.ok_or_else(HttpError::unauthenticated),
        (Some((_, Value::String(text))), None) => edge.session_of(session::token_of(text), address).await,
        _ => edge.session_of(None, address).await,
    };
    let session = session.map_err(|failure| {
        let has_no_standing = failure.code() == FORBIDDEN;
        if has_no_standing { Farewell::no_standing(failure.message()) } else { Farewell::FORBIDDEN }
    })?;
    if session.remaining().is_zero() { Err(Farewell::FORBIDDEN) } else { Ok(session) }
}

/// What a fault of the connection means.
fn fault(error: axum::Error) -> Ending {
    match error.into_inner().downcast_ref::<WireError>() {
        Some(WireError::Capacity(_)) => Ending::Cut(Farewell::TOO_BIG),
        Some(WireError::Utf8(_)) => Ending::Cut(Farewell::NOT_UTF8),
        Some(WireError::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Ending::Gone,
        Some(WireError::Protocol(_)) => Ending::Cut(Farewell::PROTOCOL_ERROR),
        _ => Ending::Gone,
    }
}

/// A message for the connection. It is JSON, and therefore always UTF-8.
fn text(message: Vec<u8>) -> Result<Utf8Bytes, Ending> {
    Utf8Bytes::try_from(message).map_err(|_| Ending::Gone)
}
