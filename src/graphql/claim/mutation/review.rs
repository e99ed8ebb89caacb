//! The mutations of the reviewers, each with what it takes and returns.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::lifecycle::Command;

use super::{change, change_input, payload};
use crate::{
    app::claims::ChangeResult,
    graphql::{
        claim::{
            Claim,
            enums::{ActionReason, RejectionReason},
        },
        error::ApiError,
        guard::Root,
        problem::{Problem, api_problems},
    },
};

/// The reviewers' mutations.
#[derive(Default)]
pub struct ReviewMutation;

#[Object(guard = "Root")]
impl ReviewMutation {
    /// Starts the review of a claim: `SUBMITTED` becomes `UNDER_REVIEW`, and the caller becomes its reviewer. For
    /// reviewers and review leads. Needs the scope `reviews:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`,
    /// `WRONG_STATUS`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`. To assign another reviewer use `assignReviewer`.
    async fn start_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and its version.")] input: StartReviewInput,
    ) -> Result<StartReviewPayload, ApiError> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Command::StartReview, input.idempotency_key)
            .await?
            .into())
    }

    /// Assigns a reviewer to a claim in `SUBMITTED`, `UNDER_REVIEW` or `PARTNER_ACTION_REQUIRED`, or removes the
    /// current one. If the new reviewer is absent, the deputy is assigned. Reviewers may take an unassigned claim or
    /// give up their own; review leads may assign anyone. Needs the scope `reviews:write`. Problems: `NOT_FOUND`,
    /// `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. To move all
    /// reviews of a reviewer use `reassignReviews`.
    async fn assign_reviewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reviewer.")] input: AssignReviewerInput,
    ) -> Result<AssignReviewerPayload, ApiError> {
        let assignment = Command::Assign { subject: input.reviewer_subject };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), assignment, input.idempotency_key).await?.into())
    }

    /// Asks the partner for more: `UNDER_REVIEW` becomes `PARTNER_ACTION_REQUIRED`. If the partner does not respond
    /// within 5 business days, the claim is rejected. An `APPROVED` claim in arbitration stays approved, and a missed
    /// deadline is only recorded. For the assigned reviewer and review leads. Needs the scope `reviews:write`.
    /// Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`. To decide against the claim use `rejectClaim`.
    async fn request_partner_action(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim, the reasons and the message.")] input: RequestPartnerActionInput,
    ) -> Result<RequestPartnerActionPayload, ApiError> {
        let reasons = input.reasons.into_iter().map(Into::into).collect();
        let request = Command::RequestPartnerAction { reasons, message: input.message };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), request, input.idempotency_key).await?.into())
    }

    /// Approves a claim: `UNDER_REVIEW` becomes `APPROVED`, and each line becomes an association. The customer is asked
    /// for consent, and an open dispute is upheld. For the assigned reviewer, unless the dispute is about their own
    /// rejection, and for review leads. Needs the scope `reviews:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`,
    /// `WRONG_STATUS`, `NOT_ALLOWED`, `IN_ARBITRATION` (a product is contested), `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`, and eligibility problems of lines that are no longer eligible. To decide a contest use
    /// `awardArbitration`.
    async fn approve_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and an optional note.")] input: ApproveClaimInput,
    ) -> Result<ApproveClaimPayload, ApiError> {
        let approval = Command::Approve { note: input.note };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), approval, input.idempotency_key).await?.into())
    }

    /// Rejects a claim: `UNDER_REVIEW` becomes `REJECTED`. An open dispute is dismissed, which is final. For the
    /// assigned reviewer, unless the dispute is about their own rejection, and for review leads. Needs the scope
    /// `reviews:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`. To ask the partner for more use `requestPartnerAction`.
    async fn reject_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: RejectClaimInput,
    ) -> Result<RejectClaimPayload, ApiError> {
        let rejection = Command::Reject { reason: input.reason.into(), detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), rejection, input.idempotency_key).await?.into())
    }
}

change_input! {
    /// The submitted claim, with the version that the caller read.
    StartReviewInput {}
}

payload!(
    StartReviewPayload,
    "The claim under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED` or `IDEMPOTENCY_KEY_REUSED`."
);

change_input! {
    /// The claim, and the reviewer to assign or remove.
    AssignReviewerInput {
        /// The subject of an active reviewer. Reviewers may give only their own; review leads may give anyone's. Null
        /// removes the current reviewer: reviewers may remove only themselves, review leads anyone.
        reviewer_subject: Option<String>,
    }
}

payload!(
    AssignReviewerPayload,
    "The claim with its new reviewer",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);

change_input! {
    /// The claim, the reasons and the message.
    RequestPartnerActionInput {
        /// The reasons for the request, at least one.
        reasons: Vec<ActionReason>,
        /// What the partner has to do: not blank, at most 10,000 characters. Also posted as a comment on the claim.
        message: String,
    }
}

payload!(
    RequestPartnerActionPayload,
    "The claim that waits for the partner",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);

change_input! {
    /// The claim to approve, with an optional note.
    ApproveClaimInput {
        /// A note for the history, at most 10,000 characters. The partner sees it.
        note: Option<String>,
    }
}

payload!(
    ApproveClaimPayload,
    "The approved claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `IN_ARBITRATION`, \
     `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, or eligibility problems of lines that are no longer \
     eligible."
);

change_input! {
    /// The claim, with the reason and an explanation for the partner.
    RejectClaimInput {
        /// `INSUFFICIENT_POE`, `MISSING_CUSTOMER_ACKNOWLEDGEMENT`, `MISSING_PRODUCTS`, `POE_UNAVAILABLE` or `OTHER`.
        /// The other reasons are set by the server and are `INVALID_VALUE` here.
        reason: RejectionReason,
        /// The explanation for the partner: not blank, at most 10,000 characters.
        detail: String,
    }
}

payload!(
    RejectClaimPayload,
    "The rejected claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
