//! The input of a mutation as its idempotency key sees it, and the recorded result.

use domain::{caller::Caller, problem::Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, upload::Stored};
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
}
