//! The locations of a partner, each with an MPN id (C5).

use domain::kinds::IncentiveProgram;
use sea_orm::entity::prelude::*;

use crate::column::Words;

/// A row of `partner_location`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_location")]
pub struct Model {
    /// The location's MPN id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mpn_id: String,
    /// The company it belongs to.
    pub partner_id: Uuid,
    /// The location's name.
    pub name: String,
    /// The country it lies in.
    pub country: String,
    /// The programmes it is enrolled in: words, one space between them.
    pub enrolled_programs: Words<IncentiveProgram>,
    /// The partner type, which no claim ever shows.
    pub partner_type: Option<String>,
    /// The company.
    #[sea_orm(belongs_to, from = "partner_id", to = "id")]
    pub partner: BelongsTo<super::partner::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
