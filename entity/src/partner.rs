//! Partner companies (C5).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `partner`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    /// The partner's id, as the vendor knows it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The company's name.
    pub name: String,
    /// Its name in lower case.
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
