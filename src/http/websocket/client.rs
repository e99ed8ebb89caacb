//! The client of a socket, for the socket's task: its messages, the pings that are due, and what is sent to it.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use futures_util::future::ready;
use futures_util::stream::{self, BoxStream, SelectAll, SplitSink, StreamExt};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::protocol::Farewell;

/// How long the end of a connection may take: the client is to read why.
pub(super) const GOODBYE: Duration = Duration::from_secs(3);

/// What the task waits for.
pub(super) enum Input {
    /// A message from the client, or the connection's error.
    Message(Result<Message, axum::Error>),
    /// The client has disconnected.
    Gone,
    /// It is time for a ping.
    PingDue,
}

/// The client of a socket. The connection is polled for messages only when it was woken, not for each event that is sent.
pub(super) struct Client {
    sink: SplitSink<WebSocket, Message>,
    inputs: SelectAll<BoxStream<'static, Input>>,
}

impl Client {
    /// The client of this socket; a ping is due every `ping_interval`.
    pub(super) fn new(socket: WebSocket, ping_interval: Duration) -> Self {
        let (sink, messages) = socket.split();
        let messages = messages.map(Input::Message).chain(stream::once(ready(Input::Gone)));
        let mut pings = interval(ping_interval);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // The first is due after the time between two.
        pings.reset();
        let pings = stream::unfold(pings, |mut pings| async move {
            pings.tick().await;
            Some((Input::PingDue, pings))
        });
        Self { sink, inputs: SelectAll::from_iter([messages.boxed(), pings.boxed()]) }
    }

    /// The next input; waits until there is one.
    pub(super) async fn next(&mut self) -> Input {
        // Pings never end, so there is always one.
        self.inputs.next().await.unwrap_or(Input::Gone)
    }

    /// Passes a message to the connection, and waits until it is written. If this future is dropped, the message may stay
    /// queued; the next call then writes it first.
    ///
    /// # Errors
    /// When nothing more can be sent: the client has disconnected, or a close frame was sent.
    pub(super) async fn send(&mut self, message: Message) -> Result<(), axum::Error> {
        self.sink.send(message).await
    }

    /// Sends the reason for closing, and gives the client time to read it ([`GOODBYE`]): a connection that is dropped with
    /// unread data is reset, and the client would not see the reason. If `readable`, what the client still sends is read and
    /// discarded until it closes; otherwise nothing is read.
    pub(super) async fn part(mut self, farewell: &Farewell, readable: bool) {
        tracing::debug!(code = farewell.code, reason = %farewell.reason, "a WebSocket is closed");
        let closing = async {
            let said = self.send(Message::Close(Some(farewell.frame()))).await;
            if readable {
                while let Input::Message(Ok(_)) | Input::PingDue = self.next().await {}
            } else if said.is_ok() {
                std::future::pending::<()>().await;
            }
        };
        // Only a courtesy: it ends in time or is broken off.
        let _ = timeout(GOODBYE, closing).await;
    }
}
