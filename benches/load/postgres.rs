//! A PostgreSQL cluster of the benchmark's own, durable as in production; or the one that an address names.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::Fallible;

/// Beside the settings of `tests/postgres.sh`, of which the last counts. Vacuum is left to the benchmark, so that it does not
/// hit one run only; statements are counted only where that is asked.
const SETTINGS: [&str; 14] = [
    "listen_addresses='127.0.0.1'",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=1GB",
    "work_mem=16MB",
    "effective_cache_size=8GB",
    "random_page_cost=1.1",
    "max_wal_size=4GB",
    "checkpoint_timeout=30min",
    "autovacuum=off",
    "jit=off",
    "max_parallel_workers_per_gather=0",
    "pg_stat_statements.track=none",
];

/// A database to measure on.
pub struct Postgres {
    /// Its address.
    pub url: String,
    /// PostgreSQL's first process, where it is the benchmark's own.
    pub process: Option<u32>,
    /// The script ends the cluster when this is closed, however this process ends.
    _orders: Option<(ChildStdin, Child)>,
}

impl Postgres {
    /// The database at this address, filled already.
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), process: None, _orders: None }
    }

    /// A new cluster; with the extension that counts statements where it is installed.
    pub fn start() -> Fallible<Self> {
        Self::start_with(&["shared_preload_libraries='pg_stat_statements'"]).or_else(|_| Self::start_with(&[]))
    }

    fn start_with(more: &[&str]) -> Fallible<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/postgres.sh"))
            .arg(format!("port={port}"))
            .args(SETTINGS)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let orders = script.stdin.take().ok_or("the script takes no orders")?;
        let mut line = String::new();
        BufReader::new(script.stdout.take().ok_or("the script has no output")?).read_line(&mut line)?;
        let Some(folder) = line.trim().strip_prefix("ready ") else {
            let mut why = String::new();
            script.stderr.take().ok_or("no errors")?.read_to_string(&mut why)?;
            return Err(format!("PostgreSQL does not start: {why}").into());
        };
        let process = std::fs::read_to_string(format!("{folder}/data/postmaster.pid"))?;
        let process = process.lines().next().ok_or("an empty postmaster.pid")?.trim().parse()?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Ok(Self { url, process: Some(process), _orders: Some((orders, script)) })
    }
}
