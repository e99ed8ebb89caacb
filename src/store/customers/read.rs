//! Customers that a caller sees, by name.

use std::collections::HashMap;

use domain::{
    caller::{Caller, Side},
    identifier,
};
use entity::{
    customer::{Column, Entity},
    customer_domain,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Expr,
};
use uuid::Uuid;

use super::Customer;
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Plain, Rows},
    scope,
    sql::{any_of, is_among_few, matches_search},
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "customers", kinds: &[KeyKind::Name, KeyKind::Id], descending: false };

/// The customers that the caller sees and whose name and domains have the words of the search (L14).
fn seen(db: &Db, caller: &Caller, search: Option<&str>) -> Rows<Entity> {
    let matching = matches_search(Column::SearchText, search, db.connection().get_database_backend());
    Rows::<Entity>::all().filter(scope::customers(caller)).filter(matching)
}

/// How many customers, in the order of names, a search looks at before it sorts all matches: enough for a page of 20 if one customer in
/// fifty matches.
const FIRST: u64 = 1_000;

/// One page of the customers that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    search: Option<&str>,
    request: &PageRequest,
) -> Result<Page<Customer>, StoreError> {
    let backend = db.connection().get_database_backend();
    let mut keyset: Keyset<'_, Customer> = Keyset {
        order: ORDER,
        columns: [Column::SortKey, Column::TenantId].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Text(row.name.clone()), Key::Id(row.tenant_id)],
    };
    if backend == DbBackend::Postgres && caller.side == Side::Vendor && search.is_some() {
        if let Some(soon) = page_of_first(db, caller, search, &keyset, request).await? {
            return Ok(soon);
        }
        // PostgreSQL would walk the index of names until it has met a page of matches. This makes it scan the table and sort the matches.
        keyset.columns[0] = Expr::cust("\"customer\".\"sort_key\" || ''");
    }
    keyset::page(db, seen(db, caller, search), &keyset, request, &Plain::<Customer>::all()).await
}

/// The page, if the first customers in the order of names fill it.
async fn page_of_first(
    db: &Db,
    caller: &Caller,
    search: Option<&str>,
    keyset: &Keyset<'_, Customer>,
    request: &PageRequest,
) -> Result<Option<Page<Customer>>, StoreError> {
    let first = PageRequest { limit: FIRST, peeks: false, ..request.clone() };
    let first = keyset.limit(Rows::<Entity>::all().column(Column::TenantId).into_query(), &first);
    let among = is_among_few(Column::TenantId, first, db.connection().get_database_backend());
    let request = PageRequest { peeks: true, ..request.clone() };
    let query = seen(db, caller, search).filter(among);
    let page = keyset::page(db, query, keyset, &request, &Plain::<Customer>::all()).await?;
    let is_full = if request.backward { page.has_previous } else { page.has_next };
    Ok(is_full.then_some(page))
}

/// How many customers the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, search: Option<&str>) -> Result<u64, StoreError> {
    keyset::count(db, seen(db, caller, search)).await
}

/// Those of the customers that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, tenants: &[Uuid]) -> Result<Vec<Customer>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = seen(db, caller, None).filter(any_of(Column::TenantId, tenants.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Customer>::all()).await
}

/// The customers, in no order, without regard to the caller: only for objects that the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn get_many(on: &impl Reads, tenants: &[Uuid]) -> Result<Vec<Customer>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::TenantId, tenants.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Customer>::all()).await
}

/// The customer with this tenant id and this verified domain: callers who know both may see it (A6); customers see only
/// themselves.
///
/// # Errors
/// As [`page`].
pub async fn by_tenant_and_domain(
    db: &Db,
    caller: &Caller,
    tenant_id: Uuid,
    domain: &str,
) -> Result<Option<Customer>, StoreError> {
    let anothers = matches!(caller.side, Side::Customer(own) if own != tenant_id);
    let Some(domain) = identifier::domain(domain).filter(|_| !anothers) else {
        return Ok(None);
    };
    let verified = Rows::<customer_domain::Entity>::all()
        .column(customer_domain::Column::Domain)
        .filter(scope::same(customer_domain::Column::TenantId, Column::TenantId))
        .filter(customer_domain::Column::Domain.eq(domain.as_str()));
    let matching = Condition::any().add(Column::Domain.eq(domain)).add(Expr::exists(verified.into_query()));
    let query = Rows::<Entity>::all().filter(Column::TenantId.eq(tenant_id)).filter(matching);
    Ok(keyset::all(db, query, &Plain::<Customer>::all()).await?.pop())
}

/// The verified domains of the customers, by name, without regard to the caller. A customer without any is missing.
///
/// # Errors
/// As [`page`].
pub async fn domains_of(on: &impl Reads, tenants: &[Uuid]) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
    let column = customer_domain::Column::TenantId;
    let backend = on.connection().get_database_backend();
    let rows = customer_domain::Entity::find()
        .filter(any_of(column, tenants.iter().copied(), backend))
        .order_by_asc(customer_domain::Column::Domain)
        .all(on.connection())
        .await?;
    let mut domains: HashMap<Uuid, Vec<String>> = HashMap::new();
    for row in rows {
        domains.entry(row.tenant_id).or_default().push(row.domain);
    }
    Ok(domains)
}
