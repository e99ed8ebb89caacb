//! Comments on a claim (K1).

use domain::kinds::{ActorKind, CommentVisibility};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `comment`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comment")]
pub struct Model {
    /// The comment's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// On which side the author stands.
    pub author_kind: Word<ActorKind>,
    /// The author's subject.
    pub author_subject: String,
    /// The author's name.
    pub author_name: Option<String>,
    /// What was written.
    pub body: String,
    /// Who may read it.
    pub visibility: Word<CommentVisibility>,
    /// When it was written.
    pub created_at: Micros,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
