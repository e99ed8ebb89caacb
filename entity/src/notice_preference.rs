//! How notices are wanted (M5).

use domain::kinds::{NoticeKind, NoticePreference};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

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
    pub kind: Word<NoticeKind>,
    /// How it is wanted.
    pub preference: Word<NoticePreference>,
    /// When that was said.
    pub set_at: Micros,
}

impl ActiveModelBehavior for ActiveModel {}
