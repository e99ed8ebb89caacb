//! The vocabularies of claims.

use async_graphql::Enum;

/// The six statuses of a claim. A claim moves between them by its own mutations and by clocks only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ClaimStatus")]
pub enum ClaimStatus {
    /// A draft of the partner's. Only its partner sees it; only a draft can be deleted.
    Editing,
    /// Handed in; a reviewer is to start the review.
    Submitted,
    /// A reviewer is at it.
    UnderReview,
    /// The reviewer asked the partner for more; the partner is to answer.
    PartnerActionRequired,
    /// Approved: each of its lines became an association.
    Approved,
    /// Rejected by a reviewer, withdrawn by the partner, declined by the customer, lost or not answered in time.
    Rejected,
}

/// What can be done with a claim. `Claim.availableActions` tells which are open to the caller now.
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
    /// Hand the claim in: `submitClaim`.
    Submit,
    /// Take the claim into review: `startReview`.
    StartReview,
    /// Assign the review to somebody: `assignReviewer`.
    Assign,
    /// Ask the partner for more: `requestPartnerAction`.
    RequestPartnerAction,
    /// Answer the reviewers: `respondToReview`.
    Respond,
    /// Decide for the claim: `approveClaim`.
    Approve,
    /// Decide against the claim: `rejectClaim`.
    Reject,
    /// Take the claim back: `withdrawClaim`.
    Withdraw,
    /// Dispute a rejection: `disputeClaim`.
    Dispute,
    /// Write a comment: `addComment`.
    Comment,
    /// Decline the association, as the customer: `declineConsent`.
    DeclineConsent,
    /// Award an arbitration to one of its claims: `awardArbitration`.
    AwardArbitration,
}

/// Why a reviewer asks the partner for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ActionReason")]
pub enum ActionReason {
    /// The proof of execution is the wrong or an unrelated file.
    AllPoeMissing,
    /// The proof does not bear the customer's signature.
    MissingCustomerAcknowledgement,
    /// Dates are missing in the proof, or out of date.
    MissingOrOutdatedDates,
    /// The proof describes the partner's work too thinly or not at all.
    MissingPartnerSolution,
    /// The proof does not name the claimed product.
    MissingProducts,
    /// Something else; the message says what.
    Other,
}

/// Why a claim was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::RejectionReason")]
pub enum RejectionReason {
    /// The proof of execution is not enough.
    InsufficientPoe,
    /// The proof does not bear the customer's signature.
    MissingCustomerAcknowledgement,
    /// The proof does not name the claimed product.
    MissingProducts,
    /// A proof document cannot be opened.
    PoeUnavailable,
    /// The partner did not answer in time. Set by what happened; `INVALID_VALUE` when a reviewer chooses it.
    NoPartnerResponse,
    /// The partner withdrew the claim. Set by what happened; `INVALID_VALUE` when a reviewer chooses it.
    PartnerRequest,
    /// The customer declined. Set by what happened; `INVALID_VALUE` when a reviewer chooses it.
    CustomerDeclined,
    /// Another partner won the arbitration. Set by what happened; `INVALID_VALUE` when a reviewer chooses it.
    ArbitrationLost,
    /// Something else; the detail says what.
    Other,
}

/// How the contest for a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::LineOutcome")]
pub enum LineOutcome {
    /// Not contested by another partner, or not settled yet.
    Pending,
    /// Won against the other claims for the same subject.
    Won,
    /// Lost to another claim for the same subject; the line does not count any more.
    Lost,
}

/// Which clock a deadline belongs to. The numbers of days are the defaults of the server's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeadlineKind")]
pub enum DeadlineKind {
    /// The vendor starts the review within 5 business days of submission; late is shown, nothing else moves.
    StartReview,
    /// The vendor decides within 5 business days of the start of the review or of the partner's answer; late is shown,
    /// nothing else moves.
    Decide,
    /// The partner answers within 5 business days, or the claim is rejected with `NO_PARTNER_RESPONSE`. On an approved
    /// claim in arbitration late is shown only, nothing else moves.
    PartnerResponse,
    /// The customer may decline for 7 calendar days after approval; then the association is official.
    Consent,
    /// The partner may dispute a rejection for 30 calendar days; then this clock is gone, and never overdue.
    DisputeWindow,
    /// The vendor answers a dispute within 5 business days; late is shown, nothing else moves.
    AnswerDispute,
}

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DeadlineState")]
pub enum DeadlineState {
    /// More than one business day is left.
    OnTrack,
    /// One business day or less is left.
    AtRisk,
    /// Too late: `dueAt` has come.
    Overdue,
    /// Past its time because of an arbitration, which is no delay.
    Extended,
    /// Done in time.
    Met,
}

/// How the customer's consent to an approved claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::ConsentStatus")]
pub enum ConsentStatus {
    /// The customer may still decline.
    Pending,
    /// The customer did not decline in time: the association is official.
    GrantedByLapse,
    /// The customer declined: the claim is rejected with `CUSTOMER_DECLINED`.
    Declined,
}

/// How a dispute of a rejection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::DisputeStatus")]
pub enum DisputeStatus {
    /// The reviewers are to answer.
    Open,
    /// The claim was approved after all.
    Upheld,
    /// The claim was rejected again, or withdrawn. Final: it cannot be disputed again.
    Dismissed,
}

/// How the incentive evaluation of an approved claim stands. Approved is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::kinds::EvaluationStatus")]
pub enum EvaluationStatus {
    /// The customer may still decline; it will be sent when the time to do so is over.
    WaitingForConsent,
    /// It was sent, once.
    Sent,
    /// Recorded as revenue only: no incentive is paid for Revenue association.
    RevenueOnly,
    /// The association ended before it was sent.
    Cancelled,
}

/// What a list of claims is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::store::claims::ClaimOrderField")]
pub enum ClaimOrderField {
    /// When the draft was made.
    CreatedAt,
    /// When the claim last changed.
    UpdatedAt,
    /// When it was submitted; claims that never were come last.
    SubmittedAt,
    /// When its running deadline is due; claims without one come last.
    DueAt,
    /// Its name, as a dictionary has names: neither case nor accents come before letters.
    Name,
    /// Its number.
    Number,
    /// When it was decided; claims without a decision come last.
    DecidedAt,
    /// Its `lastActivityAt`.
    LastActivityAt,
}
