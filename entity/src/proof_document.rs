//! Proof of execution: what is known of each file (P1). The content is in the file store.

use domain::kinds::ActorKind;
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `proof_document`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proof_document")]
pub struct Model {
    /// The document's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// The file's name.
    pub name: String,
    /// The media type, found by content.
    pub media_type: String,
    /// The size in bytes.
    pub size: i64,
    /// The SHA-256 of the content.
    pub sha256: String,
    /// Where the file store keeps the content.
    pub storage_key: String,
    /// When it was uploaded.
    pub uploaded_at: Micros,
    /// On which side the uploader stands.
    pub uploaded_by_kind: Word<ActorKind>,
    /// The uploader's subject.
    pub uploaded_by_subject: String,
    /// The uploader's name.
    pub uploaded_by_name: Option<String>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
