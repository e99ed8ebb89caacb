//! The one place that asks the machine for randomness.

use std::time::Duration;

use uuid::Uuid;

/// A new id: UUID version 7, so that ids sort by the time they were given.
#[expect(clippy::disallowed_methods, reason = "this is the source of ids that everything else must use")]
#[must_use]
pub fn new() -> Uuid {
    Uuid::now_v7()
}

/// 64 random bits.
#[expect(clippy::disallowed_methods, reason = "this is the source of randomness that everything else must use")]
#[must_use]
pub fn random() -> u64 {
    // A version 4 UUID has fixed bits in each half; folding the halves leaves no bit fixed.
    let (high, low) = Uuid::new_v4().as_u64_pair();
    high ^ low.rotate_left(17)
}

/// A new number for a claim; not a count of anything (L12).
#[must_use]
pub fn claim_number() -> String {
    domain::number::claim_number(random())
}

/// A pause before the try after `failed` failed ones: longer each time, and different for everybody.
#[must_use]
pub fn jitter(failed: u32) -> Duration {
    Duration::from_millis(5 * u64::from(failed) + random() % (20 * u64::from(failed) + 1))
}
