//! Notices: what people are told, recorded with what it tells (D4, N1).

use sea_orm::entity::prelude::*;

/// A row of `notice`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice")]
pub struct Model {
    /// The notice's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim that it is about.
    pub claim_id: Uuid,
    /// PARTNER, CUSTOMER or REVIEWERS.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub body: String,
    /// When it was written.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
