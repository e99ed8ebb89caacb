//! The vocabulary of histories.

use async_graphql::Enum;

/// What a history entry records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::HistoryAction")]
pub enum HistoryAction {
    /// The partner made a draft.
    Created,
    /// Fields or lines were changed, as listed in `changes`.
    Edited,
    /// The partner uploaded a proof document.
    ProofAttached,
    /// The partner removed a proof document from the draft.
    ProofRemoved,
    /// The partner sent the draft to the reviewers.
    Submitted,
    /// A reviewer began to review the submitted claim.
    ReviewStarted,
    /// A reviewer was set or removed.
    Assigned,
    /// A reviewer asked the partner for more.
    ActionRequested,
    /// The partner answered a reviewer's request.
    Responded,
    /// A reviewer decided in favor of the partner.
    Approved,
    /// A decision, withdrawal, decline, lost arbitration or missed deadline ended the claim.
    Rejected,
    /// The partner took the claim back.
    Withdrawn,
    /// The partner objected to the rejection.
    Disputed,
    /// The reviewers approved or rejected the claim again.
    DisputeAnswered,
    /// A person posted a comment.
    Commented,
    /// The customer was notified of the approval and may decline.
    ConsentRequested,
    /// The customer declined the approved claim.
    ConsentDeclined,
    /// The customer did not decline in time; the association is official.
    ConsentLapsed,
    /// The consent period ended, and the claim went to the incentive evaluation.
    SentForEvaluation,
    /// Another partner claims the same subject, so the claims compete.
    ArbitrationOpened,
    /// The arbitration was awarded, or ended without an award.
    ArbitrationSettled,
    /// Approval created the association of a line.
    AssociationStarted,
    /// The association of a line is no longer live.
    AssociationEnded,
    /// A deadline passed without the required action.
    DeadlineMissed,
    /// The draft was deleted. The entry is kept for the hash chain and never shown.
    Deleted,
}
