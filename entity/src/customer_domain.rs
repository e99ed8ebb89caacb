//! The verified domains of a customer, the default one among them (C6, E1).

use sea_orm::entity::prelude::*;

/// A row of `customer_domain`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_domain")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The domain, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain: String,
    /// The customer.
    #[sea_orm(belongs_to, from = "tenant_id", to = "tenant_id")]
    pub customer: BelongsTo<super::customer::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
