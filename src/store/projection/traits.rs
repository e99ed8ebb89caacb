//! The bits of `claim_projection.traits`, as migration 22 has them: one for each word of columns that have few.
//!
//! `the_projection_is_what_the_claims_are` compares what they find with what the columns themselves find.

use domain::kinds::{
    Activity, ClaimStatus, ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus, RejectionReason, SolutionArea,
};
use sea_orm::sea_query::Expr;

/// Some traits of claims, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct ClaimTraits(u64);

impl ClaimTraits {
    /// Whether a reviewer is assigned.
    pub(in crate::store) const ASSIGNED: Self = Self(1 << 52);
    /// Whether it is in an open arbitration.
    pub(in crate::store) const CONTESTED: Self = Self(1 << 53);

    /// The bits of these words.
    pub(in crate::store) fn of<W: Word>(words: impl IntoIterator<Item = W>) -> Self {
        Self(words.into_iter().fold(0, |bits, word| bits | word.bit()))
    }

    /// The bit of a claim's status, in SQL.
    pub(in crate::store) fn status() -> String {
        format!("claim.traits & {}", Self::of(ClaimStatus::ALL.iter().copied()).0)
    }

    /// Whether they are these bits.
    pub(in crate::store) fn is(self, bits: i64) -> bool {
        u64::try_from(bits) == Ok(self.0)
    }

    /// That a claim has one of them at least.
    pub(in crate::store) fn has_any(self) -> Expr {
        Expr::cust(format!("(claim.traits & {}) <> 0", self.0))
    }

    /// That a claim has none of them.
    pub(in crate::store) fn has_none(self) -> Expr {
        Expr::cust(format!("(claim.traits & {}) = 0", self.0))
    }
}

/// A word that has a bit.
pub(in crate::store) trait Word {
    /// Its bit.
    fn bit(self) -> u64;
}

/// Gives each word of a vocabulary a bit, from the first one on.
macro_rules! bits {
    ($($name:ident from $first:literal,)*) => {
        $(impl Word for $name {
            fn bit(self) -> u64 {
                // In the order of the rule book, which is that of the migration.
                1 << ($first + self as u64)
            }
        })*
    };
}

bits! {
    ClaimStatus from 0,
    DeadlineKind from 8,
    RejectionReason from 16,
    ConsentStatus from 32,
    DisputeStatus from 36,
    EvaluationStatus from 40,
    SolutionArea from 44,
    Activity from 48,
}
