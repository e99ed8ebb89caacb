//! `cpor schema`: prints the schema as SDL.

use super::{failure::Failure, output};

/// Prints the SDL.
pub fn run() -> Result<(), Failure> {
    Ok(output::line(crate::graphql::schema::sdl().trim_end())?)
}
