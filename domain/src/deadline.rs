//! The deadlines of a claim: when they start, when they are due, and their state (T1-T4, N1, D1, D2).

use crate::calendar::Calendar;
use crate::kinds::{DeadlineKind, DeadlineState};
use crate::policy::Policy;
use crate::time::Timestamp;

/// The most business days left at which a deadline is at risk (T).
const AT_RISK_DAYS: i32 = 1;

/// One running clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// Which clock it is.
    pub kind: DeadlineKind,
    /// When it started.
    pub started_at: Timestamp,
    /// When it is too late.
    pub due_at: Timestamp,
}

/// The latest end of a deadline that is at risk now; one that ends later is on track (T).
#[must_use]
pub fn at_risk_until(now: Timestamp, policy: &Policy) -> Timestamp {
    Calendar::new(policy).latest_due(now, AT_RISK_DAYS.unsigned_abs().try_into().unwrap_or(u16::MAX))
}

/// Starts the clock of this kind now.
#[must_use]
pub fn start(kind: DeadlineKind, now: Timestamp, policy: &Policy) -> Deadline {
    let due_at = Calendar::new(policy).due(now, policy.deadlines.term(kind));
    Deadline { kind, started_at: now, due_at }
}

/// When a claim submitted at this instant should be decided (T4). It moves nothing.
#[must_use]
pub fn decision_due(submitted_at: Timestamp, policy: &Policy) -> Timestamp {
    Calendar::new(policy).due(submitted_at, policy.deadlines.decision_target)
}

impl Deadline {
    /// Whether it is too late: at `due_at` it is (T).
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        now >= self.due_at
    }

    /// The business days after today up to the last one: 0 on the last day, negative when overdue (T).
    #[must_use]
    pub fn business_days_left(&self, now: Timestamp, policy: &Policy) -> i32 {
        Calendar::new(policy).business_days_left(now, self.due_at)
    }

    /// The state by the calendar alone. Whether an arbitration extends it (T2) or it was met depends on the claim.
    #[must_use]
    pub fn state(&self, now: Timestamp, policy: &Policy) -> DeadlineState {
        if self.is_overdue(now) {
            DeadlineState::Overdue
        } else if self.business_days_left(now, policy) <= AT_RISK_DAYS {
            DeadlineState::AtRisk
        } else {
            DeadlineState::OnTrack
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Term;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_clock_runs_as_long_as_the_policy_says() {
        let policy = Policy::default();
        let now = at("2026-03-02T09:30:00Z"); // a Monday
        let cases = [
            (DeadlineKind::StartReview, "2026-03-10T00:00:00Z"),     // T1
            (DeadlineKind::Decide, "2026-03-10T00:00:00Z"),          // T2
            (DeadlineKind::PartnerResponse, "2026-03-10T00:00:00Z"), // T3
            (DeadlineKind::Consent, "2026-03-10T00:00:00Z"),         // N1
            (DeadlineKind::DisputeWindow, "2026-04-02T00:00:00Z"),   // D1
            (DeadlineKind::AnswerDispute, "2026-03-10T00:00:00Z"),   // D2
        ];
        assert_eq!(cases.len(), DeadlineKind::ALL.len());
        for (kind, due) in cases {
            assert_eq!(start(kind, now, &policy), Deadline { kind, started_at: now, due_at: at(due) }, "{kind}");
        }
        assert_eq!(decision_due(now, &policy), at("2026-03-17T00:00:00Z")); // T4
    }

    #[test]
    fn the_policy_can_express_consent_in_business_days() {
        // N1: the older overview's five business days
        let mut policy = Policy::default();
        let now = at("2026-03-05T09:30:00Z"); // a Thursday
        assert_eq!(start(DeadlineKind::Consent, now, &policy).due_at, at("2026-03-13T00:00:00Z"));
        policy.deadlines.consent = Term::business(5);
        policy.holidays.insert(jiff::civil::date(2026, 3, 9));
        assert_eq!(start(DeadlineKind::Consent, now, &policy).due_at, at("2026-03-14T00:00:00Z"));
    }

    #[test]
    fn what_ends_by_the_bound_is_at_risk() {
        // T: over weekends and holidays, at midnight and beside it
        let mut policy = Policy::default();
        policy.holidays.insert(jiff::civil::date(2026, 3, 10));
        policy.time_zone = jiff::tz::TimeZone::get("Europe/Budapest").unwrap();
        for hours in 0..24 * 10 {
            let now = Timestamp::from_micros(at("2026-03-02T09:30:00Z").micros() + hours * 3_600_000_000).unwrap();
            let bound = at_risk_until(now, &policy);
            for ends in (0..24 * 16).map(|hours| at("2026-03-02T00:00:00Z").micros() + hours * 1_800_000_000) {
                for due_at in [ends - 1, ends, ends + 1].map(|micros| Timestamp::from_micros(micros).unwrap()) {
                    let state = Deadline { kind: DeadlineKind::Decide, started_at: now, due_at }.state(now, &policy);
                    let expected = match (due_at <= now, due_at <= bound) {
                        (true, _) => DeadlineState::Overdue,
                        (false, true) => DeadlineState::AtRisk,
                        (false, false) => DeadlineState::OnTrack,
                    };
                    assert_eq!(state, expected, "{due_at} at {now}");
                }
            }
        }
    }

    #[test]
    fn the_state_follows_the_days_left() {
        // T: at risk with 1 or fewer left; too late at dueAt
        let policy = Policy::default();
        let deadline = start(DeadlineKind::Decide, at("2026-03-02T09:30:00Z"), &policy);
        let cases = [
            ("2026-03-02T09:30:00Z", 5, DeadlineState::OnTrack),
            ("2026-03-05T23:59:59.999999Z", 2, DeadlineState::OnTrack),
            ("2026-03-06T00:00:00Z", 1, DeadlineState::AtRisk),
            ("2026-03-08T12:00:00Z", 1, DeadlineState::AtRisk),
            ("2026-03-09T00:00:00Z", 0, DeadlineState::AtRisk),
            ("2026-03-09T23:59:59.999999Z", 0, DeadlineState::AtRisk),
            ("2026-03-10T00:00:00Z", -1, DeadlineState::Overdue),
            ("2026-03-11T00:00:00Z", -2, DeadlineState::Overdue),
        ];
        for (now, left, state) in cases {
            assert_eq!(deadline.business_days_left(at(now), &policy), left, "{now}");
            assert_eq!(deadline.state(at(now), &policy), state, "{now}");
        }
    }
}
