//! Claims.

mod activity;
mod content;
mod eligibility;
mod enums;
mod filter;
mod line;
mod loads;
mod mutation;
mod parts;
mod query;
mod statistics;
mod types;
mod wanted;
mod written;

pub(super) use content::patch;
pub use content::{ClaimContentInput, Null};
pub(super) use eligibility::EligibilityQuery;
pub use enums::ClaimStatus;
pub use filter::{ClaimFilter, ClaimOrder};
pub use loads::{ClaimById, left_of_deleted, visible, visible_or_none};
pub(super) use mutation::{CustomerMutation, PartnerMutation, ReviewMutation, change};
pub(super) use query::{ClaimQuery, of_owner};
pub(super) use statistics::StatisticsQuery;
pub use types::{Claim, ClaimConnection};
pub use wanted::of_claims;
