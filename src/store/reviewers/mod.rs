//! The vendor's reviewers (R1).

mod read;
mod record;

pub mod write;

pub use read::{
    ORDER, ReviewerFilter, active_leads, by_ids, by_subjects, count, id_of, open_claims, open_reviews, page,
    with_deputies,
};
pub use record::{Absence, Reviewer};
