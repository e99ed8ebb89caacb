//! The load benchmark: workloads W1 to W8 on generated data, against cpor as it is run for real and, on PostgreSQL, against
//! a hand-written limit on the same tables (`limit/`). `docs/performance.md` says what is measured and how to read it.
//!
//! ```sh
//! benches/load/run --help
//! ```
#![expect(clippy::cast_precision_loss, reason = "the figures are for people")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a report is printed")]
#![expect(clippy::disallowed_methods, reason = "here the machine's time is what is measured")]

mod closed_loop;
mod data;
mod journey;
mod live;
mod operations;
mod peer;
mod postgres;
mod report;
mod rounds;
mod usage;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

/// What can go wrong here.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measure cpor beside a hand-written limit.
#[derive(Clone, Debug, Parser)]
#[command(name = "benches/load/run")]
pub(crate) struct Options {
    /// How many claims to generate on PostgreSQL.
    #[arg(long, default_value_t = 200_000)]
    claims: u64,
    /// How many claims to generate on SQLite.
    #[arg(long, default_value_t = 20_000)]
    sqlite_claims: u64,
    /// How long each measurement takes, in seconds.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// How often each workload is measured; the table shows medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many connections ask at once, each for the next answer when it has the last.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How many subscribers W5 has.
    #[arg(long, default_value_t = 200)]
    subscribers: usize,
    /// How many changes a second W5 makes.
    #[arg(long, default_value_t = 20)]
    rate: u64,
    /// Only these workloads, by commas: W1, W1P, W2, W2P, W3, W4, W5, W6, W7, W8.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// On which databases.
    #[arg(long, value_enum, default_value = "both")]
    database: Databases,
    /// A PostgreSQL database that `cpor generate` has filled, instead of one of the benchmark's own. The writes stay in it.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The cpor program to measure, instead of the one that is built.
    #[arg(long, env = "CPOR")]
    cpor: Option<PathBuf>,
    /// The limit's program; without it there is nothing to compare with.
    #[arg(long, env = "LIMIT")]
    limit: Option<PathBuf>,
    /// `cargo bench` passes it.
    #[arg(long, hide = true)]
    bench: bool,
}

/// The databases to measure on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Databases {
    Postgres,
    Sqlite,
    Both,
}

impl Options {
    fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only.eq_ignore_ascii_case(workload))
    }

    fn cpor(&self) -> PathBuf {
        self.cpor.clone().unwrap_or_else(|| env!("CARGO_BIN_EXE_cpor").into())
    }
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Fallible<()> {
    let mut report = report::Report::default();
    if options.database != Databases::Sqlite {
        rounds::on_postgres(options, &mut report)?;
    }
    if options.database != Databases::Postgres {
        rounds::on_sqlite(options, &mut report)?;
    }
    println!("{}", report.table(options));
    match report.failures() {
        0 => Ok(()),
        some => Err(format!("{some} requests were not answered as they should be").into()),
    }
}
