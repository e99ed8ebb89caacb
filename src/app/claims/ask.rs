//! The input of a mutation as its idempotency key sees it, and the recorded result.

use domain::{caller::Caller, problem::Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Answer, Change, upload::Stored};
use crate::app::idempotency::Key;

/// One asked change, as every try of it needs it.
pub(super) struct Ask<'a> {
    pub(super) caller: &'a Caller,
    pub(super) claim_id: Option<Uuid>,
    pub(super) expected_version: Option<i32>,
    pub(super) change: &'a Change,
    pub(super) stored: Option<&'a Stored>,
    pub(super) key: Option<&'a Key>,
}

impl Change {
    /// The input as its idempotency key sees it; a file is identified by name and content.
    pub(super) fn input(&self, stored: Option<&Stored>) -> serde_json::Value {
        match self {
            Self::Edit(input) => serde_json::json!(input),
            Self::AttachProof { file } => {
                serde_json::json!([file.name, file.content.size, stored.map(|stored| &stored.document.sha256)])
            }
            Self::RemoveProof { document_id } => serde_json::json!(document_id),
            Self::DeleteDraft | Self::Submit | Self::StartReview => serde_json::Value::Null,
            Self::Assign { subject } => serde_json::json!(subject),
            Self::Reassign { from, to } => serde_json::json!([from, to]),
            Self::RequestPartnerAction { reasons, message } => serde_json::json!([reasons, message]),
            Self::Respond { message } => serde_json::json!(message),
            Self::Approve { note } => serde_json::json!(note),
            Self::Reject { reason, detail } => serde_json::json!([reason, detail]),
            Self::Withdraw { detail } => serde_json::json!(detail),
            Self::Dispute { justification } => serde_json::json!(justification),
            Self::DeclineConsent { reason, .. } => serde_json::json!(reason),
            Self::Comment { body, visibility } => serde_json::json!([body, visibility]),
        }
    }
}

/// The result as recorded under an idempotency key (J1).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) claim_id: Option<Uuid>,
    pub(super) document_id: Option<Uuid>,
    pub(super) comment_id: Option<Uuid>,
    pub(super) deleted_claim_id: Option<Uuid>,
    pub(super) problems: Vec<Problem>,
    /// What was just done, as it is returned; a repeat reads it again.
    #[serde(skip)]
    pub(super) answer: Option<Box<Answer>>,
}

impl Done {
    /// What was just done.
    pub(super) fn now(answer: Answer) -> Self {
        Self {
            claim_id: answer.claim.as_ref().map(|claim| claim.id),
            document_id: answer.document.as_ref().map(|document| document.id),
            comment_id: answer.comment.as_ref().map(|comment| comment.id),
            deleted_claim_id: answer.deleted_claim_id,
            problems: answer.problems.clone(),
            answer: Some(Box::new(answer)),
        }
    }
}
