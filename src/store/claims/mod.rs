//! Claims: lists, lookups, lines.

mod filter;
mod lines;
mod order;
mod statistics;

use std::collections::HashMap;

use domain::{caller::Caller, claim::Claim};
use entity::claim::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError, claim_from_row,
    keyset::{self, Children},
    page::{Page, PageRequest},
    scope,
    sql::{any_of, findable},
};

pub use filter::{ClaimFilter, TimeRange};
pub use lines::{document_counts, lines};
pub use order::{ClaimOrder, ClaimOrderField};
pub use statistics::{Statistics, statistics};

/// The claims that the caller sees and the filter leaves.
fn seen(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Select<Entity> {
    Entity::find()
        .filter(scope::claims(caller))
        .filter(filter.condition(caller, db.connection().get_database_backend()))
}

/// A claim without its lines and documents: loaders fetch those.
fn bare(row: Model) -> Result<Claim, StoreError> {
    claim_from_row(row, Vec::new())
}

/// One page of the claims that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    order: ClaimOrder,
    request: &PageRequest,
) -> Result<Page<Claim>, StoreError> {
    let keys = |row: &Model| order.keys(caller, row);
    let keyset = order.keyset(caller, &keys);
    keyset::page(db, seen(db, caller, filter), &keyset, request, bare).await
}

/// How many claims the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Result<u64, StoreError> {
    keyset::count(db, seen(db, caller, filter)).await
}

/// One page of claims for each customer.
///
/// # Errors
/// As [`page`].
pub async fn pages_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &ClaimFilter,
    order: ClaimOrder,
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Claim>>, StoreError> {
    let keys = |row: &Model| order.keys(caller, row);
    let keyset = order.keyset(caller, &keys);
    let parents = Children { column: Column::TenantId, of: |row: &Model| row.tenant_id, ids: tenants };
    let query = of_customers(db, caller, tenants, filter);
    keyset::pages(db, query, parents, &keyset, request, bare).await
}

/// How many claims each customer has.
///
/// # Errors
/// As [`page`].
pub async fn counts_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &ClaimFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let query = of_customers(db, caller, tenants, filter);
    keyset::counts(db, query, Column::TenantId, tenants).await
}

fn of_customers(db: &Db, caller: &Caller, tenants: &[Uuid], filter: &ClaimFilter) -> Select<Entity> {
    let backend = db.connection().get_database_backend();
    seen(db, caller, filter).filter(any_of(Column::TenantId, tenants.iter().copied(), backend))
}

/// Those of the claims that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Claim>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Entity::find().filter(scope::claims(caller)).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, bare).await
}

/// The claim with the number (L12), in whatever case it is written.
///
/// # Errors
/// As [`page`].
pub async fn by_number(db: &Db, caller: &Caller, number: &str) -> Result<Option<Claim>, StoreError> {
    let Some(number) = written(number) else {
        return Ok(None);
    };
    let query = Entity::find().filter(scope::claims(caller)).filter(Column::Number.eq(number));
    Ok(keyset::all(db, query, bare).await?.pop())
}

/// A claim's number as it is kept.
fn written(number: &str) -> Option<String> {
    findable(number.trim()).map(str::to_ascii_uppercase)
}
