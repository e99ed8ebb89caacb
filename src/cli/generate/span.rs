//! When everything happened. The times are fixed, so that the same seed gives the same data on every day.

use domain::{
    policy::{Policy, Term},
    time::Timestamp,
};

use crate::ids::Seeded;

pub const HOUR: i64 = 3_600_000_000;
pub const DAY: i64 = 24 * HOUR;

/// 2025-01-01T00:00:00Z: the first customer's first claim.
pub fn begin() -> Timestamp {
    jiff::Timestamp::constant(1_735_689_600, 0).into()
}

/// 2026-11-01T00:00:00Z: everything that the clocks do by themselves is done before.
pub fn end() -> Timestamp {
    jiff::Timestamp::constant(1_793_491_200, 0).into()
}

/// How long before the end the last claim is made: a rejection, a dispute of it and all their clocks fit in between.
const QUIET_DAYS: i64 = 150;
/// How long after the end the clocks begin to run out that still run: no server that is started on the data has to fire
/// any of them for ten years.
const FAR_DAYS: u16 = 3_650;
/// Over how many days those are spread, so that an order by deadline has something to order.
const SPREAD_DAYS: u64 = 365;

/// So many microseconds later.
pub fn later(at: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(micros)).unwrap_or(at)
}

/// When the customer of this number of so many makes its first claim: the later the customer, the later.
pub fn first_claim(customer: u64, customers: u64, dice: &mut Seeded) -> Timestamp {
    let whole = end().micros() - begin().micros() - QUIET_DAYS * DAY - CLAIMS_WITHIN_DAYS * DAY;
    let share = i128::from(whole) * i128::from(customer) / i128::from(customers.max(1));
    later(begin(), i64::try_from(share).unwrap_or(0) + some_time(dice, DAY))
}

/// Within how many days the claims on one customer are made.
pub const CLAIMS_WITHIN_DAYS: i64 = 60;

/// Up to so many microseconds, in whole milliseconds.
pub fn some_time(dice: &mut Seeded, at_most: i64) -> i64 {
    i64::try_from(dice.below(u64::try_from(at_most / 1000).unwrap_or(0))).unwrap_or(0) * 1000
}

/// The policy for a clock that is still running when the data is used. Only its terms are longer.
pub fn far(policy: &Policy, now: Timestamp, dice: &mut Seeded) -> Policy {
    let until_end = u16::try_from((end().micros() - now.micros()) / DAY).unwrap_or(0);
    let spread = u16::try_from(dice.below(SPREAD_DAYS)).unwrap_or(0);
    let term = Term::calendar(until_end + FAR_DAYS + spread);
    let mut far = policy.clone();
    let terms = &mut far.deadlines;
    terms.start_review = term;
    terms.decide = term;
    terms.partner_response = term;
    terms.consent = term;
    terms.dispute_window = term;
    terms.answer_dispute = term;
    far
}
