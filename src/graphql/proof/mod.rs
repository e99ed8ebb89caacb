//! Proof documents; their mutations are the claim's.

mod query;
mod types;

pub use query::ProofQuery;
pub use types::{DocumentsOf, ProofDocument};
