//! The claims in an arbitration (X1).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `arbitration_claim`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "arbitration_claim")]
pub struct Model {
    /// The arbitration.
    #[sea_orm(primary_key, auto_increment = false)]
    pub arbitration_id: Uuid,
    /// The claim.
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: Uuid,
    /// When it came in.
    pub joined_at: Micros,
    /// When it left before the end (X7).
    pub left_at: Option<Micros>,
    /// The arbitration.
    #[sea_orm(belongs_to, from = "arbitration_id", to = "id")]
    pub arbitration: BelongsTo<super::arbitration::Entity>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
