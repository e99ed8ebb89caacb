//! What happens on a claim: documents, comments, history, associations.

use domain::kinds::CommentVisibility;
use entity::{association, comment, history, proof_document};

use super::{
    Row,
    cells::{Cells, Record},
    columns::{Read, always, read_for},
};
use crate::store::{
    StoreError,
    records::{Association, Comment, Document, HistoryEntry, Position},
};

impl Record for Document {
    type Entity = proof_document::Entity;

    const COLUMNS: &'static [Read<proof_document::Column>] = {
        use proof_document::Column::{
            ClaimId, Id, MediaType, Name, Sha256, Size, StorageKey, UploadedAt, UploadedByKind, UploadedByName,
            UploadedBySubject,
        };
        &[
            always(Id, &["id"]),
            always(ClaimId, &["claim"]),
            read_for(Name, &["name"]),
            read_for(MediaType, &["mediaType"]),
            read_for(Size, &["size"]),
            read_for(Sha256, &["sha256"]),
            read_for(StorageKey, &[]),
            read_for(UploadedAt, &["uploadedAt"]),
            always(UploadedByKind, &["uploadedBy"]),
            read_for(UploadedBySubject, &["uploadedBy"]),
            read_for(UploadedByName, &["uploadedBy"]),
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

    const COLUMNS: &'static [Read<comment::Column>] = {
        use comment::Column::{AuthorKind, AuthorName, AuthorSubject, Body, ClaimId, CreatedAt, Id, Visibility};
        &[
            read_for(Id, &["id"]),
            always(ClaimId, &["claim"]),
            always(AuthorKind, &["author"]),
            read_for(AuthorSubject, &["author"]),
            read_for(AuthorName, &["author"]),
            read_for(Body, &["body"]),
            read_for(Visibility, &["visibility"]),
            read_for(CreatedAt, &["createdAt"]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            claim_id: cells.get()?,
            author: cells.actor()?,
            body: cells.get()?,
            visibility: cells.word_or(CommentVisibility::Internal)?,
            created_at: cells.time()?,
        })
    }
}

impl Record for HistoryEntry {
    type Entity = history::Entity;

    const COLUMNS: &'static [Read<history::Column>] = {
        use history::Column::{
            Action, ActorKind, ActorName, ActorSubject, At, Changes, ClaimId, CommentId, Epoch, FromStatus, Hash, Id,
            Note, Pos, Seq, ToStatus, Visibility, Xid,
        };
        &[
            read_for(Id, &["id", "position"]),
            read_for(Epoch, &["position"]),
            read_for(Xid, &["position"]),
            read_for(Pos, &["position"]),
            always(ClaimId, &["claim"]),
            read_for(Seq, &[]),
            always(Action, &["action"]),
            always(ActorKind, &["actor"]),
            read_for(ActorSubject, &["actor"]),
            read_for(ActorName, &["actor"]),
            read_for(At, &["at"]),
            read_for(FromStatus, &["fromStatus"]),
            read_for(ToStatus, &["toStatus"]),
            read_for(Changes, &["changes"]),
            read_for(CommentId, &["comment"]),
            read_for(Note, &["note"]),
            read_for(Visibility, &[]),
            read_for(Hash, &["hash"]),
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
            visibility: cells.word_or(CommentVisibility::Internal)?,
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

    const COLUMNS: &'static [Read<association::Column>] = {
        use association::Column::{
            ClaimId, EndedAt, Id, LineId, Official, PartnerId, SkuId, StartedAt, SubscriptionId, TenantId,
        };
        &[
            always(Id, &["id"]),
            always(ClaimId, &["claim"]),
            always(LineId, &[]),
            always(PartnerId, &["partner"]),
            always(TenantId, &["customer"]),
            always(SkuId, &["product"]),
            always(SubscriptionId, &["subscription"]),
            always(Official, &["official"]),
            always(StartedAt, &["startedAt"]),
            always(EndedAt, &["endedAt"]),
        ]
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
