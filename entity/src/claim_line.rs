//! The lines of a claim: a product each, for Business Applications with a subscription (X0).

use domain::kinds::LineOutcome;
use sea_orm::entity::prelude::*;

use crate::column::Word;

/// A row of `claim_line`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "claim_line")]
pub struct Model {
    /// The line's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim.
    pub claim_id: Uuid,
    /// Its place among the claim's lines.
    pub position: i32,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription id as it was typed (E10).
    pub subscription_typed: Option<String>,
    /// The subscription that it resolves to.
    pub subscription_id: Option<Uuid>,
    /// What is claimed (X0); none while the claim is a draft.
    pub subject: Option<String>,
    /// How the contest for it stands (X5, X7).
    pub outcome: Word<LineOutcome>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "sku_id", to = "sku_id")]
    pub product: BelongsTo<super::product::Entity>,
    /// The subscription.
    #[sea_orm(belongs_to, from = "subscription_id", to = "subscription_id")]
    pub subscription: BelongsTo<Option<super::customer_subscription::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
