//! The mutations of a claim's partner, each with what it takes and returns.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::lifecycle::Command;

use super::{change, change_input, payload};
use crate::{
    app::claims::ChangeResult,
    graphql::{
        claim::{
            Claim,
            content::{ClaimContentInput, Null, UpdateClaimInput},
        },
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        loader::Reader,
        problem::{Problem, api_problems},
        proof::ProofDocument,
        scalar::Upload,
    },
};

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
        #[graphql(desc = "The draft to create.")] input: CreateClaimInput,
    ) -> Result<CreateClaimPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let CreateClaimInput { content, idempotency_key } = input;
        Ok(reader.app.create_claim(&reader.caller, content.content(Null::Omits), idempotency_key).await?.into())
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
    ) -> Result<UpdateClaimPayload, ApiError> {
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
    ) -> Result<DeleteClaimDraftPayload, ApiError> {
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
    ) -> Result<AttachProofOfExecutionPayload, ApiError> {
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
    ) -> Result<RemoveProofOfExecutionPayload, ApiError> {
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
    ) -> Result<SubmitClaimPayload, ApiError> {
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
    ) -> Result<RespondToReviewPayload, ApiError> {
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
    ) -> Result<DisputeClaimPayload, ApiError> {
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
    ) -> Result<WithdrawClaimPayload, ApiError> {
        let withdrawal = Command::Withdraw { detail: input.detail };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), withdrawal, input.idempotency_key).await?.into())
    }
}

/// A new draft. Texts are trimmed; names, titles, references and contact fields have at most 200 characters; otherwise
/// `INVALID_VALUE`.
#[derive(Debug, InputObject)]
pub struct CreateClaimInput {
    /// The values.
    #[graphql(flatten)]
    pub content: ClaimContentInput,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

payload!(
    CreateClaimPayload,
    "The new draft",
    "With a claim: what would prevent its submission. Without one: why the request was refused \
     (`DOMAIN_TENANT_MISMATCH`, `LOCATION_NOT_YOURS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`)."
);

payload!(
    UpdateClaimPayload,
    "The changed claim",
    "With a draft: what would prevent its submission. Without a claim: why the request was refused (`NOT_FOUND`, \
     `VERSION_CONFLICT`, `WRONG_STATUS`, `FIELD_NOT_EDITABLE`, `INVALID_VALUE`, `DOMAIN_TENANT_MISMATCH`, \
     `LOCATION_NOT_YOURS`, `IDEMPOTENCY_KEY_REUSED`; after submission also eligibility problems)."
);

change_input! {
    /// The draft, with the version that the caller read.
    DeleteClaimDraftInput {}
}

/// The id of the deleted draft, or why the request was refused.
#[derive(SimpleObject)]
pub struct DeleteClaimDraftPayload {
    /// The global id of the deleted draft; null if the request was refused.
    pub deleted_claim_id: Option<ID>,
    /// Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS` or `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

impl From<ChangeResult> for DeleteClaimDraftPayload {
    fn from(result: ChangeResult) -> Self {
        let id = |id| global_id::encode(Kind::Claim, id);
        Self { deleted_claim_id: result.deleted_claim_id.map(id), problems: api_problems(result.problems) }
    }
}

/// The claim, and the file to attach.
#[derive(Debug, InputObject)]
pub struct AttachProofOfExecutionInput {
    /// The claim's global id. If the caller sees no such claim, the request is refused with `NOT_FOUND`.
    pub claim_id: ID,
    /// A PDF, Word, PowerPoint, Excel, PNG, JPEG or e-mail file (`.eml`, `.msg`), recognized by its content. By default
    /// at most 25 MiB, and at most 20 files per claim.
    pub file: Upload,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The new document and its claim, or why the upload was refused.
#[derive(SimpleObject)]
pub struct AttachProofOfExecutionPayload {
    /// The claim as it is now; null if the request was refused.
    pub claim: Option<Claim>,
    /// The new document; null if the request was refused.
    pub document: Option<ProofDocument>,
    /// Why the request was refused: `NOT_FOUND`, `WRONG_STATUS`, `FILE_TYPE_NOT_ALLOWED`, `FILE_EMPTY`,
    /// `FILE_TOO_LARGE`, `TOO_MANY_FILES`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`. Beside a draft: what would
    /// prevent its submission.
    pub problems: Vec<Problem>,
}

impl From<ChangeResult> for AttachProofOfExecutionPayload {
    fn from(result: ChangeResult) -> Self {
        Self {
            claim: result.claim.map(Into::into),
            document: result.document.map(Into::into),
            problems: api_problems(result.problems),
        }
    }
}

change_input! {
    /// The draft, and the document to remove.
    RemoveProofOfExecutionInput {
        /// The document's global id. If this claim has no such document, the request is refused with `NOT_FOUND`.
        document_id: ID,
    }
}

payload!(
    RemoveProofOfExecutionPayload,
    "The changed draft",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS` or `IDEMPOTENCY_KEY_REUSED`. With a \
     claim: what would prevent its submission."
);

change_input! {
    /// The draft, with the version that the caller read.
    SubmitClaimInput {}
}

payload!(
    SubmitClaimPayload,
    "The submitted claim",
    "Why the request was refused: eligibility problems, everything that is missing, or `NOT_FOUND`, \
     `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`."
);

change_input! {
    /// The claim and the partner's answer.
    RespondToReviewInput {
        /// The answer, at most 10,000 characters; also posted as a comment on the claim. Optional if the partner edited
        /// the claim, commented or attached a document since the request.
        message: Option<String>,
    }
}

payload!(
    RespondToReviewPayload,
    "The claim, back under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, \
     or eligibility problems."
);

change_input! {
    /// The rejected claim, with the reasons for the dispute.
    DisputeClaimInput {
        /// Why the rejection is wrong, at most 10,000 characters. Optional if new proof of execution was attached since
        /// the rejection.
        justification: Option<String>,
    }
}

payload!(
    DisputeClaimPayload,
    "The claim, back under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_DISPUTABLE`, `DISPUTE_WINDOW_CLOSED`, \
     `SUBSCRIPTION_ALREADY_CLAIMED` or `DUPLICATE_CLAIM` (the partner has a newer live claim), `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);

change_input! {
    /// The claim, and the reason for withdrawing it.
    WithdrawClaimInput {
        /// The reason: not blank, at most 10,000 characters.
        detail: String,
    }
}

payload!(
    WithdrawClaimPayload,
    "The withdrawn claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`."
);
