//! The measured programs, each a process of its own.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{Fallible, operations::SECRET};

/// A running server; it is gone with this.
pub struct Peer {
    pub name: &'static str,
    pub address: SocketAddr,
    child: Child,
}

/// How cpor is started: as for real, its rate and cost limits off.
pub fn cpor(program: &Path, database: &str, documents: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(words)
        .env("DATABASE_URL", database)
        .env("CPOR_DOCUMENTS", format!("file://{}", documents.display()))
        .env("CPOR_JWT_SECRET", SECRET)
        .env("CPOR_LISTEN", "127.0.0.1:0");
    for limit in ["REQUESTS_PER_MINUTE", "COST_PER_MINUTE", "MAX_COST", "MAX_SELECTIONS"] {
        command.env(format!("CPOR_{limit}"), "0");
    }
    command.env("RUST_LOG", "error");
    command
}

/// How the limit is started.
pub fn limit(program: &PathBuf, database: &str) -> Command {
    let mut command = Command::new(program);
    command.env("DATABASE_URL", database);
    command
}

impl Peer {
    /// Starts a server and waits until it reports where it listens.
    pub fn start(name: &'static str, mut command: Command) -> Fallible<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        let address = line.trim().split_once("listens on http://").map(|(_, address)| address.parse());
        let Some(Ok(address)) = address else {
            drop(child.kill());
            return Err(format!("{name} did not start: {line}").into());
        };
        Ok(Self { name, address, child })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts a server and asks until the answer is right; how long that took from the start.
pub fn cold_start(name: &'static str, command: Command, request: &[u8], marker: &str) -> Fallible<(Peer, Duration)> {
    let start = Instant::now();
    let peer = Peer::start(name, command)?;
    while start.elapsed() < Duration::from_secs(30) {
        if raw(peer.address, request).is_ok_and(|answer| answer.contains(marker)) {
            return Ok((peer, start.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Err(format!("{name} did not answer").into())
}

/// One request on a connection of its own; the whole answer.
pub fn raw(address: SocketAddr, request: &[u8]) -> Fallible<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    // The connection is closed after the answer, so that its end is known.
    let end = request.windows(2).position(|window| window == b"\r\n").ok_or("no request")?;
    stream.write_all(&request[..end])?;
    stream.write_all(b"\r\nconnection: close")?;
    stream.write_all(&request[end..])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// The JSON of an answer.
pub fn json(address: SocketAddr, request: &[u8]) -> Fallible<Value> {
    let answer = raw(address, request)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    serde_json::from_str(body).map_err(|error| format!("{error}: {answer}").into())
}
