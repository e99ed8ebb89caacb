//! Products, by name; everybody sees them.

use domain::kinds::SolutionArea;
use entity::product::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::Product;
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Plain, Rows},
    sql::{any_of, matches_search},
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "products", kinds: &[KeyKind::Name, KeyKind::Id], descending: false };

/// A filter of products; omitted conditions match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProductFilter {
    /// Of this solution area.
    pub solution_area: Option<SolutionArea>,
    /// With these words in name and part number (L14).
    pub search: Option<String>,
}

fn matching(db: &Db, filter: &ProductFilter) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(matches_search(Column::SearchText, filter.search.as_deref(), backend));
    match filter.solution_area {
        Some(area) => query.filter(Column::SolutionArea.eq(area.as_str())),
        None => query,
    }
}

/// One page of the catalog.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(db: &Db, filter: &ProductFilter, request: &PageRequest) -> Result<Page<Product>, StoreError> {
    let keyset: Keyset<'_, Product> = Keyset {
        order: ORDER,
        columns: [Column::SortKey, Column::SkuId].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Text(row.name.clone()), Key::Id(row.sku_id)],
    };
    keyset::page(db, matching(db, filter), &keyset, request, &Plain::<Product>::all()).await
}

/// How many products there are.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, filter: &ProductFilter) -> Result<u64, StoreError> {
    keyset::count(db, matching(db, filter)).await
}

/// The products, in no order.
///
/// # Errors
/// As [`page`].
pub async fn get_many(on: &impl Reads, skus: &[Uuid]) -> Result<Vec<Product>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::SkuId, skus.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Product>::all()).await
}
