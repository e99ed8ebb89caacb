//! Incentive evaluations (I1): the record beside the claim's own status.

mod read;
mod record;

pub mod write;

pub use read::of_claims;
pub use record::Evaluation;
