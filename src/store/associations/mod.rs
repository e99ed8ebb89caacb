//! Associations (X6): started at approval, at most one live on a subject, ended, never deleted.

mod read;
mod record;

pub mod write;

pub use read::{AssociationFilter, ORDER, by_ids, count, of_lines, page};
pub use record::Association;
