//! HTTP by hand, for what a client of a library does not do: to read nothing, to send half a request, to look at one connection.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use super::caller::Caller;

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How much a connection takes in of what nobody reads, in bytes.
const SMALL: u32 = 4_096;

/// A connection.
pub struct Wire(BufReader<TcpStream>);

impl Wire {
    /// Connects to the server of this caller.
    pub async fn to(caller: &Caller) -> Self {
        let address: SocketAddr = caller.base.trim_start_matches("http://").parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(SMALL).unwrap();
        Self(BufReader::new(timeout(PATIENCE, socket.connect(address)).await.expect("in time").expect("a connection")))
    }

    /// Sends this; an error when the server has hung up.
    pub async fn send(&mut self, text: &str) -> std::io::Result<()> {
        timeout(PATIENCE, self.0.write_all(text.as_bytes())).await.expect("in time")
    }

    /// Reads the head of an answer: its status line and headers.
    pub async fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = timeout(PATIENCE, self.0.read_line(&mut head)).await.expect("in time").expect("a line");
            assert!(read > 0, "the server hung up after {head:?}");
        }
        head
    }

    /// Reads an answer whose length is told: its status, the head in small letters, and its body.
    pub async fn answer(&mut self) -> (u16, String, String) {
        let head = self.head().await.to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, length) = head.split_once("content-length: ").unwrap_or_else(|| panic!("no length: {head}"));
        let mut body = vec![0; length.split("\r\n").next().unwrap().parse().unwrap()];
        timeout(PATIENCE, self.0.read_exact(&mut body)).await.expect("in time").expect("a whole body");
        (status, head, String::from_utf8(body).unwrap())
    }

    /// Waits until the server hangs up; whatever it still sends is read.
    pub async fn ended(self) {
        self.rest().await;
    }

    /// What the server still sends until it hangs up.
    pub async fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // Torn off is an end, too.
        drop(timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.expect("in time"));
        rest
    }
}

/// An upload of proof for this claim as it goes over the wire: everything before the file's content, and after it.
pub fn upload(caller: &Caller, claim_id: &str, size: usize, headers: &str) -> (String, String) {
    let operations = serde_json::json!({ "query": super::caller::mutation_document("attachProofOfExecution"),
        "variables": { "input": { "claimId": claim_id, "file": null } } });
    let part = |header: &str| format!("--edge\r\nContent-Disposition: form-data; {header}\r\n\r\n");
    let before = [
        part("name=\"operations\""),
        operations.to_string(),
        format!("\r\n{}{{\"0\":[\"variables.input.file\"]}}", part("name=\"map\"")),
        format!("\r\n{}", part("name=\"0\"; filename=\"proof.pdf\"")),
    ]
    .concat();
    let after = "\r\n--edge--\r\n".to_owned();
    let length = before.len() + size + after.len();
    let token = caller.token.as_deref().unwrap_or_default();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: cpor\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\
         content-type: multipart/form-data; boundary=edge\r\n{headers}\r\n"
    );
    (head + &before, after)
}

/// A request of this caller as it goes over the wire; headers each end with `\r\n`.
pub fn request(caller: &Caller, line: &str, headers: &str, body: &str) -> String {
    let token = caller.token.as_ref().map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    let content = if body.is_empty() {
        String::new()
    } else {
        format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
    };
    format!("{line} HTTP/1.1\r\nhost: cpor\r\n{token}{content}{headers}\r\n{body}")
}
