//! Writes: everything here runs in a [`super::Transaction`], and nowhere else (H1).

pub mod associations;
pub mod claims;
pub mod comments;
pub mod directory;
pub mod documents;
pub mod history;
pub mod idempotency;
