//! Claims: lists, lookups, lines.

mod filter;
mod lines;
mod list;
mod order;
mod row;
mod search;
mod statistics;
mod tally;
mod words;

use std::collections::HashMap;

use domain::{caller::Caller, identifier, number};
use entity::claim::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    children::{self, Children},
    keyset,
    page::{Page, PageRequest},
    rows::Rows,
    scope,
    sql::{any_of, findable},
};

pub use filter::{ClaimFilter, TimeRange};
pub use lines::{LineOfClaim, LineRow, LinesWanted, document_counts, lines, lines_of};
pub use list::{count, page};
pub use order::{ClaimOrder, ClaimOrderField};
pub use row::{ClaimRow, Wanted};
pub use statistics::{Decided, Statistics, decided, statistics};

/// The claims that the caller sees and the filter leaves.
fn seen(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Rows<Entity> {
    Rows::<Entity>::all()
        .filter(scope::claims(caller))
        .filter(filter.condition(caller, db.connection().get_database_backend()))
}

/// One page of claims for each customer.
///
/// # Errors
/// As [`page()`].
pub async fn pages_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &ClaimFilter,
    order: ClaimOrder,
    request: &PageRequest,
    wanted: Wanted,
) -> Result<HashMap<Uuid, Page<ClaimRow>>, StoreError> {
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let keyset = order.keyset(caller, &keys);
    let parents = Children { column: Column::TenantId, of: |row: &ClaimRow| row.claim().tenant_id, ids: tenants };
    let wanted = if request.cursors { wanted.with(order.columns()) } else { wanted };
    children::pages(db, seen(db, caller, filter), parents, &keyset, request, &wanted).await
}

/// How many claims each customer has.
///
/// # Errors
/// As [`page()`].
pub async fn counts_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &ClaimFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(db, caller, filter).filter(any_of(Column::TenantId, tenants.iter().copied(), backend));
    keyset::counts(db, query, Column::TenantId, tenants).await
}

/// Those of the claims that the caller sees, in no order. A single one comes with its lines if they are wanted.
///
/// # Errors
/// As [`page()`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid], wanted: Wanted) -> Result<Vec<ClaimRow>, StoreError> {
    let query = Rows::<Entity>::all().filter(scope::claims(caller));
    if let [id] = ids {
        return Ok(lines::one(db, query.filter(Column::Id.eq(*id)), wanted).await?.into_iter().collect());
    }
    let backend = db.connection().get_database_backend();
    keyset::all(db, query.filter(any_of(Column::Id, ids.iter().copied(), backend)), &wanted).await
}

/// What is left of those of the drafts that the caller's partner has deleted, in no order: number, version and times, and beyond
/// these nothing (H2).
///
/// # Errors
/// As [`page()`].
pub async fn left_of_deleted(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<ClaimRow>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(scope::deleted_drafts(caller)).filter(any_of(
        Column::Id,
        ids.iter().copied(),
        backend,
    ));
    Ok(keyset::all(db, query, &Wanted::ROW).await?.into_iter().map(ClaimRow::emptied).collect())
}

/// The claim with the number (L12), in whatever case it is written; with its lines if they are wanted.
///
/// # Errors
/// As [`page()`].
pub async fn by_number(db: &Db, caller: &Caller, number: &str, wanted: Wanted) -> Result<Option<ClaimRow>, StoreError> {
    let Some(number) = written(number) else {
        return Ok(None);
    };
    let query = Rows::<Entity>::all().filter(scope::claims(caller)).filter(Column::Number.eq(number));
    lines::one(db, query, wanted).await
}

/// The claim of the caller's partner with the external reference (L12), in whatever spelling of it; with its lines if they are
/// wanted. Only a partner knows its references: nothing for everybody else.
///
/// # Errors
/// As [`page()`].
pub async fn by_external_reference(
    db: &Db,
    caller: &Caller,
    reference: &str,
    wanted: Wanted,
) -> Result<Option<ClaimRow>, StoreError> {
    let reference = identifier::reference(reference);
    let Some(reference) = findable(&reference).filter(|_| caller.partner_id().is_some()) else {
        return Ok(None);
    };
    let query = Rows::<Entity>::all().filter(scope::claims(caller)).filter(Column::ExternalReference.eq(reference));
    lines::one(db, query, wanted).await
}

/// A claim's number as it is kept (L15).
fn written(number: &str) -> Option<String> {
    findable(&number::normalise(number)).map(str::to_owned)
}
