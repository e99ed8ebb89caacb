//! Carrying a decision out: claim, lines, associations, documents, comment, history and key, together or not at all (H1).

use domain::{
    caller::{Actor, Caller},
    lifecycle::{Decision, NewDocument},
    problem::Problem,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Answer, Change, Upload, attempt::Failure, change::Ask};
use crate::{
    app::App,
    documents::media_type,
    ids,
    store::{
        self, Transaction,
        records::{Comment, Document},
        write::{associations, claims, comments, documents, history as log},
    },
};

/// What was done, as it is remembered under an idempotency key (J1).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Done {
    pub(super) claim_id: Option<Uuid>,
    pub(super) document_id: Option<Uuid>,
    pub(super) comment_id: Option<Uuid>,
    pub(super) deleted_claim_id: Option<Uuid>,
    pub(super) problems: Vec<Problem>,
}

/// An uploaded file, looked at once: what it is, and the key its content will have.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    file: Upload,
    document: NewDocument,
    key: String,
}

impl Stored {
    /// The file of an upload; nothing for any other change.
    pub(super) fn of(change: &Change) -> Option<Self> {
        let Change::AttachProof { file } = change else { return None };
        let document = NewDocument {
            id: ids::new(),
            name: domain::proof::clean_name(&file.name),
            media_type: media_type::detect(&file.content).map(str::to_owned),
            size: file.size,
            sha256: domain::history::hex(&Sha256::digest(&file.content)),
        };
        Some(Self { file: file.clone(), key: document.id.to_string(), document })
    }

    /// The document it would become.
    pub(super) fn document(&self) -> NewDocument {
        self.document.clone()
    }

    /// The row of the document.
    fn record(&self, claim_id: Uuid, by: Actor, at: Timestamp) -> Document {
        Document {
            id: self.document.id,
            claim_id,
            name: self.document.name.clone(),
            media_type: self.document.media_type.clone().unwrap_or_default(),
            size: i64::try_from(self.document.size).unwrap_or(i64::MAX),
            sha256: self.document.sha256.clone(),
            storage_key: self.key.clone(),
            uploaded_at: at,
            uploaded_by: by,
        }
    }
}

impl Change {
    /// The input as an idempotency key knows it; a file is known by its name and content.
    pub(super) fn input(&self, stored: Option<&Stored>) -> serde_json::Value {
        match self {
            Self::Edit(input) => serde_json::json!(input),
            Self::AttachProof { file } => {
                serde_json::json!([file.name, file.size, stored.map(|stored| &stored.document.sha256)])
            }
            Self::RemoveProof { document_id } => serde_json::json!(document_id),
            Self::DeleteDraft | Self::Submit | Self::StartReview => serde_json::Value::Null,
            Self::Assign { subject } => serde_json::json!(subject),
            Self::RequestPartnerAction { reasons, message } => serde_json::json!([reasons, message]),
            Self::Respond { message } => serde_json::json!(message),
            Self::Approve { note } => serde_json::json!(note),
            Self::Reject { reason, detail } => serde_json::json!([reason, detail]),
            Self::Withdraw { detail } => serde_json::json!(detail),
            Self::Comment { body, visibility } => serde_json::json!([body, visibility]),
        }
    }
}

impl App {
    /// Stores a decision and commits. The content of a document is written before and taken away again if that fails.
    pub(super) async fn carry_out(
        &self,
        transaction: Transaction,
        ask: &Ask<'_>,
        decision: Decision,
        head: log::Head,
    ) -> Result<Answer, Failure> {
        let Some(stored) = ask.stored else { return self.store(transaction, ask, decision, head).await };
        self.documents().put(&stored.key, stored.file.content.clone()).await?;
        let answer = self.store(transaction, ask, decision, head).await;
        if answer.is_err() {
            self.remove_content(&stored.key).await;
        }
        answer
    }

    async fn store(
        &self,
        transaction: Transaction,
        ask: &Ask<'_>,
        decision: Decision,
        head: log::Head,
    ) -> Result<Answer, Failure> {
        let Decision { claim, events, effects, problems } = decision;
        let (now, actor) = (self.now(), ask.caller.actor());
        let comment = effects.comment.map(|new| Comment {
            id: new.id,
            claim_id: claim.id,
            author: actor.clone(),
            body: new.body,
            visibility: new.visibility,
            created_at: now,
        });
        let document = effects.document.and(ask.stored).map(|stored| stored.record(claim.id, actor.clone(), now));
        if let Some(comment) = &comment {
            comments::insert(&transaction, comment).await?;
        }
        if let Some(document) = &document {
            documents::insert(&transaction, document).await?;
        }
        if effects.lines_changed {
            claims::save_lines(&transaction, &claim).await?;
        }
        if effects.associations_start {
            associations::start(&transaction, &claim, ids::new, now).await?;
        }
        if effects.associations_end {
            associations::end(&transaction, claim.id, now).await?;
        }
        let placed = log::place(head, claim.id, &actor, now, events, comment.as_ref())?;
        let mut content_to_remove = Vec::new();
        if effects.deleted {
            content_to_remove = documents::storage_keys(&transaction, claim.id).await?;
            claims::bury(&transaction, &claim, &placed.head).await?;
        } else {
            claims::save(&transaction, &claim, &placed.head).await?;
        }
        if let Some(id) = effects.removed_document {
            content_to_remove.extend(documents::remove(&transaction, id).await?);
        }
        log::insert(&transaction, placed).await?;
        let done = Done {
            claim_id: (!effects.deleted).then_some(claim.id),
            document_id: document.as_ref().map(|document| document.id),
            comment_id: comment.as_ref().map(|comment| comment.id),
            deleted_claim_id: effects.deleted.then_some(claim.id),
            problems,
        };
        if let Some(key) = ask.key {
            key.remember(&transaction, &done, now).await?;
        }
        transaction.commit().await?;
        for key in content_to_remove {
            self.remove_content(&key).await;
        }
        Ok(Answer {
            deleted_claim_id: done.deleted_claim_id,
            claim: (!effects.deleted).then_some(claim),
            document,
            comment,
            problems: done.problems,
        })
    }

    /// Removes content that no row speaks of any more. Where that fails it stays behind unseen, and the log says so.
    async fn remove_content(&self, key: &str) {
        if let Err(error) = self.documents().delete(key).await {
            tracing::warn!(document = key, error = error.0, "the content of a removed document stayed behind");
        }
    }

    /// The answer that was given when this was done before, read anew (J1).
    pub(super) async fn again(&self, caller: &Caller, done: Done) -> Result<Answer, Failure> {
        let ids: Vec<Uuid> = done.claim_id.into_iter().collect();
        let claim = store::claims::by_ids(self.db(), caller, &ids).await?.pop();
        if claim.is_none() && done.claim_id.is_some() {
            return Err(Problem::not_found("claim", "claimId").into());
        }
        let documents: Vec<Uuid> = done.document_id.into_iter().collect();
        let comments: Vec<Uuid> = done.comment_id.into_iter().collect();
        Ok(Answer {
            claim,
            document: store::documents::by_ids(self.db(), caller, &documents).await?.pop(),
            comment: store::comments::by_ids(self.db(), caller, &comments).await?.pop(),
            deleted_claim_id: done.deleted_claim_id,
            problems: done.problems,
        })
    }
}
