//! W5: subscribers over `graphql-transport-ws`, one subscription per socket; every subscriber gets the same messages.

use std::sync::Arc;

use axum::{
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use futures_util::{SinkExt, StreamExt, stream::poll_fn};
use tokio::sync::broadcast;
use tokio_postgres::{AsyncMessage, Error, NoTls};
use uuid::Uuid;

use crate::{App, body::Body, reads::CLAIM};

/// A message to every subscriber, written once.
pub type Change = Utf8Bytes;

/// Listens to the database and passes every change on.
pub async fn listen(url: &str, changes: broadcast::Sender<Change>) -> Result<(), Error> {
    let (client, mut connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        let mut messages = poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(change) = message
                && let Some(change) = message_of(change.payload())
            {
                // There may be no subscriber.
                let _ = changes.send(change);
            }
        }
    });
    client.batch_execute("LISTEN limit_status").await?;
    // The connection ends with its client.
    std::mem::forget(client);
    Ok(())
}

/// The message of a notification: the claim's id, status and version.
fn message_of(payload: &str) -> Option<Change> {
    let mut words = payload.split(' ');
    let id: Uuid = words.next()?.parse().ok()?;
    let (status, version) = (words.next()?, words.next()?.parse().ok()?);
    let mut body = Body::new(256);
    body.raw("{\"id\":\"1\",\"type\":\"next\",\"payload\":{\"data\":{\"claimStatusChanged\":{\"claim\":{\"id\":");
    body.id(CLAIM, id).raw(",\"status\":").text(status).raw(",\"version\":").number(version).raw("}}}}}");
    String::from_utf8(body.0).ok().map(Into::into)
}

pub async fn socket(State(app): State<Arc<App>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["graphql-transport-ws"]).on_upgrade(move |socket| serve(socket, app))
}

async fn serve(socket: WebSocket, app: Arc<App>) {
    let (mut outgoing, mut incoming) = socket.split();
    while let Some(Ok(message)) = incoming.next().await {
        let Message::Text(text) = message else { continue };
        if text.contains("connection_init") {
            if outgoing.send(Message::text(r#"{"type":"connection_ack"}"#)).await.is_err() {
                return;
            }
        } else if text.contains("\"subscribe\"") {
            let mut changes = app.changes.subscribe();
            tokio::spawn(async move {
                while let Ok(change) = changes.recv().await {
                    if outgoing.send(Message::Text(change)).await.is_err() {
                        return;
                    }
                }
            });
            break;
        }
    }
    while let Some(Ok(_)) = incoming.next().await {}
}
