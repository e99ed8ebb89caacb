//! Incentive evaluations: the record that the incentive system is given (I1).

use sea_orm::entity::prelude::*;

/// A row of `evaluation`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    /// The claim.
    #[sea_orm(primary_key, auto_increment = false)]
    pub claim_id: Uuid,
    /// One of the evaluation statuses.
    pub status: String,
    /// The programmes: words, one space between them.
    pub programs: String,
    /// The customer (Microsoft 365).
    pub tenant_id: Option<Uuid>,
    /// The subscriptions (Business Applications): ids, one space between them.
    pub subscription_ids: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was sent.
    pub sent_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
