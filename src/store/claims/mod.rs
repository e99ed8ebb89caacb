//! Claims: the root list (`list`), look-ups (`read`), lines, statistics, and how a row becomes a claim and back (`record`).
//! A claim that is to change is read by `snapshots`, and stored with what is in [`mod@write`].

mod activity;
mod by_id;
mod deadlines;
mod filter;
mod first;
mod grouped;
mod late;
mod lines;
mod list;
mod order;
mod origin;
mod projected;
mod read;
mod record;
mod row;
mod search;
mod snapshots;
mod statistics;
mod tally;
mod words;

pub mod drafts;
pub mod write;

pub use activity::ActivityView;
pub(in crate::store) use by_id::Groups;
pub use deadlines::DeadlineStates;
pub use filter::{ClaimFilter, TimeRange};
#[cfg(test)]
pub(in crate::store) use first::Way;
pub use grouped::{GroupKey, Grouped, first_pass, first_submitted, grouped, overall};
#[cfg(test)]
pub(in crate::store) use grouped::{counted, projected};
pub use lines::{LineOfClaim, LineRow, LinesWanted, document_counts, lines, lines_of};
pub use list::{count, page};
#[cfg(test)]
pub(in crate::store) use list::{page_by_projection, page_this_way};
pub use order::{ClaimOrder, ClaimOrderField};
pub use origin::{Origin, origins};
#[cfg(test)]
pub(in crate::store) use projected::condition as in_projection;
pub use read::{Owners, by_external_reference, by_ids, by_number, counts_of, left_of_deleted, pages_of};
pub use record::{claim_to_row, line_from_row, line_to_row};
pub use row::{ClaimRow, Wanted};
pub(in crate::store) use snapshots::Groups as SnapshotGroups;
pub use statistics::{DecidedClaims, Statistics, decided_claims, statistics};

use read::{ordered, seen, seen_in, written};
