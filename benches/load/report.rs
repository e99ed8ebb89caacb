//! The table at the end.

use std::{collections::BTreeMap, fmt::Write};

use crate::{Options, closed_loop::Outcome, live::Delivered, usage::Used};

/// One measurement.
#[derive(Clone, Debug)]
pub struct Row {
    pub database: &'static str,
    pub workload: &'static str,
    pub peer: &'static str,
    rate: f64,
    p50: f64,
    p99: f64,
    server: f64,
    storage: f64,
    foreign: f64,
    failed: u64,
    note: String,
}

impl Row {
    /// Of a closed loop; `requests` is how many requests an answer took.
    pub fn new(place: (&'static str, &'static str, &'static str), outcome: &Outcome, used: Used) -> Self {
        let (database, workload, peer) = place;
        let all = (outcome.times.len() as u64 + outcome.failed).max(1) as f64;
        Self {
            database,
            workload,
            peer,
            rate: outcome.rate(),
            p50: outcome.percentile(50),
            p99: outcome.percentile(99),
            server: used.server as f64 / all,
            storage: used.database as f64 / all,
            foreign: used.foreign,
            failed: outcome.failed,
            note: outcome.sample.clone().unwrap_or_default(),
        }
    }

    /// Of subscriptions: an answer is a delivery.
    pub fn live(
        place: (&'static str, &'static str, &'static str),
        delivered: &Delivered,
        used: Used,
        seconds: f64,
    ) -> Self {
        let outcome = Outcome {
            times: delivered.times.clone(),
            failed: delivered.lost + delivered.twice + delivered.failed,
            sample: None,
            took: std::time::Duration::from_secs_f64(seconds),
        };
        let Delivered { lost, twice, failed, .. } = delivered;
        let note =
            if outcome.failed == 0 { String::new() } else { format!("{lost} lost, {twice} twice, {failed} refused") };
        Self { note, ..Self::new(place, &outcome, used) }
    }

    /// The line that is printed while the benchmark runs.
    pub fn line(&self) -> String {
        format!(
            "{:8} {:3} {:5} {:8.0}/s  p50 {:.1} p99 {:.1} ms  CPU {:.0} + {:.0} us  foreign {:.0} %  failed {} {}",
            self.database,
            self.workload,
            self.peer,
            self.rate,
            self.p50,
            self.p99,
            self.server,
            self.storage,
            self.foreign * 100.0,
            self.failed,
            self.note
        )
    }
}

/// Cold start in milliseconds; memory idle, at most under W2, and after it, in MiB.
#[derive(Clone, Debug)]
pub struct Process {
    pub database: &'static str,
    pub peer: &'static str,
    pub cold: f64,
    pub idle: f64,
    pub peak: f64,
    pub after: f64,
}

/// Everything that was measured.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
    processes: Vec<Process>,
    /// Statements a request, by workload and peer.
    statements: BTreeMap<(&'static str, &'static str), f64>,
}

/// The median of the values.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Report {
    pub fn add(&mut self, row: Row) {
        eprintln!("{}", row.line());
        self.rows.push(row);
    }

    pub fn add_process(&mut self, process: Process) {
        eprintln!("{process:?}");
        self.processes.push(process);
    }

    pub fn add_statements(&mut self, workload: &'static str, peer: &'static str, a_request: f64) {
        self.statements.insert((workload, peer), a_request);
    }

    /// How many requests failed in all.
    pub fn failures(&self) -> u64 {
        self.rows.iter().map(|row| row.failed).sum()
    }

    /// Markdown.
    pub fn table(&self, options: &Options) -> String {
        let mut text = format!(
            "{} claims on PostgreSQL, {} on SQLite; {} rounds of {} s, {} connections; medians over the rounds.\n\
             W5: {} subscribers, {} changes a second; an answer is a delivery. W8: an answer is a whole claim, five requests.\n\n",
            options.claims,
            options.sqlite_claims,
            options.rounds,
            options.seconds,
            options.connections,
            options.subscribers,
            options.rate
        );
        text.push_str(
            "| database | workload | peer | answers/s | of the limit | p50 ms | p99 ms | server CPU us | database CPU us | statements | failed | foreign CPU |\n\
             |---|---|---|---|---|---|---|---|---|---|---|---|\n",
        );
        let mut places: Vec<_> = self.rows.iter().map(|row| (row.database, row.workload, row.peer)).collect();
        let mut seen = Vec::new();
        places.retain(|place| {
            !seen.contains(place) && {
                seen.push(*place);
                true
            }
        });
        for (database, workload, peer) in places {
            // Writing to a text cannot fail.
            writeln!(text, "{}", self.line(database, workload, peer)).unwrap_or_default();
        }
        if !self.processes.is_empty() {
            text.push_str("\n| database | W6 peer | cold start ms | idle MiB | peak under W2 MiB | after MiB |\n|---|---|---|---|---|---|\n");
        }
        for Process { database, peer, cold, idle, peak, after } in &self.processes {
            writeln!(text, "| {database} | {peer} | {cold:.0} | {idle:.0} | {peak:.0} | {after:.0} |")
                .unwrap_or_default();
        }
        text
    }

    fn line(&self, database: &str, workload: &'static str, peer: &'static str) -> String {
        let rows = |peer: &str| -> Vec<&Row> {
            let of = |row: &&Row| row.database == database && row.workload == workload && row.peer == peer;
            self.rows.iter().filter(of).collect()
        };
        let (own, limit) = (rows(peer), rows("limit"));
        let typical = |read: fn(&Row) -> f64| median(own.iter().map(|row| read(row)));
        // Of runs in the same round: what else the machine did is nearly the same in both. W5 is compared by its p99.
        let pairs = own.iter().zip(&limit);
        let ratio = match workload {
            "W5" => median(pairs.map(|(own, limit)| own.p99 / limit.p99)),
            _ => median(pairs.map(|(own, limit)| own.rate / limit.rate)),
        };
        let ratio = match (limit.is_empty(), workload) {
            (true, _) => "-".to_owned(),
            (_, "W5") => format!("p99 x {ratio:.2}"),
            _ => format!("{ratio:.3}"),
        };
        let statements = self.statements.get(&(workload, peer)).map_or("-".to_owned(), |count| format!("{count:.1}"));
        format!(
            "| {database} | {workload} | {peer} | {:.0} | {ratio} | {:.1} | {:.1} | {:.0} | {:.0} | {statements} | {} | {:.0} % |",
            typical(|row| row.rate),
            typical(|row| row.p50),
            typical(|row| row.p99),
            typical(|row| row.server),
            typical(|row| row.storage),
            own.iter().map(|row| row.failed).sum::<u64>(),
            typical(|row| row.foreign) * 100.0
        )
    }
}
