//! The claims that a caller sees, by id, number, reference and owner.

use std::collections::HashMap;

use domain::{caller::Caller, claim::Claim, identifier, number};
use entity::claim::{Column, Entity};
use sea_orm::{ColumnTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{
    ClaimFilter, ClaimOrder, ClaimRow, activity, by_id,
    first::{Reading, Way},
    lines,
    row::Wanted,
};
use crate::store::{
    Db, Reads, StoreError,
    children::{self, Children},
    keyset,
    page::{Page, PageRequest},
    rows::{ById, Columns, Rows},
    scope,
    sql::{any_of, findable},
};

/// The claims that the caller sees and the filter leaves.
pub(super) fn seen(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Rows<Entity> {
    seen_in(db, caller, filter, Reading::default())
}

/// The same for a list of this order, which joins what its order is read from.
pub(super) fn seen_in(db: &Db, caller: &Caller, filter: &ClaimFilter, reading: Reading) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    Rows::<Entity>::all()
        .filter(scope::claims(caller))
        .filter(filter.condition(caller, backend, reading))
        .filter(activity::of_order(filter, caller, reading, backend))
}

/// The claims of a list in this order, and what it is sorted by where that is not in `claim`.
pub(super) fn ordered(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    order: ClaimOrder,
    way: Way,
) -> (Rows<Entity>, Option<[Expr; 2]>) {
    let mut query = seen_in(db, caller, filter, Reading { order: Some(order), way });
    let columns = activity::join(&mut query, caller, order.field, db.connection().get_database_backend());
    (query, columns)
}

/// Whose claims are listed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owners {
    /// Customers, by tenant id.
    Customers,
    /// Partners.
    Partners,
}

impl Owners {
    const fn column(self) -> Column {
        match self {
            Self::Customers => Column::TenantId,
            Self::Partners => Column::PartnerId,
        }
    }

    fn of(self) -> fn(&ClaimRow) -> Uuid {
        match self {
            Self::Customers => |row| row.claim().tenant_id,
            Self::Partners => |row| row.claim().partner_id,
        }
    }
}

/// One page of claims for each of the owners.
///
/// # Errors
/// As [`super::page()`].
pub async fn pages_of(
    db: &Db,
    caller: &Caller,
    (owners, ids): (Owners, &[Uuid]),
    filter: &ClaimFilter,
    order: ClaimOrder,
    request: &PageRequest,
    wanted: Wanted,
) -> Result<ById<Page<ClaimRow>>, StoreError> {
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let mut keyset = order.keyset(caller, &keys);
    let (query, columns) = ordered(db, caller, filter, order, Way::default());
    if let Some(columns) = columns {
        keyset.columns = columns.to_vec();
    }
    let parents = Children { column: owners.column(), of: owners.of(), ids, kept: None };
    let mut wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    if owners == Owners::Partners {
        wanted = wanted.with(Columns::of_field::<Claim>("partner"));
    }
    children::pages(db, query, parents, &keyset, request, &wanted).await
}

/// How many claims each of the owners has.
///
/// # Errors
/// As [`super::page()`].
pub async fn counts_of(
    db: &Db,
    caller: &Caller,
    (owners, ids): (Owners, &[Uuid]),
    filter: &ClaimFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(db, caller, filter).filter(any_of(owners.column(), ids.iter().copied(), backend));
    keyset::counts(db, query, owners.column(), ids).await
}

/// Those of the claims that the caller sees, in no order. A single one comes with its lines if they are wanted.
///
/// # Errors
/// As [`super::page()`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid], wanted: Wanted) -> Result<Vec<ClaimRow>, StoreError> {
    if let [id] = ids {
        return Ok(by_id::one(db, caller, *id, wanted).await?.into_iter().collect());
    }
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(scope::claims(caller));
    keyset::all(db, query.filter(any_of(Column::Id, ids.iter().copied(), backend)), &wanted).await
}

/// What is left of those of the drafts that the caller's partner has deleted, in no order: number, version and times, and beyond
/// these nothing (H2).
///
/// # Errors
/// As [`super::page()`].
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
/// As [`super::page()`].
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
/// As [`super::page()`].
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
pub(super) fn written(number: &str) -> Option<String> {
    findable(&number::normalise(number)).map(str::to_owned)
}
