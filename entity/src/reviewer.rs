//! The vendor's reviewers (R1).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `reviewer`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reviewer")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The subject of the reviewer's tokens.
    #[sea_orm(unique)]
    pub subject: String,
    /// The display name.
    pub name: String,
    /// Where notices go.
    pub email: Option<String>,
    /// The language of notices.
    pub locale: Option<String>,
    /// What a search looks at.
    pub search_text: String,
    /// Its name's place among the others (L14).
    pub sort_key: String,
    /// Whether this is a review lead.
    pub lead: bool,
    /// Whether reviews can be assigned.
    pub active: bool,
    /// When an absence begins.
    pub absent_from: Option<Micros>,
    /// When it ends.
    pub absent_until: Option<Micros>,
    /// The subject of the deputy meanwhile.
    pub deputy: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
