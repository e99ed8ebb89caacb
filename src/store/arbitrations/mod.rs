//! Arbitrations (X).

mod read;
mod record;

pub mod write;

pub use read::{ArbitrationFilter, ORDER, by_ids, count, of_claims, page, parties};
pub use record::Arbitration;
