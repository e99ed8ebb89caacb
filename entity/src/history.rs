//! The history, which is also the event log (H1-H3). Rows are only ever added.

use domain::{
    history::FieldChange,
    kinds::{ActorKind, ClaimStatus, CommentVisibility, HistoryAction},
};
use sea_orm::entity::prelude::*;

use crate::column::{Json, Micros, Word};

/// A row of `history`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "history")]
pub struct Model {
    /// The position; given by the database (leave it `NotSet`).
    #[sea_orm(primary_key)]
    pub pos: i64,
    /// The life of the database cluster; its default is right (leave it `NotSet`).
    pub epoch: i32,
    /// The transaction that wrote it; given by the database (leave it `NotSet`). Always 0 on SQLite.
    pub xid: i64,
    /// The entry's id, a UUIDv7.
    pub id: Uuid,
    /// The claim; no foreign key.
    pub claim_id: Uuid,
    /// The claim's partner; filled by the database (leave it `NotSet`).
    pub partner_id: Option<Uuid>,
    /// Its number in the claim's history, from 1 without gaps (H3).
    pub seq: i32,
    /// What happened.
    pub action: Word<HistoryAction>,
    /// On which side the actor stands.
    pub actor_kind: Word<ActorKind>,
    /// The actor's subject.
    pub actor_subject: String,
    /// The actor's name.
    pub actor_name: Option<String>,
    /// When it happened.
    pub at: Micros,
    /// The status before.
    pub from_status: Option<Word<ClaimStatus>>,
    /// The status after.
    pub to_status: Option<Word<ClaimStatus>>,
    /// What changed, field by field.
    pub changes: Json<Vec<FieldChange>>,
    /// The comment that it tells of.
    pub comment_id: Option<Uuid>,
    /// A remark in words.
    pub note: Option<String>,
    /// Who may read it.
    pub visibility: Word<CommentVisibility>,
    /// The hash over it and the entry before it (H3).
    pub hash: String,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
