//! What happens on a claim: documents, comments, history, associations.

use entity::{association, comment, history, proof_document};

use super::Row;
use crate::store::{
    StoreError,
    records::{Association, Comment, Document, HistoryEntry, Position},
};

impl TryFrom<proof_document::Model> for Document {
    type Error = StoreError;

    fn try_from(row: proof_document::Model) -> Result<Self, StoreError> {
        let at = Row { table: "proof_document", key: &row.id };
        Ok(Self {
            uploaded_at: at.time(row.uploaded_at)?,
            uploaded_by: at.actor(&row.uploaded_by_kind, row.uploaded_by_subject, row.uploaded_by_name)?,
            id: row.id,
            claim_id: row.claim_id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            sha256: row.sha256,
            storage_key: row.storage_key,
        })
    }
}

impl TryFrom<comment::Model> for Comment {
    type Error = StoreError;

    fn try_from(row: comment::Model) -> Result<Self, StoreError> {
        let at = Row { table: "comment", key: &row.id };
        Ok(Self {
            author: at.actor(&row.author_kind, row.author_subject, row.author_name)?,
            visibility: at.word(&row.visibility)?,
            created_at: at.time(row.created_at)?,
            id: row.id,
            claim_id: row.claim_id,
            body: row.body,
        })
    }
}

impl TryFrom<history::Model> for HistoryEntry {
    type Error = StoreError;

    fn try_from(row: history::Model) -> Result<Self, StoreError> {
        let at = Row { table: "history", key: &row.id };
        Ok(Self {
            position: Position { epoch: row.epoch, xid: row.xid, pos: row.pos },
            action: at.word(&row.action)?,
            actor: at.actor(&row.actor_kind, row.actor_subject, row.actor_name)?,
            at: at.time(row.at)?,
            from_status: at.maybe_word(row.from_status.as_deref())?,
            to_status: at.maybe_word(row.to_status.as_deref())?,
            changes: at.json(&row.changes)?,
            visibility: at.word(&row.visibility)?,
            id: row.id,
            claim_id: row.claim_id,
            seq: row.seq,
            comment_id: row.comment_id,
            note: row.note,
            hash: row.hash,
        })
    }
}

impl TryFrom<association::Model> for Association {
    type Error = StoreError;

    fn try_from(row: association::Model) -> Result<Self, StoreError> {
        let at = Row { table: "association", key: &row.id };
        Ok(Self {
            started_at: at.time(row.started_at)?,
            ended_at: at.maybe_time(row.ended_at)?,
            id: row.id,
            claim_id: row.claim_id,
            line_id: row.line_id,
            partner_id: row.partner_id,
            tenant_id: row.tenant_id,
            sku_id: row.sku_id,
            subscription_id: row.subscription_id,
            official: row.official,
        })
    }
}
