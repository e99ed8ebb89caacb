//! The catalogue (C1).

use domain::kinds::SolutionArea;
use sea_orm::entity::prelude::*;

use crate::column::Word;

/// A row of `product`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    /// The SKU's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sku_id: Uuid,
    /// The SKU's part number.
    pub sku_part_number: String,
    /// The product's name.
    pub name: String,
    /// Its name and part number in lower case, a line each (L14).
    pub search_text: String,
    /// Its name's place among the others (L14).
    pub sort_key: String,
    /// The one solution area that it belongs to.
    pub solution_area: Word<SolutionArea>,
}

impl ActiveModelBehavior for ActiveModel {}
