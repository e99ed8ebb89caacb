//! A server in a process of its own, killed and started again on the same data.

use std::path::PathBuf;

use serde_json::Value;

use super::{
    caller::Caller,
    database::Database,
    files,
    program::{Ended, Running, cpor, run},
    server::{self, Faults},
    source::root,
};

/// Where a server keeps its data.
pub struct Home {
    pub database: Database,
    documents: PathBuf,
}

/// A running `cpor serve`; dropped, it is killed as kill -9 does it: without a goodbye to anybody.
pub struct Process {
    running: Running,
    pub base: String,
    http: reqwest::Client,
    pub faults: Faults,
}

impl Home {
    pub fn new(database: Database) -> Self {
        Self { database, documents: files::new_folder("documents") }
    }

    /// The same documents with another database: a backup that was restored.
    pub fn moved(&self, database: Database) -> Self {
        Self { database, documents: self.documents.clone() }
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let mut command = cpor(root(), words);
        command
            .env("DATABASE_URL", &self.database.url)
            .env("CPOR_DOCUMENTS", format!("file://{}", self.documents.display()))
            .env("CPOR_JWT_SECRET", server::SECRET)
            .env("CPOR_LISTEN", "127.0.0.1:0")
            .env("CPOR_REQUESTS_PER_MINUTE", "0")
            .env("CPOR_COST_PER_MINUTE", "0")
            .env("RUST_LOG", "error");
        command
    }

    /// Runs `cpor` to its end.
    pub fn run(&self, words: &[&str]) -> Ended {
        run(&mut self.command(words))
    }

    /// Starts `cpor serve` with these options on a port of its own.
    pub fn serve(&self, options: &[&str]) -> Process {
        self.serve_logging("error", options)
    }

    /// The same with this for `RUST_LOG`; what was logged is known once it has stopped.
    pub fn serve_logging(&self, log: &str, options: &[&str]) -> Process {
        let words: Vec<_> = ["serve"].iter().chain(options).copied().collect();
        let (running, line) = Running::start(self.command(&words).env("RUST_LOG", log), "cpor listens on ");
        let base = line.trim().trim_start_matches("cpor listens on ").to_owned();
        Process { running, base, http: reqwest::Client::new(), faults: Faults::default() }
    }
}

impl Process {
    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(self) -> Ended {
        self.running.stop()
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        self.running.ask_to_stop();
    }

    /// Waits until it has ended.
    pub fn ended(self) -> Ended {
        self.running.ended()
    }

    /// A caller with a token of these claims.
    pub fn caller(&self, claims: Value) -> Caller {
        let (subject, token) = server::token(claims);
        Caller {
            http: self.http.clone(),
            base: self.base.clone(),
            subject,
            token: Some(token),
            faults: self.faults.clone(),
        }
    }
}
