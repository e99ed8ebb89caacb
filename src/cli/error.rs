//! Why a command failed: the message, the remedy and the exit code.

use std::{io, process::ExitCode};

use super::output;
use crate::{app::AppError, config::ConfigError, server::StartError};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub struct CliError {
    code: u8,
    message: String,
    remedy: String,
}

impl CliError {
    /// The command failed: exit code 1.
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), remedy: remedy.into() }
    }

    /// The command was asked wrongly: exit code 2.
    pub fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(message, remedy) }
    }

    /// Writes it to standard error and returns the exit code.
    pub fn report(&self) -> ExitCode {
        // The reader of standard output is gone, as with `| head`: this is not a failure.
        if !self.message.is_empty() {
            output::error(&format!("error: {}\n  help: {}", self.message, self.remedy));
        }
        ExitCode::from(self.code)
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.message, error.remedy)
    }
}

impl From<StartError> for CliError {
    fn from(error: StartError) -> Self {
        Self::new(error.message, error.remedy)
    }
}

impl From<AppError> for CliError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unavailable(inside) => Self::new(
                format!("The database does not answer: {inside}."),
                "Check that it is running and reachable, then try again.",
            ),
            // The user of the command is the operator, so internals may be shown.
            AppError::Internal(inside) => Self::new(
                format!("An internal error occurred: {inside}."),
                "Check the database and the documents folder; set RUST_LOG=debug for details.",
            ),
            AppError::Forbidden(message) | AppError::BadInput(message) => Self::new(message, "Check the arguments."),
        }
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { code: 0, message: String::new(), remedy: String::new() };
        }
        Self::new(format!("Reading or writing failed: {error}."), "Check the disk and the permissions.")
    }
}
