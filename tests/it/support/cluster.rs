//! A private PostgreSQL cluster, which a test may stop and start again.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A running cluster. Its script ends it when the pipe to its standard input closes, which happens when this is dropped
/// and with this process, however that ends.
pub struct Cluster {
    socket_folder: String,
    /// Where it listens beside the socket.
    port: Option<u16>,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _script: Child,
}

/// How PostgreSQL is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Connections are cut off, their transactions rolled back, everything written down.
    Fast,
    /// As in a crash: the next start recovers from the log.
    Immediate,
}

impl Cluster {
    /// Makes and starts a cluster with these settings beside the script's own; it takes a second or two.
    pub fn start(settings: &[&str]) -> Result<Self, String> {
        let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh"))
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Its own group: Ctrl-C ends the tests, and the script then ends the cluster in good order.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("tests/postgres.sh: {error}"))?;
        let orders = script.stdin.take().ok_or("the script takes no orders")?;
        let mut answers = BufReader::new(script.stdout.take().ok_or("the script says nothing")?);
        let mut line = String::new();
        answers.read_line(&mut line).map_err(|error| error.to_string())?;
        if let Some(folder) = line.trim().strip_prefix("ready ") {
            return Ok(Self { socket_folder: folder.to_owned(), port: None, orders, answers, _script: script });
        }
        let mut reason = String::new();
        if let Some(mut errors) = script.stderr.take() {
            errors.read_to_string(&mut reason).map_err(|error| error.to_string())?;
        }
        Err(reason)
    }

    /// The same, listening on a port of this machine as a server elsewhere would: where it is gone, connections are refused.
    pub fn listening(settings: &[&str]) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| error.to_string())?.port();
        let own = [format!("port={port}"), "listen_addresses='127.0.0.1'".to_owned()];
        let settings: Vec<_> = settings.iter().copied().chain(own.iter().map(String::as_str)).collect();
        Ok(Self { port: Some(port), ..Self::start(&settings)? })
    }

    /// The address of a database of this cluster.
    pub fn address(&self, database: &str) -> String {
        if let Some(port) = self.port {
            return format!("postgres://postgres@127.0.0.1:{port}/{database}");
        }
        format!("postgres://postgres@localhost/{database}?host={}", self.socket_folder)
    }

    /// Stops it; comes back when it has stopped.
    pub fn stop(&mut self, how: Stop) {
        self.order(match how {
            Stop::Fast => "stop fast",
            Stop::Immediate => "stop immediate",
        });
    }

    /// Starts it again; comes back when it takes connections.
    pub fn start_again(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "done", "{order}");
    }
}
