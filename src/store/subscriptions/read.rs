//! Subscriptions that a caller sees, by id.

use std::collections::HashMap;

use domain::{
    caller::Caller,
    kinds::{SubscriptionChannel, SubscriptionStatus},
};
use entity::customer_subscription::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::Subscription;
use crate::store::{
    Db, Reads, StoreError,
    children::{self, Children},
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{ById, Plain, Rows},
    scope,
    sql::any_of,
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "subscriptions", kinds: &[KeyKind::Id], descending: false };

/// A filter of subscriptions; omitted conditions match everything, an empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SubscriptionFilter {
    /// Of this customer.
    pub tenant_id: Option<Uuid>,
    /// For this product.
    pub sku_id: Option<Uuid>,
    /// In one of these statuses.
    pub status: Option<Vec<SubscriptionStatus>>,
    /// Sold through this.
    pub channel: Option<SubscriptionChannel>,
}

fn keyset() -> Keyset<'static, Subscription> {
    Keyset {
        order: ORDER,
        columns: vec![Expr::col(Column::SubscriptionId.as_column_ref())],
        keys: &|row| vec![Key::Id(row.subscription_id)],
    }
}

fn seen(db: &Db, caller: &Caller, filter: &SubscriptionFilter) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    let mut query = Rows::<Entity>::all().filter(scope::subscriptions(caller));
    if let Some(id) = filter.tenant_id {
        query = query.filter(Column::TenantId.eq(id));
    }
    if let Some(id) = filter.sku_id {
        query = query.filter(Column::SkuId.eq(id));
    }
    if let Some(statuses) = &filter.status {
        let words = statuses.iter().map(|status| status.as_str());
        query = query.filter(any_of(Column::Status, words, backend));
    }
    if let Some(channel) = filter.channel {
        query = query.filter(Column::Channel.eq(channel.as_str()));
    }
    query
}

fn of_customers(db: &Db, caller: &Caller, tenants: &[Uuid], filter: &SubscriptionFilter) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    seen(db, caller, filter).filter(any_of(Column::TenantId, tenants.iter().copied(), backend))
}

/// One page of the subscriptions that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &SubscriptionFilter,
    request: &PageRequest,
) -> Result<Page<Subscription>, StoreError> {
    let query = seen(db, caller, filter);
    keyset::page(db, query, &keyset(), request, &Plain::<Subscription>::all()).await
}

/// How many subscriptions the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &SubscriptionFilter) -> Result<u64, StoreError> {
    keyset::count(db, seen(db, caller, filter)).await
}

/// One page of subscriptions for each customer.
///
/// # Errors
/// As [`page`].
pub async fn pages_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &SubscriptionFilter,
    request: &PageRequest,
) -> Result<ById<Page<Subscription>>, StoreError> {
    let parents =
        Children { column: Column::TenantId, of: |row: &Subscription| row.tenant_id, ids: tenants, kept: None };
    children::pages(db, seen(db, caller, filter), parents, &keyset(), request, &Plain::<Subscription>::all()).await
}

/// How many subscriptions each customer has.
///
/// # Errors
/// As [`page`].
pub async fn counts_of_customers(
    db: &Db,
    caller: &Caller,
    tenants: &[Uuid],
    filter: &SubscriptionFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let query = of_customers(db, caller, tenants, filter);
    keyset::counts(db, query, Column::TenantId, tenants).await
}

/// The subscriptions that the caller sees, or that its own claims' lines resolve to (A6), in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Subscription>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(scope::subscriptions_by_id(caller)).filter(any_of(
        Column::SubscriptionId,
        ids.iter().copied(),
        backend,
    ));
    keyset::all(db, query, &Plain::<Subscription>::all()).await
}

/// The subscriptions, in no order, without regard to the caller: only for objects that the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn get_many(on: &impl Reads, ids: &[Uuid]) -> Result<Vec<Subscription>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::SubscriptionId, ids.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Subscription>::all()).await
}
