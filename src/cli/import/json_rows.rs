//! The rows of a file of JSON Lines.

use std::io::{BufRead, Read};

use super::{Entry, FileRow, Rows, encoding::not_utf8};
use crate::cli::error::CliError;

/// The longest line: more than any row needs, and little enough to be held in memory.
const LINE_MAX: u64 = 16 * 1024 * 1024;

/// The rows; blank lines are passed over.
pub fn rows<'a, R: FileRow + 'a>(mut input: impl BufRead + 'a) -> Rows<'a, R> {
    let mut line = 0;
    Box::new(std::iter::from_fn(move || {
        loop {
            let text = match next_line(&mut input, line + 1) {
                Ok(text) => text?,
                Err(failure) => return Some(Err(failure)),
            };
            line += 1;
            let text = text.trim_end();
            if !text.is_empty() {
                return Some(Ok(Entry { line, row: row(text) }));
            }
        }
    }))
}

fn row<R: FileRow>(text: &str) -> Result<R, String> {
    // A list of the values would be read as well: it would hold only as long as nobody adds a field.
    if !text.trim_start().starts_with('{') {
        return Err("The line is not a JSON object.".to_owned());
    }
    serde_json::from_str(text).map_err(|error| wrong(&error))
}

fn next_line(input: &mut impl BufRead, line: u64) -> Result<Option<String>, CliError> {
    let mut bytes = Vec::new();
    let length = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut bytes)?;
    if length as u64 == LINE_MAX {
        return Err(CliError::new(
            format!("Line {line} is longer than {LINE_MAX} bytes."),
            "Check that the file has one JSON object a line.",
        ));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text).filter(|_| length > 0)),
        Err(error) => {
            let (text, valid) = (error.as_bytes(), error.utf8_error().valid_up_to());
            let characters = String::from_utf8_lossy(&text[..valid]).chars().count();
            Err(not_utf8(&format!("line {line}, character {},", characters + 1), text))
        }
    }
}

/// What is wrong, by its column: the line is the file's, not that of the error.
fn wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    match error.column() {
        0 => format!("{what}."),
        column => format!("{what} (character {column})."),
    }
}
