//! Arbitrations: claims that compete for one subject (X).

use domain::kinds::ArbitrationStatus;
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `arbitration`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "arbitration")]
pub struct Model {
    /// The arbitration's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is contested (X0).
    pub subject: String,
    /// The customer.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription (Business Applications).
    pub subscription_id: Option<Uuid>,
    /// OPEN, AWARDED or SETTLED.
    pub status: Word<ArbitrationStatus>,
    /// When it opened.
    pub opened_at: Micros,
    /// When it was awarded or settled.
    pub settled_at: Option<Micros>,
    /// Whose the subject is.
    pub winner_claim_id: Option<Uuid>,
    /// The review lead's reason (X5).
    pub rationale: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
