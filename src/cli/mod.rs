//! The command line: one file per command. Results go to standard output, everything else to standard error.

mod demo;
mod error;
mod export;
mod generate;
pub mod import;
mod migrate;
mod notices;
mod output;
mod progress;
mod report;
mod revoke;
mod schema;
mod serve;
mod token;
mod tokens;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use futures_util::future::{FutureExt, LocalBoxFuture, ready};

use crate::{config::without_empty_variables, telemetry::logging};
use error::CliError;

/// The claims server for customer associations (Claiming Partner of Record).
#[derive(Debug, Parser)]
#[command(
    name = "cpor",
    version,
    about,
    propagate_version = true,
    max_term_width = 100,
    after_help = "\
Every option can also be set by an environment variable, which the command's help names.
Exit codes: 0 success, 1 failure, 2 wrong usage. RUST_LOG sets the log level, such as RUST_LOG=cpor=debug.

New here? `cpor demo` needs no setup and shows everything."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything at once with sample data and ready tokens; needs no setup.
    Demo(demo::Options),
    /// Run the server.
    Serve(Box<serve::Options>),
    /// Apply, revert or list the migrations of the database.
    Migrate(migrate::Options),
    /// Print the GraphQL schema, sorted, as in `schema.graphql`.
    Schema,
    /// Print a signed token for development or for a service account, or explain a token.
    Token(Box<token::Options>),
    /// List the tokens of service accounts.
    Tokens(tokens::Options),
    /// Revoke tokens before they expire.
    Revoke(revoke::Options),
    /// List notices, send them again, or write samples of them.
    Notices(Box<notices::Options>),
    /// Load partners, customers, subscriptions, products or claims from a file.
    Import(import::Options),
    /// Export claims, their history, evaluations or associations to a file, as of one instant.
    Export(Box<export::Options>),
    /// Generate realistic bulk data for load tests; the same seed gives the same data.
    Generate(generate::Options),
    /// Print statistics over all submitted claims, or over groups of them.
    Report(report::Options),
    /// Check that no history was altered and that every invariant holds.
    Verify(verify::Options),
}

/// Parses the command line and the environment. An invalid one ends the process here, with help and exit code 2.
#[must_use]
pub fn parse() -> Cli {
    let matches = without_empty_variables(Cli::command()).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Runs the command and returns its exit code.
///
/// No `async fn`: the compiler would put everything that the commands await into the program's own crate a second time, in
/// one piece, which takes it many minutes in a release.
#[inline(never)]
#[must_use]
pub fn run(cli: Cli) -> LocalBoxFuture<'static, ExitCode> {
    let done: LocalBoxFuture<'static, Result<(), CliError>> = match cli.command {
        Command::Demo(options) => demo::run(options).boxed_local(),
        Command::Serve(options) => serve::run(*options).boxed_local(),
        Command::Migrate(options) => migrate::run(options).boxed_local(),
        Command::Schema => ready(schema::run()).boxed_local(),
        Command::Token(options) => token::run(*options).boxed_local(),
        Command::Tokens(options) => tokens::run(options).boxed_local(),
        Command::Revoke(options) => revoke::run(options).boxed_local(),
        Command::Notices(options) => notices::run(*options).boxed_local(),
        Command::Import(options) => import::run(options).boxed_local(),
        Command::Export(options) => export::run(*options).boxed_local(),
        Command::Generate(options) => generate::run(options).boxed_local(),
        Command::Report(options) => report::run(options).boxed_local(),
        Command::Verify(options) => verify::run(options).boxed_local(),
    };
    done.map(|done| done.map_or_else(|error| error.report(), |()| ExitCode::SUCCESS)).boxed_local()
}

/// Reports that no command could be run.
#[must_use]
pub fn no_runtime(error: &std::io::Error) -> ExitCode {
    CliError::new(format!("The program cannot start its threads: {error}."), "Raise the limit of threads or memory.")
        .report()
}
