//! The order of the measurements on each database.

use std::{path::PathBuf, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{
    Fallible, Options, closed_loop,
    data::{Data, Sql},
    journey,
    live::{self, Door, Plan},
    operations::{self, Operation, Tokens},
    peer::{self, Peer, cold_start, limit},
    postgres::Postgres,
    report::{Process, Report, Row, median},
    usage::{self, Snapshot},
};

/// How long a server is loaded before it is measured, in the first round and then.
const WARM: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(1)];

/// The indexes that the limit's lists need; they are there only while it runs them, so that cpor neither has nor pays for them.
const MAKE_INDEXES: &str = "CREATE INDEX limit_page ON claim (partner_id, status, submitted_at DESC, id DESC);
    CREATE INDEX limit_queue ON claim (status, submitted_at DESC, id DESC); ANALYZE claim";
const DROP_INDEXES: &str = "DROP INDEX IF EXISTS limit_page, limit_queue";

/// Counts the statements that ran since the last reset, but those of the server's own rounds.
const COUNT: &str = "SELECT CAST(COALESCE(sum(calls), 0) AS float8) FROM pg_stat_statements WHERE calls >= ";

/// A database with everything that measuring on it needs.
struct Bench<'a> {
    options: &'a Options,
    database: &'static str,
    url: String,
    /// PostgreSQL's first process.
    storage: Option<u32>,
    documents: PathBuf,
    runtime: Runtime,
    sql: Sql,
    data: Data,
    tokens: Arc<Tokens>,
}

/// Measures on PostgreSQL.
pub fn on_postgres(options: &Options, report: &mut Report) -> Fallible<()> {
    let folder = Folder::new("postgres")?;
    let postgres = match &options.database_url {
        Some(url) => Postgres::at(url),
        None => Postgres::start()?,
    };
    if options.database_url.is_none() {
        fill(options, &postgres.url, &folder.0, options.claims)?;
    }
    let runtime = Runtime::new()?;
    let sql = runtime.block_on(Sql::connect(&postgres.url))?;
    let data = runtime.block_on(sql.data())?;
    // Without the extension, statements are not counted.
    let counts = runtime.block_on(sql.run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")).is_ok();
    let bench = Bench {
        options,
        database: "postgres",
        url: postgres.url.clone(),
        storage: postgres.process,
        documents: folder.0.clone(),
        runtime,
        sql,
        data,
        tokens: Arc::new(Tokens::new()?),
    };
    bench.tidy()?;
    bench.measure(report, counts)
}

/// Measures on SQLite, without a limit: there is no other server that could share the file.
pub fn on_sqlite(options: &Options, report: &mut Report) -> Fallible<()> {
    let folder = Folder::new("sqlite")?;
    let url = format!("sqlite://{}/cpor.db", folder.0.display());
    fill(options, &url, &folder.0, options.sqlite_claims)?;
    let runtime = Runtime::new()?;
    let sql = runtime.block_on(Sql::connect(&url))?;
    let data = runtime.block_on(sql.data())?;
    let documents = folder.0.clone();
    let tokens = Arc::new(Tokens::new()?);
    let bench = Bench { options, database: "sqlite", url, storage: None, documents, runtime, sql, data, tokens };
    bench.measure(report, false)
}

/// A folder that goes with the benchmark.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Fallible<Self> {
        let folder = std::env::temp_dir().join(format!("cpor-load.{}.{name}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Migrates and generates.
fn fill(options: &Options, url: &str, documents: &std::path::Path, claims: u64) -> Fallible<()> {
    for words in [&["migrate", "up"][..], &["generate", "--claims", &claims.to_string()]] {
        let done = peer::cpor(&options.cpor(), url, documents, words).output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        eprint!("{}", String::from_utf8_lossy(&done.stdout));
    }
    Ok(())
}

impl Bench<'_> {
    fn cpor(&self) -> Fallible<Peer> {
        Peer::start("cpor", peer::cpor(&self.options.cpor(), &self.url, &self.documents, &["serve", "--no-migrate"]))
    }

    fn limit(&self) -> Fallible<Option<Peer>> {
        let program = self.options.limit.as_ref().filter(|_| self.database == "postgres");
        program.map(|program| Peer::start("limit", limit(program, &self.url))).transpose()
    }

    fn run(&self, sql: &str) -> Fallible<()> {
        self.runtime.block_on(self.sql.run(sql))
    }

    /// What autovacuum would do by and by; each statement by itself, as VACUUM wants it.
    fn tidy(&self) -> Fallible<()> {
        if self.database == "postgres" {
            ["VACUUM ANALYZE", "CHECKPOINT"].iter().try_for_each(|sql| self.run(sql))?;
        }
        Ok(())
    }

    fn measure(&self, report: &mut Report, counts: bool) -> Fallible<()> {
        let (cpor, limit) = (self.cpor()?, self.limit()?);
        let mut cursors = Vec::with_capacity(self.data.queue.len());
        let lead = self.tokens.lead()?;
        for (_, claim) in &self.data.queue {
            let request = closed_loop::post("/graphql", Some(&lead), &operations::cursor(*claim).to_string());
            let answer = peer::json(cpor.address, &request)?;
            let cursor = answer["data"]["claims"]["edges"][0]["cursor"].as_str();
            cursors.push(cursor.ok_or_else(|| answer.to_string())?.to_owned());
        }
        let operations = operations::all(&self.data, &self.tokens, &cursors)?;
        let wanted: Vec<&Operation> =
            operations.iter().filter(|operation| self.options.wants(operation.workload)).collect();
        for operation in &wanted {
            self.compare(operation, &cpor, limit.as_ref())?;
        }
        for round in 0..self.options.rounds {
            for operation in &wanted {
                self.round(operation, round, &cpor, limit.as_ref(), report)?;
            }
        }
        if counts {
            for operation in &wanted {
                self.count(operation, &cpor, &operation.cpor, report)?;
                if let Some(limit) = limit.as_ref().filter(|_| !operation.limit.is_empty()) {
                    self.count(operation, limit, &operation.limit, report)?;
                }
            }
        }
        if self.options.wants("W5") {
            self.fan_out(&cpor, limit.as_ref(), report)?;
        }
        if self.options.wants("W8") {
            self.journeys(&cpor, report)?;
        }
        drop((cpor, limit));
        if self.options.wants("W6")
            && let (Some(first), Some(list)) =
                (operations.first(), operations.iter().find(|found| found.workload == "W2"))
        {
            self.process(first, list, report)?;
        }
        Ok(())
    }

    /// The limit must answer what cpor answers to a reviewer, or the comparison means nothing.
    fn compare(&self, operation: &Operation, cpor: &Peer, limit: Option<&Peer>) -> Fallible<()> {
        // A partner reads the reviewers' names otherwise (A4).
        let partners = operation.workload.ends_with('P');
        let Some(limit) = limit.filter(|_| operation.reads && !partners) else { return Ok(()) };
        self.indexes(operation, limit, MAKE_INDEXES)?;
        for (asked, limited) in operation.cpor.iter().zip(&operation.limit).take(12) {
            let (ours, limits): (Value, Value) =
                (peer::json(cpor.address, asked)?, peer::json(limit.address, limited)?);
            if ours != limits {
                return Err(format!("{}: the answers differ:\n{ours}\n{limits}", operation.workload).into());
            }
        }
        self.indexes(operation, limit, DROP_INDEXES)
    }

    /// Makes or drops the indexes that the limit needs for this operation.
    fn indexes(&self, operation: &Operation, peer: &Peer, sql: &str) -> Fallible<()> {
        let needed = peer.name == "limit" && ["W2", "W2P", "W3"].contains(&operation.workload);
        if needed { sql.split(';').try_for_each(|sql| self.run(sql)) } else { Ok(()) }
    }

    fn round(
        &self,
        operation: &Operation,
        round: usize,
        cpor: &Peer,
        limit: Option<&Peer>,
        report: &mut Report,
    ) -> Fallible<()> {
        let mut peers = vec![(cpor, &operation.cpor)];
        peers.extend(limit.filter(|_| !operation.limit.is_empty()).map(|limit| (limit, &operation.limit)));
        // The order alternates, so that neither server always runs first.
        if round % 2 == 1 {
            peers.reverse();
        }
        for (peer, requests) in peers {
            self.indexes(operation, peer, MAKE_INDEXES)?;
            let load = operation.load(peer.address, requests);
            let seed = round as u64;
            closed_loop::run(&load, self.options.connections, WARM[round.min(1)], 100 + seed, || ())?;
            usage::settle(peer.process(), self.storage);
            let before = Snapshot::take(peer.process(), self.storage);
            let time = Duration::from_secs(self.options.seconds);
            let outcome = closed_loop::run(&load, self.options.connections, time, seed, || ())?;
            let used = before.until(Snapshot::take(peer.process(), self.storage));
            usage::settle(peer.process(), self.storage);
            self.indexes(operation, peer, DROP_INDEXES)?;
            report.add(Row::new((self.database, operation.workload, peer.name), &outcome, used));
            if !operation.reads {
                self.tidy()?;
            }
        }
        Ok(())
    }

    /// How many statements a request takes: those that came about as often as the requests.
    fn count(&self, operation: &Operation, peer: &Peer, requests: &[Vec<u8>], report: &mut Report) -> Fallible<()> {
        self.indexes(operation, peer, MAKE_INDEXES)?;
        for sql in [
            "ALTER SYSTEM SET pg_stat_statements.track = 'top'",
            "SELECT pg_reload_conf()",
            "SELECT pg_sleep(0.3)",
            "SELECT pg_stat_statements_reset()",
        ] {
            self.run(sql)?;
        }
        let outcome = closed_loop::run(&operation.load(peer.address, requests), 1, Duration::from_secs(2), 7, || ())?;
        let asked = outcome.times.len().max(1);
        let rows = self.runtime.block_on(self.sql.rows(&format!("{COUNT}{}", asked / 3)))?;
        let calls: f64 = rows.first().ok_or("no count")?.try_get_by_index(0)?;
        for sql in ["ALTER SYSTEM RESET pg_stat_statements.track", "SELECT pg_reload_conf()"] {
            self.run(sql)?;
        }
        self.indexes(operation, peer, DROP_INDEXES)?;
        report.add_statements(operation.workload, peer.name, calls / asked as f64);
        Ok(())
    }

    fn fan_out(&self, cpor: &Peer, limit: Option<&Peer>, report: &mut Report) -> Fallible<()> {
        let (seconds, lead) = (self.options.seconds, self.tokens.lead()?);
        let plan =
            Plan { subscribers: self.options.subscribers, rate: self.options.rate, time: Duration::from_secs(seconds) };
        let mut doors = vec![(cpor, Door::Cpor { address: cpor.address, lead })];
        doors.extend(limit.map(|limit| (limit, Door::Limit { address: limit.address })));
        for _ in 0..self.options.rounds {
            for (peer, door) in &doors {
                // Versions have moved on.
                let reviewed = self.runtime.block_on(self.sql.data())?.reviewed;
                let before = Snapshot::take(peer.process(), self.storage);
                let run = live::run(door.clone(), Arc::clone(&self.tokens), &reviewed, plan);
                let delivered = self.runtime.block_on(run)?;
                let used = before.until(Snapshot::take(peer.process(), self.storage));
                report.add(Row::live((self.database, "W5", peer.name), &delivered, used, seconds as f64));
            }
        }
        Ok(())
    }

    fn journeys(&self, cpor: &Peer, report: &mut Report) -> Fallible<()> {
        for _ in 0..self.options.rounds {
            let before = Snapshot::take(cpor.process(), self.storage);
            let base = cpor.base();
            let run = journey::run(&base, &self.sql, Duration::from_secs(self.options.seconds));
            let outcome = self.runtime.block_on(run)?;
            let used = before.until(Snapshot::take(cpor.process(), self.storage));
            report.add(Row::new((self.database, "W8", cpor.name), &outcome, used));
            self.tidy()?;
        }
        Ok(())
    }

    /// Cold start until the first right answer, and memory.
    fn process(&self, first: &Operation, list: &Operation, report: &mut Report) -> Fallible<()> {
        let limit_program = self.options.limit.as_ref().filter(|_| self.database == "postgres");
        let words = ["serve", "--no-migrate"];
        let cpor = || ("cpor", peer::cpor(&self.options.cpor(), &self.url, &self.documents, &words));
        let limits = limit_program.map(|program| move || ("limit", limit(program, &self.url)));
        self.process_of(&cpor, &first.cpor, &list.cpor, list, report)?;
        limits.map_or(Ok(()), |limit| self.process_of(&limit, &first.limit, &list.limit, list, report))
    }

    fn process_of(
        &self,
        command: &dyn Fn() -> (&'static str, std::process::Command),
        first: &[Vec<u8>],
        list: &[Vec<u8>],
        operation: &Operation,
        report: &mut Report,
    ) -> Fallible<()> {
        let request = first.first().ok_or("no request")?;
        let mut times = Vec::new();
        let mut running = None;
        for _ in 0..3 {
            drop(running.take());
            let (name, command) = command();
            let (peer, took) = cold_start(name, command, request, "\"mpnId\"")?;
            times.push(took.as_secs_f64() * 1000.0);
            running = Some(peer);
        }
        let peer = running.ok_or("nothing runs")?;
        std::thread::sleep(Duration::from_secs(2));
        let (process, mut peak) = (peer.process(), 0.0_f64);
        let idle = usage::memory(process)?;
        self.indexes(operation, &peer, MAKE_INDEXES)?;
        let load = operation.load(peer.address, list);
        let time = Duration::from_secs(self.options.seconds);
        closed_loop::run(&load, self.options.connections, time, 7, || {
            peak = peak.max(usage::memory(process).unwrap_or(0.0));
        })?;
        std::thread::sleep(Duration::from_secs(2));
        let after = usage::memory(process)?;
        self.indexes(operation, &peer, DROP_INDEXES)?;
        report.add_process(Process {
            database: self.database,
            peer: peer.name,
            cold: median(times),
            idle,
            peak,
            after,
        });
        Ok(())
    }
}
