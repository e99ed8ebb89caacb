//! The payloads of the mutations of claims.

use async_graphql::{ID, SimpleObject};

use super::Claim;
use crate::{
    app::claims::ChangeResult,
    graphql::{
        global_id::{self, Kind},
        problem::{Problem, api_problems},
        proof::ProofDocument,
    },
};

/// Declares the payload of a mutation that returns only the claim.
macro_rules! payload {
    ($name:ident, $result:literal, $problems:literal) => {
        #[doc = concat!($result, ", or why the request was refused.")]
        #[derive(SimpleObject)]
        pub struct $name {
            /// The claim as it is now; null if the request was refused.
            pub claim: Option<Claim>,
            #[doc = $problems]
            pub problems: Vec<Problem>,
        }

        impl From<ChangeResult> for $name {
            fn from(result: ChangeResult) -> Self {
                Self { claim: result.claim.map(Into::into), problems: api_problems(result.problems) }
            }
        }
    };
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
payload!(
    RemoveProofOfExecutionPayload,
    "The changed draft",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS` or `IDEMPOTENCY_KEY_REUSED`. With a \
     claim: what would prevent its submission."
);
payload!(
    SubmitClaimPayload,
    "The submitted claim",
    "Why the request was refused: eligibility problems, everything that is missing, or `NOT_FOUND`, \
     `VERSION_CONFLICT`, `WRONG_STATUS`, `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    StartReviewPayload,
    "The claim under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED` or `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    AssignReviewerPayload,
    "The claim with its new reviewer",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    RequestPartnerActionPayload,
    "The claim that waits for the partner",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    RespondToReviewPayload,
    "The claim, back under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, \
     or eligibility problems."
);
payload!(
    ApproveClaimPayload,
    "The approved claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `IN_ARBITRATION`, \
     `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`, or eligibility problems of lines that are no longer \
     eligible."
);
payload!(
    RejectClaimPayload,
    "The rejected claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    WithdrawClaimPayload,
    "The withdrawn claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`."
);

payload!(
    DisputeClaimPayload,
    "The claim, back under review",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `NOT_DISPUTABLE`, `DISPUTE_WINDOW_CLOSED`, \
     `SUBSCRIPTION_ALREADY_CLAIMED` or `DUPLICATE_CLAIM` (the partner has a newer live claim), `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
payload!(
    DeclineConsentPayload,
    "The declined claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `CONSENT_WINDOW_CLOSED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);

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
