//! What the benchmarks stand on: the real program, a directory, and claims.

pub mod api;
pub mod server;

use std::error::Error;

/// What can go wrong here.
pub type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;
