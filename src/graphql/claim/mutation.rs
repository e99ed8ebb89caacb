//! The mutations of claims: the input taken apart, the use case called, its answer wrapped.

use async_graphql::{Context, ID, Object};

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
    app::claims::{Answer, Change},
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
    change: Change,
    key: Option<String>,
) -> Result<Answer, Failure> {
    let reader = Reader::of(ctx)?;
    let claim_id = global_id::key(Kind::Claim, claim_id);
    Ok(reader.app.change_claim(&reader.caller, claim_id, expected_version, change, key).await?)
}

/// The partner's mutations.
#[derive(Default)]
pub struct PartnerMutation;

#[Object(guard = "Root")]
impl PartnerMutation {
    /// Makes a draft. What would refuse its submission comes beside it as problems. For every role of a partner. Needs
    /// the scope `claims:write`.
    async fn create_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] mut input: CreateClaimInput,
    ) -> Result<CreateClaimPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let key = input.idempotency_key.take();
        Ok(reader.app.create_claim(&reader.caller, input.into(), key).await?.into())
    }

    /// Changes a claim in `EDITING`, `SUBMITTED` or `PARTNER_ACTION_REQUIRED`. After submission a change that would
    /// leave a problem is refused. For every role of the claim's partner. Needs the scope `claims:write`.
    async fn update_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the patch.")] mut input: UpdateClaimInput,
    ) -> Result<UpdateClaimPayload, Failure> {
        let (key, id, version) = (input.idempotency_key.take(), input.claim_id.clone(), input.expected_version);
        Ok(change(ctx, &id, Some(version), Change::Edit(Box::new(input.patch())), key).await?.into())
    }

    /// Deletes a draft with its documents. Only a claim in `EDITING` can be deleted. For the administrators of the
    /// claim's partner. Needs the scope `claims:write`.
    async fn delete_claim_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: DeleteClaimDraftInput,
    ) -> Result<DeleteClaimDraftPayload, Failure> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Change::DeleteDraft, input.idempotency_key)
            .await?
            .into())
    }

    /// Attaches a proof document, sent as a multipart request, to a claim in `EDITING`, `SUBMITTED` or
    /// `PARTNER_ACTION_REQUIRED`, to an approved one while it is in arbitration, and to a rejected one while it can be
    /// disputed. It raises the claim's version. For every role of the claim's partner. Needs the scope `claims:write`.
    async fn attach_proof_of_execution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the file.")] input: AttachProofOfExecutionInput,
    ) -> Result<AttachProofOfExecutionPayload, Failure> {
        let proof = Change::AttachProof { file: input.file.file(ctx)? };
        Ok(change(ctx, &input.claim_id, None, proof, input.idempotency_key).await?.into())
    }

    /// Removes a proof document from a draft. For every role of the claim's partner. Needs the scope `claims:write`.
    async fn remove_proof_of_execution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft and the document.")] input: RemoveProofOfExecutionInput,
    ) -> Result<RemoveProofOfExecutionPayload, Failure> {
        let removal = Change::RemoveProof { document_id: global_id::key(Kind::ProofDocument, &input.document_id) };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), removal, input.idempotency_key).await?.into())
    }

    /// Hands a draft in: `EDITING` becomes `SUBMITTED`. It needs no eligibility problem, at least one proof document
    /// and the contacts; whatever is missing is told at once. For the administrators of the claim's partner. Needs the
    /// scope `claims:write`.
    async fn submit_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The draft.")] input: SubmitClaimInput,
    ) -> Result<SubmitClaimPayload, Failure> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Change::Submit, input.idempotency_key)
            .await?
            .into())
    }

    /// Answers a reviewer's request: `PARTNER_ACTION_REQUIRED` becomes `UNDER_REVIEW`, with the same reviewer. It must
    /// bring a message, unless an edit, a comment or a document of the partner came since the request. For the
    /// administrators of the claim's partner. Needs the scope `claims:write`.
    async fn respond_to_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the answer.")] input: RespondToReviewInput,
    ) -> Result<RespondToReviewPayload, Failure> {
        let answer = Change::Respond { message: input.message };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), answer, input.idempotency_key).await?.into())
    }

    /// Disputes a rejection, within 30 days and not after a withdrawal or the customer's decline: `REJECTED` becomes
    /// `UNDER_REVIEW`, assigned to nobody; lost lines are `PENDING` again. It needs a justification or new proof of
    /// execution. Another reviewer or a review lead answers it; a dismissal is final. For the administrators of the
    /// claim's partner. Needs the scope `claims:write`.
    async fn dispute_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the justification.")] input: DisputeClaimInput,
    ) -> Result<DisputeClaimPayload, Failure> {
        let dispute = Change::Dispute { justification: input.justification };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), dispute, input.idempotency_key).await?.into())
    }

    /// Takes a claim back, in any status but `EDITING` and `REJECTED`: it becomes `REJECTED` with `PARTNER_REQUEST`,
    /// which cannot be disputed. Of an approved claim the associations end. For the administrators of the claim's
    /// partner. Needs the scope `claims:write`.
    async fn withdraw_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: WithdrawClaimInput,
    ) -> Result<WithdrawClaimPayload, Failure> {
        let withdrawal = Change::Withdraw { detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), withdrawal, input.idempotency_key).await?.into())
    }
}

/// The reviewers' mutations.
#[derive(Default)]
pub struct ReviewMutation;

#[Object(guard = "Root")]
impl ReviewMutation {
    /// Takes a submitted claim into review: `SUBMITTED` becomes `UNDER_REVIEW`, and the caller its reviewer. For
    /// reviewers and review leads. Needs the scope `reviews:write`.
    async fn start_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim.")] input: StartReviewInput,
    ) -> Result<StartReviewPayload, Failure> {
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), Change::StartReview, input.idempotency_key)
            .await?
            .into())
    }

    /// Assigns the review of a claim in `SUBMITTED`, `UNDER_REVIEW` or `PARTNER_ACTION_REQUIRED`: a reviewer an
    /// unassigned claim to themselves or an own one to nobody, a review lead anybody's to anybody. The review of an absent
    /// reviewer goes to the deputy. Needs the scope `reviews:write`.
    async fn assign_reviewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reviewer.")] input: AssignReviewerInput,
    ) -> Result<AssignReviewerPayload, Failure> {
        let assignment = Change::Assign { subject: input.reviewer_subject };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), assignment, input.idempotency_key).await?.into())
    }

    /// Asks the partner for more: `UNDER_REVIEW` becomes `PARTNER_ACTION_REQUIRED`. The partner has 5 business days to
    /// answer, else the claim is rejected. A claim in arbitration that is `APPROVED` stays so, and its silence is only
    /// noted. For the assigned reviewer or a review lead. Needs the scope `reviews:write`.
    async fn request_partner_action(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and what is asked for.")] input: RequestPartnerActionInput,
    ) -> Result<RequestPartnerActionPayload, Failure> {
        let reasons = input.reasons.into_iter().map(Into::into).collect();
        let request = Change::RequestPartnerAction { reasons, message: input.message };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), request, input.idempotency_key).await?.into())
    }

    /// Decides for a claim: `UNDER_REVIEW` becomes `APPROVED`, each of its lines an association, and the customer is
    /// asked for consent. A dispute is answered by it. Refused while a product is contested, or by now not eligible. For
    /// the assigned reviewer, unless the dispute is about their own rejection, or a review lead. Needs the scope
    /// `reviews:write`.
    async fn approve_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and a note.")] input: ApproveClaimInput,
    ) -> Result<ApproveClaimPayload, Failure> {
        let approval = Change::Approve { note: input.note };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), approval, input.idempotency_key).await?.into())
    }

    /// Decides against a claim: `UNDER_REVIEW` becomes `REJECTED`. A dispute is answered by it, and dismissed for good.
    /// For the assigned reviewer, unless the dispute is about their own rejection, or a review lead. Needs the scope
    /// `reviews:write`.
    async fn reject_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: RejectClaimInput,
    ) -> Result<RejectClaimPayload, Failure> {
        let rejection = Change::Reject { reason: input.reason.into(), detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), rejection, input.idempotency_key).await?.into())
    }
}

/// The customer's mutation.
#[derive(Default)]
pub struct CustomerMutation;

#[Object(guard = "Root")]
impl CustomerMutation {
    /// Declines an approved claim while `Claim.consent` is `PENDING` and its time not over: `APPROVED` becomes `REJECTED`
    /// with `CUSTOMER_DECLINED`, which cannot be disputed, and the associations end. For the administrators of the
    /// claim's customer. Needs the scope `claims:write`.
    async fn decline_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: DeclineConsentInput,
    ) -> Result<DeclineConsentPayload, Failure> {
        let decline = Change::DeclineConsent { reason: input.reason, by_link: false };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), decline, input.idempotency_key).await?.into())
    }
}
