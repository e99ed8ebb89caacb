//! The one place that asks the machine for randomness.

use std::time::Duration;

use domain::time::Timestamp;
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

/// Random bytes for a secret, from the crypto provider's generator.
#[must_use]
pub fn secret<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    // It fails only where the operating system has no randomness at all; ids come from there too.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        bytes.chunks_mut(8).for_each(|chunk| {
            let random = random().to_le_bytes();
            chunk.iter_mut().zip(random).for_each(|(byte, random)| *byte = random);
        });
    }
    bytes
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

/// Random numbers and ids that follow from a seed: the same seed gives the same sequence on every machine.
///
/// For generated data only; what must be unpredictable or unique comes from [`new`] and [`random`].
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// The sequence of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// An independent sequence for one part of the work, so that parts can be made in any order.
    #[must_use]
    pub fn part(&self, number: u64) -> Self {
        let mut mixed = Self(self.0 ^ number.wrapping_mul(0xd1b5_4a32_d192_ed03));
        Self(mixed.number())
    }

    /// 64 random bits, by `SplitMix64`.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the bound; 0 where the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        u64::try_from((u128::from(self.number()) * u128::from(bound)) >> 64).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of the values; nothing of none.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> Option<&'a T> {
        let index = self.below(u64::try_from(values.len()).unwrap_or(u64::MAX));
        values.get(usize::try_from(index).unwrap_or(usize::MAX))
    }

    /// An id as [`new`] would have given it at this time.
    pub fn id(&mut self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
        let mut random = [0; 10];
        let bits = self.number().to_le_bytes().into_iter().chain(self.number().to_le_bytes());
        random.iter_mut().zip(bits).for_each(|(byte, random)| *byte = random);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        // The first values of SplitMix64 for the seed 1234567, from its reference implementation.
        let mut seeded = Seeded::new(1_234_567);
        let first: [u64; 3] = std::array::from_fn(|_| seeded.number());
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn ids_sort_by_their_time_and_parts_differ() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (mut one, mut other) = (Seeded::new(7).part(1), Seeded::new(7).part(2));
        let (earlier, later) = (one.id(at("2026-01-01T00:00:00Z")), one.id(at("2026-01-01T00:00:00.001Z")));
        assert!(earlier < later);
        assert_eq!(earlier.get_version_num(), 7);
        assert_eq!(earlier, Seeded::new(7).part(1).id(at("2026-01-01T00:00:00Z")));
        assert_ne!(earlier, other.id(at("2026-01-01T00:00:00Z")));
    }
}
