//! Endpoints of an owner, their deliveries and the attempts.

use std::collections::HashMap;

use domain::{
    kinds::{DeliveryState, WebhookEventType},
    time::Timestamp,
};
use entity::{webhook_attempt, webhook_delivery, webhook_endpoint};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Attempt, Delivery, Endpoint};
use crate::store::{
    Db, Reads, StoreError,
    children::{self, Children},
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{ById, Plain, Rows},
    sql::{any_of, is_one_of},
};

/// The list of endpoints, for [`crate::store::page::Cursor::decode`].
pub const ENDPOINTS: ListOrder =
    ListOrder { tag: "webhookEndpoints", kinds: &[KeyKind::Int, KeyKind::Id], descending: false };
/// The list of an endpoint's deliveries, the newest first.
pub const DELIVERIES: ListOrder =
    ListOrder { tag: "webhookDeliveries", kinds: &[KeyKind::Int, KeyKind::Id], descending: true };

/// Whose an endpoint is: a partner's, or without one the vendor's.
pub type Owner = Option<Uuid>;

/// The id of the delivery of an event to an endpoint: it follows from both, so that nothing is planned twice, and an event keeps
/// its id whatever happens (W3).
#[must_use]
pub fn delivery_id(endpoint: Uuid, entry: Uuid, event_type: WebhookEventType) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(endpoint.as_bytes());
    hash.update(entry.as_bytes());
    hash.update(event_type.as_str());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn owned_by(owner: Owner) -> Condition {
    let column = webhook_endpoint::Column::PartnerId;
    Condition::all().add(match owner {
        Some(partner) => column.eq(partner),
        None => column.is_null(),
    })
}

/// One page of an owner's endpoints, the oldest first.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(db: &Db, owner: Owner, request: &PageRequest) -> Result<Page<Endpoint>, StoreError> {
    use webhook_endpoint::Column::{CreatedAt, Id};
    let keyset: Keyset<'_, Endpoint> = Keyset {
        order: ENDPOINTS,
        columns: [CreatedAt, Id].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Int(row.created_at.micros()), Key::Id(row.id)],
    };
    keyset::page(db, Rows::all().filter(owned_by(owner)), &keyset, request, &Plain::<Endpoint>::all()).await
}

/// How many endpoints an owner has.
///
/// # Errors
/// As [`page`].
pub async fn count(on: &impl Reads, owner: Owner) -> Result<u64, StoreError> {
    let query = Rows::<webhook_endpoint::Entity>::all().filter(owned_by(owner));
    let ids: Vec<(Uuid,)> = query.column(webhook_endpoint::Column::Id).tuples(on.connection()).await?;
    Ok(ids.len() as u64)
}

/// The endpoint of an owner with this id, if there is one.
///
/// # Errors
/// As [`page`].
pub async fn find(on: &impl Reads, owner: Owner, id: Uuid) -> Result<Option<Endpoint>, StoreError> {
    Ok(by_ids(on, &[id]).await?.into_iter().find(|found| found.partner_id == owner))
}

/// The endpoints with these ids, whosever they are.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(on: &impl Reads, ids: &[Uuid]) -> Result<Vec<Endpoint>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::all().filter(any_of(webhook_endpoint::Column::Id, ids.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Endpoint>::all()).await
}

fn newest_first() -> Keyset<'static, Delivery> {
    use webhook_delivery::Column::{CreatedAt, Id};
    Keyset {
        order: DELIVERIES,
        columns: [CreatedAt, Id].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Int(row.created_at.micros()), Key::Id(row.id)],
    }
}

/// Which of an endpoint's deliveries are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryFilter {
    /// In one of these states.
    pub states: Option<Vec<DeliveryState>>,
    /// Planned at this time or later (W5).
    pub since: Timestamp,
}

fn matching(filter: &DeliveryFilter) -> Rows<webhook_delivery::Entity> {
    let query = Rows::all().filter(webhook_delivery::Column::CreatedAt.gte(filter.since.micros()));
    match &filter.states {
        Some(states) => query.filter(is_one_of("webhook_delivery", "state", states.iter().map(|state| state.as_str()))),
        None => query,
    }
}

/// One page of the deliveries of each endpoint, the newest first.
///
/// # Errors
/// As [`page`].
pub async fn deliveries_of(
    db: &Db,
    endpoints: &[Uuid],
    filter: &DeliveryFilter,
    request: &PageRequest,
) -> Result<ById<Page<Delivery>>, StoreError> {
    let of = |row: &Delivery| row.endpoint_id;
    let parents = Children { column: webhook_delivery::Column::EndpointId, of, ids: endpoints, kept: None };
    children::pages(db, matching(filter), parents, &newest_first(), request, &Plain::<Delivery>::all()).await
}

/// How many deliveries each endpoint has.
///
/// # Errors
/// As [`page`].
pub async fn delivery_counts_of(
    db: &Db,
    endpoints: &[Uuid],
    filter: &DeliveryFilter,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let backend = db.connection().get_database_backend();
    let column = webhook_delivery::Column::EndpointId;
    let query = matching(filter).filter(any_of(column, endpoints.iter().copied(), backend));
    keyset::counts(db, query, column, endpoints).await
}

/// Those of the deliveries that are to endpoints of this owner.
///
/// # Errors
/// As [`page`].
pub async fn deliveries(
    on: &impl Reads,
    owner: Owner,
    ids: &[Uuid],
    since: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    let backend = on.connection().get_database_backend();
    let own = Rows::<webhook_endpoint::Entity>::all().column(webhook_endpoint::Column::Id).filter(owned_by(owner));
    let query = matching(&DeliveryFilter { states: None, since })
        .filter(any_of(webhook_delivery::Column::Id, ids.iter().copied(), backend))
        .filter(webhook_delivery::Column::EndpointId.in_subquery(own.into_query()));
    keyset::all(on, query, &Plain::<Delivery>::all()).await
}

/// The attempts of each delivery, the oldest first.
///
/// # Errors
/// As [`page`].
pub async fn attempts_of(db: &Db, deliveries: &[Uuid]) -> Result<HashMap<Uuid, Vec<Attempt>>, StoreError> {
    use webhook_attempt::{Column, Entity};
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all()
        .filter(any_of(Column::DeliveryId, deliveries.iter().copied(), backend))
        .order_by_asc(Column::DeliveryId)
        .order_by_asc(Column::At)
        .order_by_asc(Column::Id);
    let mut found: HashMap<Uuid, Vec<Attempt>> = HashMap::new();
    for attempt in keyset::all(db, query, &Plain::<Attempt>::all()).await? {
        found.entry(attempt.delivery_id).or_default().push(attempt);
    }
    Ok(found)
}
