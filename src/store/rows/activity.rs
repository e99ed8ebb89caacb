//! What happens on a claim: documents, comments, history, associations.

use entity::{association, comment, history, proof_document};

use super::{
    Row,
    cells::{Cells, Record},
};
use crate::store::{
    StoreError,
    records::{Association, Comment, Document, HistoryEntry, Position},
};

impl Record for Document {
    type Entity = proof_document::Entity;

    const COLUMNS: &'static [proof_document::Column] = {
        use proof_document::Column::{
            ClaimId, Id, MediaType, Name, Sha256, Size, StorageKey, UploadedAt, UploadedByKind, UploadedByName,
            UploadedBySubject,
        };
        &[
            Id,
            ClaimId,
            Name,
            MediaType,
            Size,
            Sha256,
            StorageKey,
            UploadedAt,
            UploadedByKind,
            UploadedBySubject,
            UploadedByName,
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            claim_id: cells.get()?,
            name: cells.get()?,
            media_type: cells.get()?,
            size: cells.get()?,
            sha256: cells.get()?,
            storage_key: cells.get()?,
            uploaded_at: cells.time()?,
            uploaded_by: cells.actor()?,
        })
    }
}

impl Record for Comment {
    type Entity = comment::Entity;

    const COLUMNS: &'static [comment::Column] = {
        use comment::Column::{AuthorKind, AuthorName, AuthorSubject, Body, ClaimId, CreatedAt, Id, Visibility};
        &[Id, ClaimId, AuthorKind, AuthorSubject, AuthorName, Body, Visibility, CreatedAt]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            claim_id: cells.get()?,
            author: cells.actor()?,
            body: cells.get()?,
            visibility: cells.word()?,
            created_at: cells.time()?,
        })
    }
}

impl Record for HistoryEntry {
    type Entity = history::Entity;

    const COLUMNS: &'static [history::Column] = {
        use history::Column::{
            Action, ActorKind, ActorName, ActorSubject, At, Changes, ClaimId, CommentId, Epoch, FromStatus, Hash, Id,
            Note, Pos, Seq, ToStatus, Visibility, Xid,
        };
        &[
            Id,
            Epoch,
            Xid,
            Pos,
            ClaimId,
            Seq,
            Action,
            ActorKind,
            ActorSubject,
            ActorName,
            At,
            FromStatus,
            ToStatus,
            Changes,
            CommentId,
            Note,
            Visibility,
            Hash,
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            position: Position { epoch: cells.get()?, xid: cells.get()?, pos: cells.get()? },
            claim_id: cells.get()?,
            seq: cells.get()?,
            action: cells.word()?,
            actor: cells.actor()?,
            at: cells.time()?,
            from_status: cells.maybe_word()?,
            to_status: cells.maybe_word()?,
            changes: cells.json()?,
            comment_id: cells.get()?,
            note: cells.get()?,
            visibility: cells.word()?,
            hash: cells.get()?,
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

impl Record for Association {
    type Entity = association::Entity;

    const COLUMNS: &'static [association::Column] = {
        use association::Column::{
            ClaimId, EndedAt, Id, LineId, Official, PartnerId, SkuId, StartedAt, SubscriptionId, TenantId,
        };
        &[Id, ClaimId, LineId, PartnerId, TenantId, SkuId, SubscriptionId, Official, StartedAt, EndedAt]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            claim_id: cells.get()?,
            line_id: cells.get()?,
            partner_id: cells.get()?,
            tenant_id: cells.get()?,
            sku_id: cells.get()?,
            subscription_id: cells.get()?,
            official: cells.get()?,
            started_at: cells.time()?,
            ended_at: cells.maybe_time()?,
        })
    }
}
