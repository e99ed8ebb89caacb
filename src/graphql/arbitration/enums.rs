//! The vocabulary of arbitrations.

use async_graphql::Enum;

/// How an arbitration stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ArbitrationStatus")]
pub enum ArbitrationStatus {
    /// The claims compete; none of them can be approved meanwhile.
    Open,
    /// A review lead gave the subject to one of the claims.
    Awarded,
    /// It ended by itself: no more than one claim was left.
    Settled,
}
