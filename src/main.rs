//! The program: parse the command line, run the command, end with its code.

use std::process::ExitCode;

use clap::Parser;
use cpor::cli::{self, Cli};

/// Many small short-lived values: this allocator is quicker at them than the system's, most of all with musl.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A wrong command line ends here, with help and code 2.
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(cli::run(cli)),
        Err(error) => cli::no_runtime(&error),
    }
}
