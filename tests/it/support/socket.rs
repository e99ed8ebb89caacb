//! A WebSocket as a client has it: `graphql-transport-ws`, frame by frame where a test needs it.

use std::{collections::VecDeque, time::Duration};

use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

use super::{caller::Caller, server::Faults};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The header of the protocol, for [`Socket::raw`].
pub const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

/// A connected WebSocket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
    /// What has come and was not asked for yet.
    waiting: VecDeque<Value>,
    /// With what the server closed, and when that was seen.
    ended: Option<(u16, String)>,
    /// The id of the last operation.
    last: u32,
    /// Faults of the server are noted here, as of answers over HTTP.
    faults: Faults,
}

/// An upgrade that the server did not do.
#[derive(Debug)]
pub struct Refused {
    pub status: StatusCode,
    pub retry_after: Option<String>,
    pub body: Value,
}

impl Socket {
    /// A socket of this caller, acknowledged.
    pub async fn of(caller: &Caller) -> Self {
        let mut socket = Self::silent(caller).await;
        socket.init(caller).await;
        socket
    }

    /// A socket of nobody yet: connected, and nothing sent.
    pub async fn silent(caller: &Caller) -> Self {
        let socket = Self::raw(&caller.base, &[PROTOCOL]).await.expect("an upgrade");
        Self { faults: caller.faults.clone(), ..socket }
    }

    /// An upgrade with these headers and no others than it needs.
    pub async fn raw(base: &str, headers: &[(&str, &str)]) -> Result<Self, Refused> {
        Self::over(base, headers, None).await
    }

    /// The same with so few bytes of room for what the server sends before it is read.
    pub async fn over(base: &str, headers: &[(&str, &str)], room: Option<u32>) -> Result<Self, Refused> {
        let address = base.strip_prefix("http://").expect("an address of http");
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        for (name, value) in headers {
            let (name, value) = (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap());
            request.headers_mut().insert(name, value);
        }
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(room) = room {
            socket.set_recv_buffer_size(room).unwrap();
        }
        let stream = socket.connect(address.parse().unwrap()).await.unwrap();
        let upgrading = tokio::time::timeout(PATIENCE, tokio_tungstenite::client_async(request, stream));
        match upgrading.await.expect("an answer to the upgrade in time") {
            Ok((stream, _)) => {
                Ok(Self { stream, waiting: VecDeque::new(), ended: None, last: 0, faults: Faults::default() })
            }
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
                let status = StatusCode::from_u16(response.status().as_u16()).unwrap();
                Err(Refused { status, retry_after, body: serde_json::from_slice(body).unwrap_or_default() })
            }
            Err(error) => panic!("no upgrade and no answer: {error}"),
        }
    }

    /// Says who calls, and waits for the acknowledgement.
    pub async fn init(&mut self, caller: &Caller) {
        let token = caller.token.as_deref().expect("a caller with a token");
        self.send(&json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } }))
            .await;
        assert_eq!(self.message().await, json!({ "type": "connection_ack" }));
    }

    /// Sends a message of the protocol, or any other JSON.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends any text; whether it comes to be read is not looked at.
    pub async fn send_text(&mut self, text: &str) {
        self.send_frame(Message::text(text)).await;
    }

    /// Sends any message of WebSocket; whether it comes to be read is not looked at.
    pub async fn send_frame(&mut self, frame: Message) {
        let sent = tokio::time::timeout(PATIENCE, self.stream.send(frame)).await;
        // A server that has closed is met when the next message is read.
        drop(sent.expect("a server that reads"));
    }

    /// Starts an operation with an id of its own.
    pub async fn subscribe(&mut self, query: &str, variables: Value) -> String {
        self.last += 1;
        let id = self.last.to_string();
        self.subscribe_as(&id, query, variables).await;
        id
    }

    /// Starts an operation with this id.
    pub async fn subscribe_as(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// The payload of the next `next` of this operation; any other message of it fails the test.
    pub async fn next(&mut self, id: &str) -> Value {
        self.payload(id, "next").await
    }

    /// The payload of the `error` of this operation: why it was refused.
    pub async fn error(&mut self, id: &str) -> Value {
        self.payload(id, "error").await
    }

    /// The codes of the `error` of this operation.
    pub async fn refused(&mut self, id: &str) -> Vec<String> {
        let errors = self.error(id).await;
        let errors = errors.as_array().expect("a list of errors");
        errors.iter().map(|error| error["extensions"]["code"].as_str().expect("a code").to_owned()).collect()
    }

    /// Waits until the server says that this operation is complete.
    pub async fn completed(&mut self, id: &str) {
        self.payload(id, "complete").await;
    }

    /// A query or mutation from `subscribe` to `complete`: its only `next`.
    pub async fn query(&mut self, query: &str, variables: Value) -> Value {
        let id = self.subscribe(query, variables).await;
        let answer = self.next(&id).await;
        self.completed(&id).await;
        answer
    }

    /// Ends an operation from this side.
    pub async fn complete(&mut self, id: &str) {
        self.send(&json!({ "type": "complete", "id": id })).await;
    }

    /// The next message of any kind.
    pub async fn message(&mut self) -> Value {
        let read = self.try_message().await;
        read.unwrap_or_else(|| panic!("closed instead of a message: {:?}", self.ended))
    }

    /// The same, unless the server closes first.
    pub async fn try_message(&mut self) -> Option<Value> {
        match self.waiting.pop_front() {
            Some(message) => Some(message),
            None => self.read().await,
        }
    }

    /// Waits until the server has sent so many pings; the library answers them.
    pub async fn pinged(&mut self, times: usize) {
        let waiting = async {
            for _ in 0..times {
                let frame = self.stream.next().await.expect("a socket that stays open");
                assert!(matches!(frame, Ok(Message::Ping(_))), "{frame:?}");
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("pings in time");
    }

    /// The next message of an operation, whatever its type; messages of others wait.
    pub async fn message_of(&mut self, id: &str) -> Value {
        if let Some(at) = self.waiting.iter().position(|message| message["id"] == id) {
            return self.waiting.remove(at).unwrap();
        }
        loop {
            match self.read().await {
                Some(message) if message["id"] == id => return message,
                Some(message) => self.waiting.push_back(message),
                None => panic!("closed instead of a message of {id}: {:?}", self.ended),
            }
        }
    }

    /// Waits until the server closes: its code and reason. Messages on the way there are kept.
    pub async fn closed(&mut self) -> (u16, String) {
        while let Some(message) = self.read().await {
            self.waiting.push_back(message);
        }
        self.ended.clone().expect("a close frame before the end")
    }

    /// What has come and was not asked for.
    pub fn leftover(&self) -> Vec<Value> {
        self.waiting.iter().cloned().collect()
    }

    /// Says goodbye.
    pub async fn leave(mut self) {
        drop(self.stream.close(None).await);
    }

    async fn payload(&mut self, id: &str, kind: &str) -> Value {
        let mut message = self.message_of(id).await;
        assert_eq!(message["type"], kind, "{message}");
        message["payload"].take()
    }

    /// The next message from the connection; nothing at its end.
    async fn read(&mut self) -> Option<Value> {
        tokio::time::timeout(PATIENCE, self.read_on()).await.expect("something in time")
    }

    async fn read_on(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await? {
                Ok(Message::Text(text)) => {
                    if text.contains("INTERNAL_SERVER_ERROR") {
                        self.faults.note(text.to_string());
                    }
                    return Some(serde_json::from_str(&text).expect("JSON"));
                }
                Ok(Message::Close(frame)) => {
                    let frame = frame.expect("a code");
                    self.ended = Some((frame.code.into(), frame.reason.to_string()));
                }
                // Pings are answered by the library.
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(other) => panic!("not a message of the protocol: {other:?}"),
                Err(_) => return None,
            }
        }
    }
}
