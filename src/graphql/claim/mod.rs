//! Claims.

mod eligibility;
mod enums;
mod filter;
mod inputs;
mod line;
mod loads;
mod mutation;
mod parts;
mod payloads;
mod query;
mod statistics;
mod types;
mod wanted;
mod written;

pub(super) use eligibility::EligibilityQuery;
pub use enums::ClaimStatus;
pub use filter::{ClaimFilter, ClaimOrder};
pub use inputs::ClaimLineInput;
pub(super) use inputs::patch;
pub use loads::{ClaimById, left_of_deleted, visible, visible_or_none};
pub(super) use mutation::{CustomerMutation, PartnerMutation, ReviewMutation, change};
pub use parts::ContactInput;
pub(super) use query::{ClaimQuery, of_customer};
pub(super) use statistics::StatisticsQuery;
pub use types::{Claim, ClaimConnection};
pub use wanted::of_claims;
