//! The vocabulary of histories.

use async_graphql::Enum;

/// What an entry of a claim's history tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::HistoryAction")]
pub enum HistoryAction {
    /// The draft was made.
    Created,
    /// Fields or lines were changed; `changes` says which.
    Edited,
    /// A proof document was attached.
    ProofAttached,
    /// A proof document was removed from the draft.
    ProofRemoved,
    /// The partner handed the claim in.
    Submitted,
    /// A reviewer took the claim into review.
    ReviewStarted,
    /// The review was assigned.
    Assigned,
    /// A reviewer asked the partner for more.
    ActionRequested,
    /// The partner answered the reviewers.
    Responded,
    /// The claim was approved.
    Approved,
    /// The claim was rejected.
    Rejected,
    /// The partner withdrew the claim.
    Withdrawn,
    /// The partner disputed the rejection.
    Disputed,
    /// The dispute was answered.
    DisputeAnswered,
    /// Somebody wrote a comment.
    Commented,
    /// The customer was told of the approval and may decline.
    ConsentRequested,
    /// The customer declined.
    ConsentDeclined,
    /// The customer did not decline in time.
    ConsentLapsed,
    /// The claim was sent for incentive evaluation.
    SentForEvaluation,
    /// Another partner claims the same: an arbitration opened.
    ArbitrationOpened,
    /// The arbitration was settled.
    ArbitrationSettled,
    /// An association started.
    AssociationStarted,
    /// An association ended.
    AssociationEnded,
    /// A deadline passed.
    DeadlineMissed,
    /// The draft was deleted. Kept so that the chain can be proved; with the draft, its entries are gone from every
    /// answer, but for `historyAppended`, which reports this one to the draft's partner.
    Deleted,
}
