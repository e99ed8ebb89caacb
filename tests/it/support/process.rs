//! A server in a process of its own, killed and started again on the same data.

use std::path::{Path, PathBuf};

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
    pub documents: PathBuf,
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
        Self::started(self.command(&words).env("RUST_LOG", log))
    }

    /// The same in a process that trusts the certificate authorities of this file, and no others.
    pub fn serve_trusting(&self, authorities: &Path, options: &[&str]) -> Process {
        let words: Vec<_> = ["serve"].iter().chain(options).copied().collect();
        Self::started(self.command(&words).env("SSL_CERT_FILE", authorities))
    }

    /// The same in a process whose disk can be full at any moment: see [`Process::limit_files`].
    pub fn serve_on_a_small_disk(&self, options: &[&str]) -> Process {
        let words: Vec<_> = ["serve"].iter().chain(options).copied().collect();
        let command = self.command(&words);
        let mut shell = std::process::Command::new("sh");
        // Otherwise the signal that comes with the error would end the process, as no full disk does.
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
        shell.arg(command.get_program()).args(command.get_args()).current_dir(root());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        Self::started(&mut shell)
    }

    fn started(command: &mut std::process::Command) -> Process {
        let (running, line) = Running::start(command, "cpor listens on ");
        let base = line.trim().trim_start_matches("cpor listens on ").to_owned();
        Process { running, base, http: reqwest::Client::new(), faults: Faults::default() }
    }
}

/// How often a test kills a server: as often as `CPOR_KILLS` says, else so often, since each takes a start.
#[expect(clippy::disallowed_methods, reason = "a setting of the test, not of the server")]
pub fn kills(otherwise: u32) -> u32 {
    std::env::var("CPOR_KILLS").ok().map_or(otherwise, |count| count.parse().unwrap())
}

impl Process {
    /// The number of the process.
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// From now on no file may grow beyond so many bytes, as on a disk that is full; `unlimited` lets them grow again.
    pub fn limit_files(&self, size: &str) {
        let (process, limit) = (self.id().to_string(), format!("--fsize={size}:"));
        let set = std::process::Command::new("prlimit").args(["--pid", &process, &limit]).status().unwrap();
        assert!(set.success());
    }

    /// How much memory it has in RAM, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

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
