//! What reviewers' lists and statistics read where the claims themselves would take too long: a narrow row for each claim
//! that reviewers see, and counts of them by group (L14, S1, S2).
//!
//! Both are written a little after the history ([`mod@write`]), so that no change of a claim pays for them. A
//! reader takes the claims with entries after the cursor as they are now, and all others as the projection has them: together
//! they are the claims of this instant, for an entry is committed with the change that it records.

mod counted;
mod counts;
mod read;
mod statistics;
mod traits;

pub mod write;

pub(in crate::store) use counts::Group;
pub(in crate::store) use read::{Since, folded, usable};
pub(in crate::store) use statistics::{ClaimGrouping, ProjectedGroupKey, group_statistics};
pub(in crate::store) use traits::ClaimTraits;
