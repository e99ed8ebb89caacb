//! What the mutations of claims answer.

use async_graphql::{ID, SimpleObject};

use super::Claim;
use crate::{
    app::claims::Answer,
    graphql::{
        global_id::{self, Kind},
        problem::{Problem, told},
        proof::ProofDocument,
    },
};

/// Declares the answer of a mutation that gives back the claim alone.
macro_rules! payload {
    ($name:ident, $mutation:literal, $problems:literal) => {
        #[doc = concat!("What `", $mutation, "` answers.")]
        #[derive(SimpleObject)]
        pub struct $name {
            /// The claim as it is now; null when refused.
            pub claim: Option<Claim>,
            #[doc = $problems]
            pub problems: Vec<Problem>,
        }

        impl From<Answer> for $name {
            fn from(answer: Answer) -> Self {
                Self { claim: answer.claim.map(Into::into), problems: told(answer.problems) }
            }
        }
    };
}

payload!(
    CreateClaimPayload,
    "createClaim",
    "With a claim: what would refuse its submission. Without one: why it was refused (`DOMAIN_TENANT_MISMATCH`, \
     `LOCATION_NOT_YOURS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`)."
);
payload!(
    UpdateClaimPayload,
    "updateClaim",
    "With a draft: what would refuse its submission. Without a claim: why it was refused (`NOT_FOUND`, \
     `VERSION_CONFLICT`, `WRONG_STATUS`, `FIELD_NOT_EDITABLE`, `INVALID_VALUE`, `DOMAIN_TENANT_MISMATCH`, \
     `LOCATION_NOT_YOURS`, `IDEMPOTENCY_KEY_REUSED`; after submission every problem of eligibility)."
);
payload!(
    RemoveProofOfExecutionPayload,
    "removeProofOfExecution",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS` or `IDEMPOTENCY_KEY_REUSED`. With a claim: \
     what would refuse its submission."
);
payload!(
    SubmitClaimPayload,
    "submitClaim",
    "Why it was refused: every problem of eligibility and everything that is missing, or `NOT_FOUND`, \
     `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    StartReviewPayload,
    "startReview",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED` or `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    AssignReviewerPayload,
    "assignReviewer",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    RequestPartnerActionPayload,
    "requestPartnerAction",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    RespondToReviewPayload,
    "respondToReview",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, \
     or every problem of eligibility that stands."
);
payload!(
    ApproveClaimPayload,
    "approveClaim",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `IN_ARBITRATION`, \
     `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, or what by now stands against a subscription or product."
);
payload!(
    RejectClaimPayload,
    "rejectClaim",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    WithdrawClaimPayload,
    "withdrawClaim",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`."
);

payload!(
    DisputeClaimPayload,
    "disputeClaim",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_DISPUTABLE`, `DISPUTE_WINDOW_CLOSED`, \
     `SUBSCRIPTION_ALREADY_CLAIMED` or `DUPLICATE_CLAIM` (a newer claim of the partner lives), `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    DeclineConsentPayload,
    "declineConsent",
    "Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `CONSENT_WINDOW_CLOSED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);

/// What `deleteClaimDraft` answers.
#[derive(SimpleObject)]
pub struct DeleteClaimDraftPayload {
    /// The global id that the draft had; null when refused.
    pub deleted_claim_id: Option<ID>,
    /// Why it was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS` or `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

impl From<Answer> for DeleteClaimDraftPayload {
    fn from(answer: Answer) -> Self {
        let id = |id| global_id::encode(Kind::Claim, id);
        Self { deleted_claim_id: answer.deleted_claim_id.map(id), problems: told(answer.problems) }
    }
}

/// What `attachProofOfExecution` answers.
#[derive(SimpleObject)]
pub struct AttachProofOfExecutionPayload {
    /// The claim as it is now; null when refused.
    pub claim: Option<Claim>,
    /// The document; null when refused.
    pub document: Option<ProofDocument>,
    /// Why it was refused: `NOT_FOUND`, `WRONG_STATUS`, `FILE_TYPE_NOT_ALLOWED`, `FILE_EMPTY`, `FILE_TOO_LARGE`,
    /// `TOO_MANY_FILES`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`. With a draft: what would refuse its submission.
    pub problems: Vec<Problem>,
}

impl From<Answer> for AttachProofOfExecutionPayload {
    fn from(answer: Answer) -> Self {
        Self {
            claim: answer.claim.map(Into::into),
            document: answer.document.map(Into::into),
            problems: told(answer.problems),
        }
    }
}
