//! The program: parse the command line, run the command, end with its code.

use std::process::ExitCode;

use cpor::cli;

/// Many small short-lived values: this allocator is quicker at them than the system's, most of all with musl.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Twice tokio's own: a deep query on the deepest use case must never come near the end, which would end the process.
const STACK: usize = 4 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime.block_on(cli::run(cli)),
        Err(error) => cli::no_runtime(&error),
    }
}
