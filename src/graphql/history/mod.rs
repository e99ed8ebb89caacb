//! The history of claims.

mod enums;
mod query;
mod types;

pub use enums::HistoryAction;
pub(super) use query::HistoryQuery;
pub(super) use types::{of_claim, of_claims};
pub use types::{HistoryEntry, HistoryEntryConnection};
