//! How notices are wanted (M5).

use sea_orm::entity::prelude::*;

/// A row of `notice_preference`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_preference")]
pub struct Model {
    /// A partner's or customer's id, or a reviewer's subject, each with a word before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner: String,
    /// The kind of notice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// How it is wanted.
    pub preference: String,
    /// When that was said.
    pub set_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
