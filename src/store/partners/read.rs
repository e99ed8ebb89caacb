//! Partners that a caller sees, by name, and their locations, by MPN id.

use std::collections::HashMap;

use domain::caller::Caller;
use entity::{
    partner::{Column, Entity},
    partner_location,
};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::{Location, Partner};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Plain, Rows},
    scope,
    sql::{any_of, findable, matches_search},
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "partners", kinds: &[KeyKind::Name, KeyKind::Id], descending: false };

/// The partners that the caller sees and whose name has the words of the search.
fn seen(db: &Db, caller: &Caller, search: Option<&str>) -> Rows<Entity> {
    let matching = matches_search(Column::SearchText, search, db.connection().get_database_backend());
    Rows::<Entity>::all().filter(scope::partners(caller)).filter(matching)
}

/// One page of the partners that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    search: Option<&str>,
    request: &PageRequest,
) -> Result<Page<Partner>, StoreError> {
    let keyset: Keyset<'_, Partner> = Keyset {
        order: ORDER,
        columns: [Column::SortKey, Column::Id].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Text(row.name.clone()), Key::Id(row.id)],
    };
    keyset::page(db, seen(db, caller, search), &keyset, request, &Plain::<Partner>::all()).await
}

/// How many partners the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, search: Option<&str>) -> Result<u64, StoreError> {
    keyset::count(db, seen(db, caller, search)).await
}

/// Those of the partners that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Partner>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(db, caller, None).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Partner>::all()).await
}

/// The partners, in no order, without regard to the caller: only for objects that the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn get_many(on: &impl Reads, ids: &[Uuid]) -> Result<Vec<Partner>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Partner>::all()).await
}

/// The locations of the partners, by MPN id, without regard to the caller. A partner without any is missing.
///
/// # Errors
/// As [`page`].
pub async fn locations_of(on: &impl Reads, partners: &[Uuid]) -> Result<HashMap<Uuid, Vec<Location>>, StoreError> {
    let column = partner_location::Column::PartnerId;
    let backend = on.connection().get_database_backend();
    let query = Rows::<partner_location::Entity>::all()
        .filter(any_of(column, partners.iter().copied(), backend))
        .order_by_asc(partner_location::Column::MpnId);
    let mut locations: HashMap<Uuid, Vec<Location>> = HashMap::new();
    for location in keyset::all(on, query, &Plain::<Location>::all()).await? {
        let partner = location.partner_id;
        locations.entry(partner).or_default().push(location);
    }
    Ok(locations)
}

/// The locations with these MPN ids, in no order, without regard to the caller.
///
/// # Errors
/// As [`page`].
pub async fn locations(on: &impl Reads, mpn_ids: &[&str]) -> Result<Vec<Location>, StoreError> {
    let column = partner_location::Column::MpnId;
    let backend = on.connection().get_database_backend();
    let ids = mpn_ids.iter().filter_map(|id| findable(id));
    let query = Rows::<partner_location::Entity>::all().filter(any_of(column, ids, backend));
    keyset::all(on, query, &Plain::<Location>::all()).await
}
