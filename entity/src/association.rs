//! Associations: what an approved claim becomes. At most one lives on a subject (X6).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `association`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "association")]
pub struct Model {
    /// The association's id, a UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The claim that it comes from.
    pub claim_id: Uuid,
    /// The line that it comes from.
    pub line_id: Uuid,
    /// The partner.
    pub partner_id: Uuid,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription (Business Applications).
    pub subscription_id: Option<Uuid>,
    /// What it holds (X0).
    pub subject: String,
    /// Whether the consent window has closed (N4).
    pub official: bool,
    /// When it started.
    pub started_at: Micros,
    /// When it ended; none while it lives.
    pub ended_at: Option<Micros>,
    /// The claim.
    #[sea_orm(belongs_to, from = "claim_id", to = "id")]
    pub claim: BelongsTo<super::claim::Entity>,
    /// The partner.
    #[sea_orm(belongs_to, from = "partner_id", to = "id")]
    pub partner: BelongsTo<super::partner::Entity>,
    /// The customer.
    #[sea_orm(belongs_to, from = "tenant_id", to = "tenant_id")]
    pub customer: BelongsTo<super::customer::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "sku_id", to = "sku_id")]
    pub product: BelongsTo<super::product::Entity>,
    /// The subscription.
    #[sea_orm(belongs_to, from = "subscription_id", to = "subscription_id")]
    pub subscription: BelongsTo<Option<super::customer_subscription::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
