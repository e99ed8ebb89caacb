//! What each side is shown of a claim and its history (A3, A4): the same in the API, live events and exports.

use super::{ACTING_FOR, running_clock};
use crate::{
    claim::{Claim, Consent},
    deadline::Deadline,
    kinds::{ClaimStatus, ConsentStatus, DeadlineKind, DeadlineState},
    policy::Policy,
    time::Timestamp,
};

/// The customer's consent; one that is still waited for belongs to an approved claim only (N2).
#[must_use]
pub fn shown_consent(claim: &Claim) -> Option<&Consent> {
    let stands = |status| status != ConsentStatus::Pending || claim.status == ClaimStatus::Approved;
    claim.consent.as_ref().filter(|consent| stands(consent.status))
}

/// The clock that runs now. A customer is shown its own, of consent, whatever else runs on the claim (A3, X3).
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

/// The fields whose changes the vendor, or everybody else, may not know of (A4, L12).
#[must_use]
pub const fn hidden_changes(from_vendor: bool) -> &'static [&'static str] {
    if from_vendor { &["externalReference"] } else { &["reviewer", ACTING_FOR] }
}
