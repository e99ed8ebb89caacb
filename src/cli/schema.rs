//! `cpor schema`: prints the schema as SDL.

use super::{error::CliError, output};

/// Prints the SDL.
pub fn run() -> Result<(), CliError> {
    Ok(output::line(crate::graphql::schema::sdl().trim_end())?)
}
