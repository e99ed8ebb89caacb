//! What each side is shown of a claim and its history (A3, A4): the same in the API, live events and exports.

use super::{ACTING_FOR, running_clock};
use crate::{
    claim::{Claim, Consent},
    deadline::Deadline,
    kinds::{ClaimStatus, ConsentStatus, DeadlineKind, DeadlineState, HistoryAction},
    policy::Policy,
    time::Timestamp,
};

/// The customer's consent; one that is still waited for belongs to an approved claim only (N2).
#[must_use]
pub fn shown_consent(claim: &Claim) -> Option<&Consent> {
    let stands = |status| status != ConsentStatus::Pending || claim.status == ClaimStatus::Approved;
    claim.consent.as_ref().filter(|consent| stands(consent.status))
}

/// The current deadline. A customer sees only the consent deadline, whatever other deadline the claim has (A3, X3).
#[must_use]
pub fn shown_clock(
    claim: &Claim,
    to_customer: bool,
    now: Timestamp,
    policy: &Policy,
) -> Option<(Deadline, DeadlineState)> {
    if !to_customer {
        return running_clock(claim, now, policy);
    }
    let consent = shown_consent(claim).filter(|consent| consent.status == ConsentStatus::Pending)?;
    let clock =
        Deadline { kind: DeadlineKind::Consent, started_at: consent.requested_at, due_at: consent.decline_until };
    Some((clock, clock.state(now, policy)))
}

/// Whether an entry of this action records something that a customer sees of a claim (A3): everything but what is between partner
/// and vendor.
#[must_use]
pub const fn is_shown_to_customer(action: HistoryAction) -> bool {
    !matches!(
        action,
        HistoryAction::Commented
            | HistoryAction::ArbitrationOpened
            | HistoryAction::ArbitrationSettled
            | HistoryAction::DeadlineMissed
    )
}

/// The fields whose changes the vendor, or everyone else, may not know of (A4, L12).
#[must_use]
pub const fn hidden_changes(from_vendor: bool) -> &'static [&'static str] {
    if from_vendor { &["externalReference"] } else { &["reviewer", ACTING_FOR] }
}
