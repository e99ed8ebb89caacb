//! The policy values of the rule book: terms, holidays, time zone and document limits, with their defaults.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::kinds::DeadlineKind;

mod file;

pub use file::{DeadlinesFile, DocumentsFile, IsoDate, PolicyError, PolicyFile, TermFile};

/// Which days a term counts (N1: the policy can express both).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// Monday to Friday, except the holidays.
    Business,
    /// Every day.
    Calendar,
}

/// A number of days, of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// The number of days.
    pub days: u16,
    /// Which days count.
    pub kind: TermKind,
}

impl Term {
    /// A term of business days.
    #[must_use]
    pub const fn business(days: u16) -> Self {
        Self { days, kind: TermKind::Business }
    }

    /// A term of calendar days.
    #[must_use]
    pub const fn calendar(days: u16) -> Self {
        Self { days, kind: TermKind::Calendar }
    }
}

/// The term of each deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The vendor starts the review (T1).
    pub start_review: Term,
    /// The vendor decides (T2).
    pub decide: Term,
    /// The partner answers (T3).
    pub partner_response: Term,
    /// The target from submission to decision; missing it has no effect (T4).
    pub decision_target: Term,
    /// The customer may decline (N1).
    pub consent: Term,
    /// The partner may dispute a rejection (D1).
    pub dispute_window: Term,
    /// The vendor answers a dispute (D2).
    pub answer_dispute: Term,
}

impl Deadlines {
    /// The term of a deadline of this kind.
    #[must_use]
    pub const fn term(&self, kind: DeadlineKind) -> Term {
        match kind {
            DeadlineKind::StartReview => self.start_review,
            DeadlineKind::Decide => self.decide,
            DeadlineKind::PartnerResponse => self.partner_response,
            DeadlineKind::Consent => self.consent,
            DeadlineKind::DisputeWindow => self.dispute_window,
            DeadlineKind::AnswerDispute => self.answer_dispute,
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            start_review: Term::business(5),     // T1
            decide: Term::business(5),           // T2
            partner_response: Term::business(5), // T3
            decision_target: Term::business(10), // T4
            consent: Term::calendar(7),          // N1
            dispute_window: Term::calendar(30),  // D1
            answer_dispute: Term::business(5),   // D2
        }
    }
}

/// The limits for proof documents (P1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentPolicy {
    /// The largest document, in MiB.
    pub max_size_mib: u32,
    /// The maximum number of documents per claim.
    pub max_per_claim: u32,
}

impl DocumentPolicy {
    /// The largest document, in bytes.
    #[must_use]
    pub fn max_size_bytes(&self) -> u64 {
        u64::from(self.max_size_mib) * 1024 * 1024
    }
}

impl Default for DocumentPolicy {
    fn default() -> Self {
        Self { max_size_mib: 25, max_per_claim: 20 } // P1
    }
}

/// All policy values: `Policy::default()` has the rule book's, `Policy::try_from(PolicyFile)` the operator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The vendor's time zone, which decides when days begin and end (T).
    pub time_zone: TimeZone,
    /// The time zone's IANA name.
    pub time_zone_name: String,
    /// The vendor's holidays, which are not business days (T).
    pub holidays: BTreeSet<Date>,
    /// The term of each deadline.
    pub deadlines: Deadlines,
    /// The limits of proof documents.
    pub documents: DocumentPolicy,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            time_zone: TimeZone::UTC,
            time_zone_name: "UTC".to_owned(),
            holidays: BTreeSet::new(),
            deadlines: Deadlines::default(),
            documents: DocumentPolicy::default(),
        }
    }
}

#[cfg(test)]
mod tests;
