//! One socket that follows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::watch};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::stage::{Fallible, api::Grant};

/// An event that came: the number of the change, when, and its position in the log.
pub struct Arrival {
    pub number: usize,
    pub at: Instant,
    pub position: Box<str>,
}

/// A socket that is subscribed.
pub struct Listener {
    socket: WebSocketStream<TcpStream>,
    heard: Vec<Arrival>,
    /// How much it has heard.
    pub count: Arc<AtomicUsize>,
}

impl Listener {
    /// Connects, and waits until the server has the subscription: a query after it on the same socket is answered.
    pub async fn open(base: &str, grant: Grant) -> Fallible<Self> {
        let address = base.trim_start_matches("http://");
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let tcp = TcpStream::connect(address).await?;
        tcp.set_nodelay(true)?;
        let (mut socket, _) = tokio_tungstenite::client_async(request, tcp).await?;
        let init = json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", grant.0) } });
        let follow =
            "subscription { historyAppended { position action comment { body } claim { id version status } } }";
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": follow } });
        let query = json!({ "type": "subscribe", "id": "2", "payload": { "query": "{ viewer { subject } }" } });
        for message in [init, subscribe, query] {
            socket.send(Message::text(message.to_string())).await?;
        }
        loop {
            let Some(message) = socket.next().await else { return Err("closed before it was subscribed".into()) };
            if let Message::Text(text) = message? {
                let message: Value = serde_json::from_str(&text)?;
                match (message["type"].as_str(), message["id"].as_str()) {
                    (Some("connection_ack"), _) | (Some("next"), Some("2")) => {}
                    (Some("complete"), Some("2")) => break,
                    _ => return Err(message.to_string().into()),
                }
            }
        }
        Ok(Self { socket, heard: Vec::new(), count: Arc::default() })
    }

    /// Listens until told otherwise; what it heard.
    pub async fn listen(mut self, mut ended: watch::Receiver<bool>) -> Fallible<Vec<Arrival>> {
        loop {
            tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(&text)?,
                    Some(Ok(Message::Close(frame))) => return Err(format!("closed: {frame:?}").into()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err("gone".into()),
                },
                _ = ended.changed() => break,
            }
        }
        self.socket.close(None).await?;
        Ok(self.heard)
    }

    /// Reads only what is needed: the machine is the server's too.
    fn hear(&mut self, text: &str) -> Fallible<()> {
        let at = Instant::now();
        let after = |mark: &str, end: char| Some(text.split_once(mark)?.1.split_once(end)?.0);
        let number = after("\"body\":\"#", '#').and_then(|number| number.parse().ok());
        let position = after("\"position\":\"", '"');
        let (Some(number), Some(position)) = (number, position) else {
            return Err(format!("no change: {text}").into());
        };
        self.heard.push(Arrival { number, at, position: position.into() });
        self.count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
