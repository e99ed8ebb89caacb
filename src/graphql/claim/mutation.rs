//! The mutations of claims: the input taken apart, the use case called, its answer wrapped.

use async_graphql::{Context, ID, Object};
use domain::lifecycle::Command;

use super::{
    inputs::{
        ApproveClaimInput, AssignReviewerInput, AttachProofOfExecutionInput, CreateClaimInput, DeclineConsentInput,
        DeleteClaimDraftInput, DisputeClaimInput, RejectClaimInput, RemoveProofOfExecutionInput,
        RequestPartnerActionInput, RespondToReviewInput, StartReviewInput, SubmitClaimInput, UpdateClaimInput,
        WithdrawClaimInput,
    },
    payloads::{
        ApproveClaimPayload, AssignReviewerPayload, AttachProofOfExecutionPayload, CreateClaimPayload,
        DeclineConsentPayload, DeleteClaimDraftPayload, DisputeClaimPayload, RejectClaimPayload,
        RemoveProofOfExecutionPayload, RequestPartnerActionPayload, RespondToReviewPayload, StartReviewPayload,
        SubmitClaimPayload, UpdateClaimPayload, WithdrawClaimPayload,
    },
};
use crate::{
    app::claims::ChangeResult,
    graphql::{
        error::Failure,
        global_id::{self, Kind},
        guard::Root,
        loader::Reader,
    },
};

/// Changes a claim for the caller.
pub(in crate::graphql) async fn change(
    ctx: &Context<'_>,
    claim_id: &ID,
    expected_version: Option<i32>,
    command: Command,
    key: Option<String>,
) -> Result<ChangeResult, Failure> {
    let reader = Reader::of(ctx)?;
    let claim_id = global_id::key(Kind::Claim, claim_id);
    Ok(reader.app.change_claim(&reader.caller, claim_id, expected_version, command, key).await?)
}

/// The partner's mutations.
#[derive(Default)]
pub struct PartnerMutation;

#[Object(guard = "Root")]
impl PartnerMutation {
    /// Creates a draft. `problems` lists as warnings what would prevent its submission. For every role of a partner.
    /// Needs the scope `claims:write`. Problems: `DOMAIN_TENANT_MISMATCH`, `LOCATION_NOT_YOURS`, `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`. To check eligibility without saving use `claimEligibility`.
    async fn create_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft to create.")] mut input: CreateClaimInput,
    ) -> Result<CreateClaimPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let key = input.idempotency_key.take();
        Ok(reader.app.create_claim(&reader.caller, input.into(), key).await?.into())
    }

    /// Changes a claim in `EDITING`, `SUBMITTED` or `PARTNER_ACTION_REQUIRED`. After submission, a change that would
    /// leave a problem is refused. For every role of the claim's partner. Needs the scope `claims:write`. Problems:
    /// `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `FIELD_NOT_EDITABLE`, `INVALID_VALUE`,
    /// `DOMAIN_TENANT_MISMATCH`, `LOCATION_NOT_YOURS`, `IDEMPOTENCY_KEY_REUSED`, and after submission eligibility
    /// problems. For documents use `attachProofOfExecution`.
    async fn update_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and its changes.")] mut input: UpdateClaimInput,
    ) -> Result<UpdateClaimPayload, Failure> {
        let (key, id, version) = (input.idempotency_key.take(), input.claim_id.clone(), input.expected_version);
        Ok(change(ctx, &id, Some(version), Command::Edit(Box::new(input.patch())), key).await?.into())
    }

    /// Deletes a draft with its documents. For the admins of the claim's partner. Needs the scope `claims:write`.
    /// Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`. For a submitted claim use
    /// `withdrawClaim`.
    async fn delete_claim_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft and its version.")] input: DeleteClaimDraftInput,
    ) -> Result<DeleteClaimDraftPayload, Failure> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Command::DeleteDraft, input.idempotency_key)
            .await?
            .into())
    }

    /// Attaches a proof document, sent as a multipart request, to a claim, and raises its version. Allowed in
    /// `EDITING`, `SUBMITTED` and `PARTNER_ACTION_REQUIRED`, for an approved claim in arbitration, and for a rejected
    /// claim that can be disputed. For every role of the claim's partner. Needs the scope `claims:write`. Problems:
    /// `NOT_FOUND`, `WRONG_STATUS`, `FILE_TYPE_NOT_ALLOWED`, `FILE_EMPTY`, `FILE_TOO_LARGE`, `TOO_MANY_FILES`,
    /// `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn attach_proof_of_execution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the file.")] input: AttachProofOfExecutionInput,
    ) -> Result<AttachProofOfExecutionPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let (claim_id, file) = (global_id::key(Kind::Claim, &input.claim_id), input.file.file(ctx)?);
        Ok(reader.app.attach_proof(&reader.caller, claim_id, file, input.idempotency_key).await?.into())
    }

    /// Removes a proof document from a draft. For every role of the claim's partner. Needs the scope `claims:write`.
    /// Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`. Documents of a submitted
    /// claim cannot be removed.
    async fn remove_proof_of_execution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft and the document.")] input: RemoveProofOfExecutionInput,
    ) -> Result<RemoveProofOfExecutionPayload, Failure> {
        let removal = Command::RemoveProof { document_id: global_id::key(Kind::ProofDocument, &input.document_id) };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), removal, input.idempotency_key).await?.into())
    }

    /// Submits a draft: `EDITING` becomes `SUBMITTED`. If another partner claims the same subject, an arbitration
    /// opens. It needs at least one proof document, the contacts, and no eligibility problem; everything missing is
    /// reported at once. For the admins of the claim's partner. Needs the scope `claims:write`. Problems: `NOT_FOUND`,
    /// `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`, and eligibility problems, which `Claim.problems`
    /// lists beforehand.
    async fn submit_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft and its version.")] input: SubmitClaimInput,
    ) -> Result<SubmitClaimPayload, Failure> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Command::Submit, input.idempotency_key)
            .await?
            .into())
    }

    /// Answers a reviewer's request: `PARTNER_ACTION_REQUIRED` becomes `UNDER_REVIEW`, with the same reviewer. It needs
    /// a message, unless the partner edited the claim, commented or attached a document since the request. For the
    /// admins of the claim's partner. Needs the scope `claims:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`,
    /// `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, and eligibility problems.
    async fn respond_to_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the answer.")] input: RespondToReviewInput,
    ) -> Result<RespondToReviewPayload, Failure> {
        let answer = Command::Respond { message: input.message };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), answer, input.idempotency_key).await?.into())
    }

    /// Disputes a rejection within 30 days: `REJECTED` becomes `UNDER_REVIEW` without a reviewer, and lost lines become
    /// `PENDING` again. It needs a justification or new proof of execution. Another reviewer or a review lead decides,
    /// and a dismissal is final. For the admins of the claim's partner. Needs the scope `claims:write`. Problems:
    /// `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_DISPUTABLE` (withdrawn, declined, or dismissed before),
    /// `DISPUTE_WINDOW_CLOSED`, `SUBSCRIPTION_ALREADY_CLAIMED`, `DUPLICATE_CLAIM`, `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`. If the rejection cannot be disputed, create a new claim.
    async fn dispute_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the justification.")] input: DisputeClaimInput,
    ) -> Result<DisputeClaimPayload, Failure> {
        let dispute = Command::Dispute { justification: input.justification };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), dispute, input.idempotency_key).await?.into())
    }

    /// Withdraws a claim in any status except `EDITING` and `REJECTED`: it becomes `REJECTED` with `PARTNER_REQUEST`,
    /// which cannot be disputed. The associations of an approved claim end. For the admins of the claim's partner.
    /// Needs the scope `claims:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE`,
    /// `IDEMPOTENCY_KEY_REUSED`. For a draft use `deleteClaimDraft`.
    async fn withdraw_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: WithdrawClaimInput,
    ) -> Result<WithdrawClaimPayload, Failure> {
        let withdrawal = Command::Withdraw { detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), withdrawal, input.idempotency_key).await?.into())
    }
}

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
    ) -> Result<StartReviewPayload, Failure> {
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
    ) -> Result<AssignReviewerPayload, Failure> {
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
    ) -> Result<RequestPartnerActionPayload, Failure> {
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
    ) -> Result<ApproveClaimPayload, Failure> {
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
    ) -> Result<RejectClaimPayload, Failure> {
        let rejection = Command::Reject { reason: input.reason.into(), detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), rejection, input.idempotency_key).await?.into())
    }
}

/// The customer's mutation.
#[derive(Default)]
pub struct CustomerMutation;

#[Object(guard = "Root")]
impl CustomerMutation {
    /// Declines an approved claim while `Claim.consent` is `PENDING`: `APPROVED` becomes `REJECTED` with
    /// `CUSTOMER_DECLINED`, which cannot be disputed, and the associations end. For a `CUSTOMER_ADMIN` of the claim's
    /// customer. Needs the scope `claims:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`,
    /// `CONSENT_WINDOW_CLOSED`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. The link in the customer's notice does the
    /// same without a token.
    async fn decline_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: DeclineConsentInput,
    ) -> Result<DeclineConsentPayload, Failure> {
        let decline = Command::DeclineConsent { reason: input.reason, by_link: false };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), decline, input.idempotency_key).await?.into())
    }
}
