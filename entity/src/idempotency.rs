//! What was done under a caller's idempotency key (J1).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `idempotency`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// The caller's subject.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// The key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The mutation that was done.
    pub mutation: String,
    /// A hash of its input.
    pub input_hash: String,
    /// Its first answer, as JSON.
    pub answer: String,
    /// When it was done.
    pub created_at: Micros,
}

impl ActiveModelBehavior for ActiveModel {}
