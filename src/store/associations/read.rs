//! Associations that a caller sees, by id.

use std::collections::HashMap;

use domain::caller::Caller;
use entity::association::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::Association;
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    predicates,
    rows::{Plain, Rows},
    scope,
    sql::any_of,
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "associations", kinds: &[KeyKind::Id], descending: false };

/// A filter of associations; omitted conditions match everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AssociationFilter {
    /// On this customer.
    pub tenant_id: Option<Uuid>,
    /// Whether it lives.
    pub live: Option<bool>,
}

fn seen(caller: &Caller, filter: AssociationFilter) -> Rows<Entity> {
    let mut query = Rows::<Entity>::all().filter(scope::associations(caller));
    if let Some(id) = filter.tenant_id {
        query = query.filter(Column::TenantId.eq(id));
    }
    match filter.live {
        Some(true) => query.filter(predicates::lives()),
        Some(false) => query.filter(Column::EndedAt.is_not_null()),
        None => query,
    }
}

/// One page of the associations that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: AssociationFilter,
    request: &PageRequest,
) -> Result<Page<Association>, StoreError> {
    let keyset: Keyset<'_, Association> = Keyset {
        order: ORDER,
        columns: vec![Expr::col(Column::Id.as_column_ref())],
        keys: &|row| vec![Key::Id(row.id)],
    };
    keyset::page(db, seen(caller, filter), &keyset, request, &Plain::<Association>::all()).await
}

/// How many associations the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: AssociationFilter) -> Result<u64, StoreError> {
    keyset::count(db, seen(caller, filter)).await
}

/// The latest association of each line. A line without one that the caller sees is missing.
///
/// # Errors
/// As [`page`].
pub async fn of_lines(db: &Db, caller: &Caller, lines: &[Uuid]) -> Result<HashMap<Uuid, Association>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(caller, AssociationFilter::default())
        .filter(any_of(Column::LineId, lines.iter().copied(), backend))
        .order_by_asc(Column::Id);
    let found = keyset::all(db, query, &Plain::<Association>::all()).await?;
    // Later ones take the place of earlier ones.
    Ok(found.into_iter().map(|one| (one.line_id, one)).collect())
}

/// Those of the associations that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Association>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(caller, AssociationFilter::default()).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Association>::all()).await
}
