//! Incentive evaluations: the record that the incentive system is given (I1).

use domain::kinds::{EvaluationStatus, IncentiveProgram};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word, Words};

/// A row of `evaluation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    /// The claim.
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: Uuid,
    /// One of the evaluation statuses.
    pub status: Word<EvaluationStatus>,
    /// The programmes: words, one space between them.
    pub programs: Words<IncentiveProgram>,
    /// The customer (Microsoft 365).
    pub tenant_id: Option<Uuid>,
    /// The subscriptions (Business Applications): ids, one space between them.
    pub subscription_ids: Words<Uuid>,
    /// When it was made.
    pub created_at: Micros,
    /// When it was sent.
    pub sent_at: Option<Micros>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
