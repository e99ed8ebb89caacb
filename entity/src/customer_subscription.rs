//! What a customer bought (C7).

use domain::kinds::{SubscriptionChannel, SubscriptionStatus};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Word};

/// A row of `customer_subscription`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_subscription")]
pub struct Model {
    /// The subscription's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subscription_id: Uuid,
    /// The customer's tenant.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: Word<SubscriptionChannel>,
    /// Where it is in its life.
    pub status: Word<SubscriptionStatus>,
    /// How many seats were bought.
    pub seats: i32,
    /// When it starts.
    pub starts_at: Micros,
    /// When it ends, if that is known.
    pub ends_at: Option<Micros>,
    /// The customer.
    #[sea_orm(belongs_to, from = "tenant_id", to = "tenant_id")]
    pub customer: BelongsTo<super::customer::Entity>,
    /// The product.
    #[sea_orm(belongs_to, from = "sku_id", to = "sku_id")]
    pub product: BelongsTo<super::product::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
