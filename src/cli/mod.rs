//! The command line: one file a command. Answers go to standard output, everything else to standard error.

mod demo;
mod failure;
mod import;
mod migrate;
mod output;
mod progress;
mod schema;
mod serve;
mod token;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::telemetry::logging;
use failure::Failure;

/// The claims server for customer associations (Claiming Partner of Record).
#[derive(Debug, Parser)]
#[command(
    name = "cpor",
    version,
    about,
    propagate_version = true,
    max_term_width = 100,
    after_help = "\
Every option also reads an environment variable, named in the command's own help.
Exit codes: 0 done, 1 failed, 2 wrong usage. RUST_LOG sets what is logged, such as RUST_LOG=cpor=debug.

New here? `cpor demo` needs nothing and shows the whole of it."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything at once, with sample data and ready tokens; nothing is needed.
    Demo(demo::Options),
    /// Run the server.
    Serve(Box<serve::Options>),
    /// Apply, take back or list the steps of the database's schema.
    Migrate(migrate::Options),
    /// Print the GraphQL schema, sorted, as in `schema.graphql`.
    Schema,
    /// Print a signed token for development.
    Token(token::Options),
    /// Load partners, customers, subscriptions or products from a file.
    Import(import::Options),
    /// Prove that no claim's history was altered and that every invariant holds.
    Verify(verify::Options),
}

/// Runs the command and tells how it ended.
pub async fn run(cli: Cli) -> ExitCode {
    let done = match cli.command {
        Command::Demo(options) => demo::run(options).await,
        Command::Serve(options) => serve::run(*options).await,
        Command::Migrate(options) => migrate::run(options).await,
        Command::Schema => schema::run(),
        Command::Token(options) => token::run(options),
        Command::Import(options) => import::run(options).await,
        Command::Verify(options) => verify::run(options).await,
    };
    done.map_or_else(|failure| failure.tell(), |()| ExitCode::SUCCESS)
}

/// Tells that nothing could be run at all.
#[must_use]
pub fn no_runtime(error: &std::io::Error) -> ExitCode {
    Failure::new(format!("The program cannot start its threads: {error}."), "Raise the limit of threads or memory.")
        .tell()
}
