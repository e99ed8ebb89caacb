//! The vocabularies of bulk mutations.

use async_graphql::Enum;

/// What happens to the good rows of a call that also has bad ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::BulkPolicy")]
pub enum BulkPolicy {
    /// Nothing is stored. All rows are stored in one transaction or none is.
    AllOrNothing,
    /// The good rows are stored, and the bad ones are reported.
    KeepGood,
}

/// What happens to a row whose `externalReference` one of the partner's claims has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::OnExisting")]
pub enum OnExisting {
    /// The row is refused with `INVALID_VALUE`; `Problem.claim` is the claim that exists.
    Refuse,
    /// The claim stays as it is, whatever its status and whatever the row says.
    Skip,
    /// A draft becomes what the row says; what the row leaves out stays as it is, and an explicit null clears it. A claim that
    /// says all of it already is skipped. A submitted claim that differs is refused with `WRONG_STATUS`.
    UpdateDraft,
}

/// What became of a row. In a dry run: what would have become of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::BulkOutcome")]
pub enum BulkOutcome {
    /// A draft was created.
    Created,
    /// A draft was changed.
    Updated,
    /// A draft was submitted.
    Submitted,
    /// A claim with the external reference exists and was left as it is.
    Skipped,
    /// The row was refused; its problems say why.
    Refused,
    /// The row is good, but nothing was stored because other rows of the `ALL_OR_NOTHING` call were refused.
    NotDone,
}
