//! What the program tells while it runs: log lines on standard error.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Turns logging on. `level` holds where `RUST_LOG` says nothing; a second call changes nothing.
pub fn init(format: LogFormat, level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // An `Err` only says that logging is on already.
    drop(match format {
        LogFormat::Text => lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).try_init(),
        LogFormat::Json => lines.json().try_init(),
    });
}
