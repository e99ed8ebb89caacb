//! The vendor's reviewers (R1-R4).

mod mutation;
mod query;
mod types;

pub use mutation::ReviewerMutation;
pub use query::ReviewerQuery;
pub use types::Reviewer;
