//! The vocabulary of arbitrations.

use async_graphql::Enum;

/// Whether an arbitration is open, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ArbitrationStatus")]
pub enum ArbitrationStatus {
    /// The claims compete; none of them can be approved until it ends.
    Open,
    /// A review lead awarded the subject to one of the claims.
    Awarded,
    /// It ended without an award, because at most one claim was left.
    Settled,
}
