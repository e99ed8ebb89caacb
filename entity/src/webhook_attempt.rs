//! Attempts to deliver (W5).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `webhook_attempt`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempt")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The delivery.
    pub delivery_id: Uuid,
    /// When it was made.
    pub at: Micros,
    /// The status of the answer.
    pub status: Option<i32>,
    /// How long it took.
    pub milliseconds: i32,
    /// What went wrong.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// The address that was connected to.
    pub address: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
