//! The vocabularies of claims.

use async_graphql::Enum;

/// The six statuses of a claim. Only mutations and deadlines change a claim's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ClaimStatus")]
pub enum ClaimStatus {
    /// A draft. Only its partner sees it, and only drafts can be deleted.
    Editing,
    /// Waiting for a reviewer to start the review.
    Submitted,
    /// A reviewer is working on it.
    UnderReview,
    /// A reviewer asked the partner for more, and the partner has to respond.
    PartnerActionRequired,
    /// Each of its lines became an association.
    Approved,
    /// Rejected by a reviewer, withdrawn by the partner, declined by the customer, lost in arbitration, or not answered
    /// in time.
    Rejected,
}

/// An action on a claim. `Claim.availableActions` lists those that the caller may take now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ClaimAction")]
pub enum ClaimAction {
    /// Change fields and lines: `updateClaim`.
    Edit,
    /// Upload a proof document: `attachProofOfExecution`.
    AttachProof,
    /// Remove a proof document: `removeProofOfExecution`.
    RemoveProof,
    /// Delete a draft: `deleteClaimDraft`.
    DeleteDraft,
    /// Send a draft to the reviewers: `submitClaim`.
    Submit,
    /// Begin to review a submitted claim: `startReview`.
    StartReview,
    /// Set or remove the reviewer: `assignReviewer`.
    Assign,
    /// Ask the partner for more proof or information: `requestPartnerAction`.
    RequestPartnerAction,
    /// Answer a reviewer's request: `respondToReview`.
    Respond,
    /// Decide in favor of the partner: `approveClaim`.
    Approve,
    /// Decide against the partner: `rejectClaim`.
    Reject,
    /// Take a submitted or approved claim back: `withdrawClaim`.
    Withdraw,
    /// Dispute a rejection: `disputeClaim`.
    Dispute,
    /// Write a comment: `addComment`.
    Comment,
    /// Decline the association, as its customer: `declineConsent`.
    DeclineConsent,
    /// Decide an open arbitration in favor of one of its claims: `awardArbitration`.
    AwardArbitration,
}

/// Why a reviewer asks the partner for action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ActionReason")]
pub enum ActionReason {
    /// The proof of execution is the wrong file or an unrelated one.
    AllPoeMissing,
    /// The proof lacks the customer's signature.
    MissingCustomerAcknowledgement,
    /// Dates are missing in the proof, or out of date.
    MissingOrOutdatedDates,
    /// The proof describes the partner's work too briefly or not at all.
    MissingPartnerSolution,
    /// The proof does not name the claimed product.
    MissingProducts,
    /// Another reason, explained in the message.
    Other,
}

/// Why a claim was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::RejectionReason")]
pub enum RejectionReason {
    /// The proof does not show enough of the partner's work.
    InsufficientPoe,
    /// The proof lacks the customer's signature.
    MissingCustomerAcknowledgement,
    /// The proof does not name the claimed product.
    MissingProducts,
    /// A proof document cannot be opened.
    PoeUnavailable,
    /// The partner did not respond in time. Set by the server; a reviewer who gives it gets `INVALID_VALUE`.
    NoPartnerResponse,
    /// The partner withdrew the claim. Set by the server; a reviewer who gives it gets `INVALID_VALUE`.
    PartnerRequest,
    /// The customer declined. Set by the server; a reviewer who gives it gets `INVALID_VALUE`.
    CustomerDeclined,
    /// Another partner won the arbitration. Set by the server; a reviewer who gives it gets `INVALID_VALUE`.
    ArbitrationLost,
    /// Another reason, explained in `detail`.
    Other,
}

/// The result of the competition for a line's subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::LineOutcome")]
pub enum LineOutcome {
    /// No other partner competes, or the competition is not decided.
    Pending,
    /// The competing claims for the subject lost.
    Won,
    /// Another claim won the subject; the line no longer counts.
    Lost,
}

/// What a deadline is for. The numbers of days are the defaults of the server's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeadlineKind")]
pub enum DeadlineKind {
    /// The vendor starts the review within 5 business days after submission. Missing it is shown and has no other
    /// effect.
    StartReview,
    /// The vendor decides within 5 business days after the review starts or the partner responds. Missing it is shown
    /// and has no other effect.
    Decide,
    /// The partner responds within 5 business days; otherwise the claim is rejected with `NO_PARTNER_RESPONSE`. For an
    /// approved claim in arbitration, missing it is shown and has no other effect.
    PartnerResponse,
    /// The customer may decline for 7 calendar days after approval; afterwards the association is official.
    Consent,
    /// The partner may dispute a rejection for 30 calendar days. Afterwards this deadline disappears; it is never
    /// overdue.
    DisputeWindow,
    /// The vendor answers a dispute within 5 business days. Missing it is shown and has no other effect.
    AnswerDispute,
}

/// Whether a deadline is on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeadlineState")]
pub enum DeadlineState {
    /// More than one business day is left.
    OnTrack,
    /// At most one business day is left.
    AtRisk,
    /// `dueAt` has passed.
    Overdue,
    /// Past its due time because of an arbitration, which does not count as a delay.
    Extended,
    /// Done in time.
    Met,
}

/// Whether a customer consented to an approved claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ConsentStatus")]
pub enum ConsentStatus {
    /// The customer may still decline.
    Pending,
    /// The customer did not decline in time; the association is official.
    GrantedByLapse,
    /// The customer declined; the claim is rejected with `CUSTOMER_DECLINED`.
    Declined,
}

/// Whether a dispute was answered, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DisputeStatus")]
pub enum DisputeStatus {
    /// Waiting for the reviewers' answer.
    Open,
    /// The claim was approved after all.
    Upheld,
    /// The claim was rejected again or withdrawn. Final: a second dispute is not possible.
    Dismissed,
}

/// Whether an approved claim was sent for incentive evaluation. Approval alone pays nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::EvaluationStatus")]
pub enum EvaluationStatus {
    /// The customer may still decline; the claim is sent when the consent period ends.
    WaitingForConsent,
    /// The claim went to the incentive evaluation.
    Sent,
    /// Recorded as revenue only; Revenue association pays no incentive.
    RevenueOnly,
    /// The association ended before the claim was sent.
    Cancelled,
}

/// What a list of claims can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::store::claims::ClaimOrderField")]
pub enum ClaimOrderField {
    /// When the partner created the draft.
    CreatedAt,
    /// The time of the claim's latest change.
    UpdatedAt,
    /// When the partner submitted the claim; claims that were never submitted come last.
    SubmittedAt,
    /// When the running deadline is due; claims without one come last.
    DueAt,
    /// The name, as a dictionary sorts: letters first, then accents and case.
    Name,
    /// The claim number, in alphabetical order.
    Number,
    /// The time of the decision; claims without one come last.
    DecidedAt,
    /// The claim's `lastActivityAt`.
    LastActivityAt,
}
