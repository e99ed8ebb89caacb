//! Addresses that a mail server has refused for good (M6).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `refused_address`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refused_address")]
pub struct Model {
    /// The address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// What the server said.
    pub reason: String,
    /// When.
    pub refused_at: Micros,
}

impl ActiveModelBehavior for ActiveModel {}
