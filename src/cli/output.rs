//! Writing to the two standard streams.

use std::io::{self, Write};

/// Writes a text and a line break to standard output.
///
/// # Errors
/// The stream's own, such as a closed pipe.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Writes a text and a line break to standard error. Where that fails there is nowhere left to say so.
pub fn error(text: &str) {
    writeln!(io::stderr().lock(), "{text}").unwrap_or_default();
}
