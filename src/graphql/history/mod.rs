//! The history of claims.

mod enums;
mod query;
mod types;

pub use enums::HistoryAction;
pub(super) use query::HistoryQuery;
pub use types::{HistoryEntry, HistoryEntryConnection};
pub(super) use types::{of_claim, of_claims};
