//! Customers, each a tenant (C6).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `customer`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// The tenant's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The customer's name.
    pub name: String,
    /// The default domain.
    pub domain: String,
    /// Its name and all its domains in lower case, a line each (L14).
    pub search_text: String,
    /// Its name's place among the others (L14).
    pub sort_key: String,
    /// When it was first loaded.
    pub created_at: Micros,
    /// When it was last changed.
    pub updated_at: Micros,
    /// Where notices go.
    pub contact_email: Option<String>,
    /// The language of notices.
    pub locale: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
