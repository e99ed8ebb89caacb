//! `cpor schema`: the contract as text.

use super::{failure::Failure, output};

/// Prints the SDL.
pub fn run() -> Result<(), Failure> {
    Ok(output::line(crate::graphql::schema::sdl().trim_end())?)
}
