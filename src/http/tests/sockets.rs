//! What becomes of operations of a WebSocket that panic, take too long, or run when the server stops.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::support::{Server, bearer, config};
use crate::config::Config;
use crate::http::{Shutdown, serve};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// A socket of a server of this configuration, acknowledged, and the server's end.
    async fn open(config: &Config) -> (Self, Shutdown) {
        let shutdown = Shutdown::default();
        let routes = Server::until(config, &shutdown).routes();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = shutdown.clone();
        tokio::spawn(async move { serve(listener, routes, PATIENCE, &stop).await });
        let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let stream = TcpStream::connect(address).await.unwrap();
        let (stream, _) = tokio_tungstenite::client_async(request, stream).await.unwrap();
        let mut socket = Self(stream);
        let payload = json!({ "Authorization": bearer("u1", &["REVIEWER"]) });
        socket.send(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        (socket, shutdown)
    }

    async fn send(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.send(&json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    async fn frame(&mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.0.next()).await.expect("in time").unwrap().unwrap()
    }

    async fn message(&mut self) -> Value {
        let frame = self.frame().await;
        serde_json::from_str(frame.to_text().unwrap()).unwrap_or_else(|_| panic!("no message: {frame:?}"))
    }

    /// Asserts the refusal of an operation by this code; its text.
    async fn refused(&mut self, id: &str, code: &str) -> String {
        let message = self.message().await;
        let told = &message["payload"][0]["extensions"]["code"];
        assert_eq!((&message["id"], &message["type"], told), (&json!(id), &json!("error"), &json!(code)), "{message}");
        message["payload"].to_string()
    }

    async fn lives(&mut self) {
        self.subscribe("alive", "{ echo(text: \"yes\") }").await;
        let next = json!({ "id": "alive", "type": "next", "payload": { "data": { "echo": "yes" } } });
        assert_eq!(self.message().await, next);
        assert_eq!(self.message().await, json!({ "id": "alive", "type": "complete" }));
    }
}

fn with_timeout(request_timeout: Duration) -> Config {
    let mut config = config();
    config.limits.request_timeout = request_timeout;
    config
}

#[tokio::test]
async fn a_panic_ends_its_operation_alone() {
    let (mut socket, _) = Socket::open(&config()).await;
    socket.subscribe("broken", "{ panics }").await;
    let told = socket.refused("broken", "INTERNAL_SERVER_ERROR").await;
    assert!(!told.contains("secret"), "nothing of the inside: {told}");
    socket.lives().await;
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_and_holds_up_nothing() {
    let (mut socket, _) = Socket::open(&with_timeout(Duration::from_millis(500))).await;
    socket.subscribe("slow", "{ sleeps }").await;
    socket.lives().await;
    socket.refused("slow", "EXECUTION_TIMEOUT").await;
    // The client's own end of an operation is as good: nothing comes of it.
    socket.subscribe("slow", "{ sleeps }").await;
    socket.send(&json!({ "type": "complete", "id": "slow" })).await;
    socket.lives().await;
    socket.subscribe("slow", "{ number(of: 1) }").await;
    assert_eq!(socket.message().await["payload"], json!({ "data": { "number": 1 } }));
}

#[tokio::test]
async fn what_runs_when_the_server_stops_gives_its_answer_first() {
    let (mut socket, shutdown) = Socket::open(&with_timeout(Duration::from_millis(500))).await;
    socket.subscribe("slow", "{ sleeps }").await;
    socket.lives().await;
    shutdown.ask();
    socket.refused("slow", "EXECUTION_TIMEOUT").await;
    let Message::Close(Some(frame)) = socket.frame().await else { panic!("no close frame") };
    assert_eq!(u16::from(frame.code), 1001);
}

#[tokio::test]
async fn errors_of_fields_are_part_of_an_answer() {
    let (mut socket, _) = Socket::open(&config()).await;
    socket.subscribe("fields", "{ fails number(of: 2) }").await;
    let next = socket.message().await;
    assert_eq!((&next["type"], &next["payload"]["data"]["number"]), (&json!("next"), &json!(2)));
    assert_eq!(next["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(socket.message().await["type"], "complete");
    // Nothing could be read now: an answer all the same, of which nothing is there.
    socket.subscribe("none", "{ missing }").await;
    let next = socket.message().await;
    assert_eq!((&next["type"], &next["payload"]["data"]), (&json!("next"), &Value::Null), "{next}");
    assert_eq!(next["payload"]["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE");
}
