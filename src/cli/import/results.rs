//! What became of each line of a file of claims, as JSON Lines.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use domain::kinds::BulkOutcome;
use serde::Serialize;

use crate::cli::error::CliError;

/// What became of one line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineResult<'a> {
    /// The line that the row begins on, from 1.
    pub line: u64,
    /// The row's external reference, where the row could be read.
    pub external_reference: Option<&'a str>,
    /// What became of it; of a dry run, what would have.
    pub outcome: BulkOutcome,
    /// The claim's global id.
    pub claim_id: Option<String>,
    /// The claim's number.
    pub claim_number: Option<String>,
    /// Why it was refused, or what a draft still lacks.
    pub problems: Vec<LineProblem>,
}

/// A problem of a line.
#[derive(Debug, Serialize)]
pub struct LineProblem {
    /// The code as in the API.
    pub code: &'static str,
    /// The column of a CSV file, or the path of a JSON field.
    pub field: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// The file of results; without a name nothing is written.
pub struct Results(Option<BufWriter<File>>);

impl Results {
    /// Makes the file, or empties one that is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(file: Option<&Path>) -> Result<Self, CliError> {
        let create = |file: &Path| {
            File::create(file).map_err(|error| {
                CliError::new(
                    format!("The file {} cannot be written: {error}.", file.display()),
                    "Name a file in a folder that exists and can be written to.",
                )
            })
        };
        Ok(Self(file.map(create).transpose()?.map(BufWriter::new)))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, result: &LineResult<'_>) -> Result<(), CliError> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        serde_json::to_writer(&mut *file, result).map_err(std::io::Error::from)?;
        Ok(file.write_all(b"\n")?)
    }

    /// Hands what was added to the system, so that a command that is killed leaves it behind.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.0.as_mut().map_or(Ok(()), Write::flush)?)
    }
}
