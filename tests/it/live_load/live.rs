//! A live operation as a client has it that comes and goes: over a WebSocket or as an event stream, where either may not be
//! had, or end, at any time.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt, stream::BoxStream};
use reqwest::{
    StatusCode,
    header::{ACCEPT, AUTHORIZATION},
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::courier::Person;

/// How long it may take to be connected.
const PATIENCE: Duration = Duration::from_secs(20);

/// The ways to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Socket,
    Stream,
}

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// The data of an event.
    Event(Value),
    /// The server ended it: over a WebSocket with this code, if there was a goodbye.
    End(Option<u16>),
}

/// A live operation.
pub enum Live {
    Socket(Box<WebSocketStream<TcpStream>>),
    Stream(BoxStream<'static, reqwest::Result<bytes::Bytes>>, Vec<u8>),
}

impl Live {
    /// Subscribes at this server; why not, where it is not there, is stopping, or has no database.
    pub async fn open(
        over: Over,
        (http, base): (&reqwest::Client, &str),
        person: &Person,
        operation: &Value,
    ) -> Result<Self, String> {
        let opening = async {
            match over {
                Over::Socket => Self::socket(base, person, operation).await,
                Over::Stream => Self::stream(http, base, person, operation).await,
            }
        };
        tokio::time::timeout(PATIENCE, opening).await.expect("a server that answers")
    }

    async fn socket(base: &str, person: &Person, operation: &Value) -> Result<Self, String> {
        let address = base.strip_prefix("http://").unwrap();
        let tcp = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (mut socket, _) =
            tokio_tungstenite::client_async(request, tcp).await.map_err(|error| format!("no upgrade: {error}"))?;
        let init =
            json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {}", person.token) } });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": operation });
        for message in [init, subscribe] {
            socket.send(Message::text(message.to_string())).await.map_err(|error| error.to_string())?;
        }
        Ok(Self::Socket(Box::new(socket)))
    }

    async fn stream(http: &reqwest::Client, base: &str, person: &Person, operation: &Value) -> Result<Self, String> {
        let request = http
            .post(format!("{base}/graphql"))
            .header(AUTHORIZATION, format!("Bearer {}", person.token))
            .header(ACCEPT, "text/event-stream")
            .json(operation);
        let response = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = response.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(status.to_string());
        }
        assert_eq!(status, StatusCode::OK, "{:?}", response.text().await);
        Ok(Self::Stream(response.bytes_stream().boxed(), Vec::new()))
    }

    /// The next event, or the end. What is given up waiting for is not lost.
    pub async fn next(&mut self) -> Heard {
        match self {
            Self::Socket(socket) => hear_socket(socket).await,
            Self::Stream(bytes, buffer) => hear_stream(bytes, buffer).await,
        }
    }
}

async fn hear_socket(socket: &mut WebSocketStream<TcpStream>) -> Heard {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let mut message: Value = serde_json::from_str(&text).unwrap();
                match message["type"].as_str() {
                    Some("connection_ack") => {}
                    Some("next") => return judge(&message["payload"]["errors"].take(), message["payload"].take()),
                    Some("error") => return judge(&message["payload"].take(), Value::Null),
                    other => panic!("{other:?}: {message}"),
                }
            }
            Some(Ok(Message::Close(frame))) => return Heard::End(frame.map(|frame| frame.code.into())),
            // Pings are answered by the library.
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Heard::End(None),
        }
    }
}

async fn hear_stream(bytes: &mut BoxStream<'static, reqwest::Result<bytes::Bytes>>, buffer: &mut Vec<u8>) -> Heard {
    loop {
        while let Some(at) = buffer.windows(2).position(|pair| pair == b"\n\n") {
            let event: Vec<u8> = buffer.drain(..at + 2).collect();
            let event = String::from_utf8(event).unwrap();
            let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim_start);
            match field("event:") {
                Some("next") => {
                    let mut payload: Value = serde_json::from_str(field("data:").unwrap()).unwrap();
                    return judge(&payload["errors"].take(), payload);
                }
                // A refusal is one `next` and the end.
                Some("complete") => return Heard::End(None),
                // A comment, which only shows that the server is there.
                None => {}
                Some(other) => panic!("{other}: {event}"),
            }
        }
        match bytes.next().await {
            Some(Ok(more)) => buffer.extend_from_slice(&more),
            Some(Err(_)) | None => return Heard::End(None),
        }
    }
}

/// An event without errors; or the end, where there is no database at the moment.
fn judge(errors: &Value, mut payload: Value) -> Heard {
    let Some(errors) = errors.as_array() else { return Heard::Event(payload["data"]["event"].take()) };
    let unavailable = errors.iter().all(|error| error["extensions"]["code"] == "SERVICE_UNAVAILABLE");
    assert!(unavailable, "an event with errors: {errors:?}");
    Heard::End(None)
}
