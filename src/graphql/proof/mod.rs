//! Proof documents; their mutations are the claim's.

mod types;

pub use types::{DocumentsOf, ProofDocument};
