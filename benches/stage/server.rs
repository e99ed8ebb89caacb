//! The real program as a process, and what it uses of the machine.

use std::{
    fmt,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use super::Fallible;

/// What tokens are signed with.
pub const SECRET: &str = "a secret of the benchmark, which opens nothing else";

/// A running server; it is gone with this, and so are its files.
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// Where it listens.
    pub base: String,
}

/// What the server uses.
pub struct Usage {
    /// Memory in RAM, in KiB.
    pub rss: u64,
    /// Processor time so far, in seconds.
    pub cpu: f64,
    threads: u64,
}

impl fmt::Display for Usage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:.1} MiB RSS, {:.1} s of CPU, {} threads", self.rss as f64 / 1024.0, self.cpu, self.threads)
    }
}

impl Server {
    /// Starts it on this database, or on one of its own.
    pub fn start(database: Option<&str>) -> Fallible<Self> {
        let folder = std::env::temp_dir().join(format!("cpor-bench.{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let own = format!("sqlite://{}/cpor.db", folder.display());
        let mut child = Command::new(env!("CARGO_BIN_EXE_cpor"))
            .arg("serve")
            .env("DATABASE_URL", database.unwrap_or(&own))
            .env("CPOR_DOCUMENTS", format!("file://{}/documents", folder.display()))
            .env("CPOR_JWT_SECRET", SECRET)
            .env("CPOR_LISTEN", "127.0.0.1:0")
            .env("CPOR_REQUESTS_PER_MINUTE", "0")
            .env("CPOR_COST_PER_MINUTE", "0")
            .env("CPOR_WEBHOOK_ALLOW", "127.0.0.0/8")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let base = line.trim().strip_prefix("cpor listens on ").map(str::to_owned);
        let mut server = Self { child, folder, base: String::new() };
        server.base = base.ok_or("the server did not start")?;
        Ok(server)
    }

    /// What it uses now.
    pub fn usage(&self) -> Fallible<Usage> {
        Usage::of(&self.child.id().to_string())
    }
}

impl Usage {
    /// What a process uses now: by its number, or `self`.
    pub fn of(process: &str) -> Fallible<Self> {
        let folder = format!("/proc/{process}");
        let status = std::fs::read_to_string(format!("{folder}/status"))?;
        let number = |name: &str| -> Fallible<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
            Ok(line.trim_start_matches(':').split_whitespace().next().ok_or("an empty line")?.parse()?)
        };
        let stat = std::fs::read_to_string(format!("{folder}/stat"))?;
        // After the name in brackets; the 14th and 15th of all are the ticks in the program and for it, 100 a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| -> Fallible<u64> { Ok(fields.get(at).ok_or("a short line")?.parse()?) };
        Ok(Self { rss: number("VmRSS")?, cpu: (ticks(11)? + ticks(12)?) as f64 / 100.0, threads: number("Threads")? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
