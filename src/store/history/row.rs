//! Reading entries of the history: what happened, and its detail where it is asked for.

use domain::{
    caller::Actor,
    history::FieldChange,
    kinds::{ClaimStatus, HistoryAction},
    time::Timestamp,
};
use entity::history::{Column, Entity};
use sea_orm::sea_query::SelectStatement;
use uuid::Uuid;

use crate::store::{
    StoreError,
    records::{HistoryEntry, Position},
    rows::{Cells, Shape, columns},
};

/// What is read of each entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct EntryWanted {
    /// Whether its detail is read.
    pub detail: bool,
}

/// An entry that its reader sees, as far as it was read.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// The entry's id.
    pub id: Uuid,
    /// Its place in the whole history.
    pub position: Position,
    /// Its place on the claim, from 1.
    pub seq: i32,
    /// The claim.
    pub claim_id: Uuid,
    /// What happened.
    pub action: HistoryAction,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// The status before.
    pub from_status: Option<ClaimStatus>,
    /// The status after.
    pub to_status: Option<ClaimStatus>,
    /// The rest, if it was read.
    pub detail: Option<EntryDetail>,
}

/// The detail of an entry.
#[derive(Clone, Debug)]
pub struct EntryDetail {
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// The comment that was posted with it.
    pub comment_id: Option<Uuid>,
    /// In words.
    pub note: Option<String>,
    /// The hash over it and the entry before it (H3).
    pub hash: String,
}

impl From<HistoryEntry> for EntryRow {
    fn from(entry: HistoryEntry) -> Self {
        let HistoryEntry { changes, comment_id, note, hash, .. } = entry;
        Self {
            id: entry.id,
            position: entry.position,
            seq: entry.seq,
            claim_id: entry.claim_id,
            action: entry.action,
            actor: entry.actor,
            at: entry.at,
            from_status: entry.from_status,
            to_status: entry.to_status,
            detail: Some(EntryDetail { changes, comment_id, note, hash }),
        }
    }
}

const CORE: &[Column] = &[
    Column::Id,
    Column::Epoch,
    Column::Xid,
    Column::Pos,
    Column::Seq,
    Column::ClaimId,
    Column::Action,
    Column::ActorKind,
    Column::ActorSubject,
    Column::ActorName,
    Column::At,
    Column::FromStatus,
    Column::ToStatus,
];

const DETAIL: &[Column] = &[Column::Changes, Column::CommentId, Column::Note, Column::Hash];

impl Shape for EntryWanted {
    type Entity = Entity;
    type Record = EntryRow;

    fn select(&self, query: &mut SelectStatement) {
        columns(query, CORE);
        if self.detail {
            columns(query, DETAIL);
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<EntryRow, StoreError> {
        Ok(EntryRow {
            id: cells.get()?,
            position: Position { epoch: cells.get()?, xid: cells.get()?, pos: cells.get()? },
            seq: cells.get()?,
            claim_id: cells.get()?,
            action: cells.word()?,
            actor: cells.actor()?,
            at: cells.time()?,
            from_status: cells.maybe_word()?,
            to_status: cells.maybe_word()?,
            detail: self.detail.then(|| detail(cells)).transpose()?,
        })
    }
}

fn detail(cells: &mut Cells<'_>) -> Result<EntryDetail, StoreError> {
    Ok(EntryDetail { changes: cells.json()?, comment_id: cells.get()?, note: cells.get()?, hash: cells.get()? })
}
