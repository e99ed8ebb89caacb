//! Deliveries that are to be made: added as events happen, and again when somebody asks for it.

use domain::{
    kinds::{DeliveryState, WebhookEventType},
    time::Timestamp,
};
use entity::{
    column::{Micros, Word, Words},
    webhook_delivery, webhook_endpoint,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction,
    history::{HistoryEntry, Position},
    sql::any_of,
    transaction::rows::batches,
    webhooks::delivery_id,
};

/// How many rows are changed at once.
const ROWS: usize = 500;

/// An event for an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The endpoint.
    pub endpoint_id: Uuid,
    /// The type of the event.
    pub event_type: WebhookEventType,
    /// The claim.
    pub claim_id: Uuid,
    /// The entry of the history.
    pub entry_id: Uuid,
    /// The position of that entry.
    pub position: Position,
}

impl Planned {
    /// An entry, for an endpoint that receives it as this type.
    #[must_use]
    pub const fn new(endpoint_id: Uuid, event_type: WebhookEventType, entry: &HistoryEntry) -> Self {
        Self { endpoint_id, event_type, claim_id: entry.claim_id, entry_id: entry.id, position: entry.position }
    }

    /// The id of the delivery.
    #[must_use]
    pub fn id(&self) -> Uuid {
        delivery_id(self.endpoint_id, self.entry_id, self.event_type)
    }
}

/// Adds deliveries, in order; those that are there stay as they are. Nothing is attempted before [`release`].
///
/// # Errors
/// Database errors.
pub async fn add(transaction: &Transaction, planned: &[Planned], now: Timestamp) -> Result<u64, StoreError> {
    let connection = transaction.connection();
    // A microsecond apart and after those that are there, so that lists by time have the order in which deliveries were planned.
    let newest: Option<(Option<i64>,)> = webhook_delivery::Entity::find()
        .select_only()
        .column_as(webhook_delivery::Column::CreatedAt.max(), "newest")
        .into_tuple()
        .one(connection)
        .await?;
    let newest = newest.and_then(|(newest,)| newest).unwrap_or(0);
    // A clock that went back does not take them along for long.
    let first = if newest - now.micros() < 1_000_000 { now.micros().max(newest + 1) } else { now.micros() };
    let rows: Vec<_> = planned
        .iter()
        .zip(first..)
        .map(|(planned, at)| row(planned, Timestamp::from_micros(at).unwrap_or(now)))
        .collect();
    let mut added = 0;
    for rows in batches(&rows) {
        let there = OnConflict::column(webhook_delivery::Column::Id).do_nothing().to_owned();
        let insert = webhook_delivery::Entity::insert_many(rows.to_vec()).on_conflict(there);
        added += insert.exec_without_returning(connection).await?;
    }
    Ok(added)
}

fn row(planned: &Planned, at: Timestamp) -> webhook_delivery::ActiveModel {
    webhook_delivery::ActiveModel {
        id: Set(planned.id()),
        endpoint_id: Set(planned.endpoint_id),
        event_type: Set(Word(planned.event_type)),
        claim_id: Set(planned.claim_id),
        entry_id: Set(planned.entry_id),
        epoch: Set(planned.position.epoch),
        xid: Set(planned.position.xid),
        pos: Set(planned.position.pos),
        state: Set(Word(DeliveryState::Pending)),
        failures: Set(0),
        created_at: Set(Micros(at)),
        next_attempt_at: Set(None),
        leased_until: Set(None),
    }
}

/// Makes those of the deliveries pending again that are parked or were skipped. How many.
///
/// # Errors
/// Database errors.
pub async fn again(transaction: &Transaction, ids: &[Uuid]) -> Result<u64, StoreError> {
    use webhook_delivery::Column::{Failures, Id, State};
    let connection = transaction.connection();
    let mut scheduled = 0;
    for ids in ids.chunks(ROWS) {
        let done = webhook_delivery::Entity::update_many()
            .col_expr(State, Expr::val(DeliveryState::Pending.as_str()))
            .col_expr(Failures, Expr::val(0))
            .filter(any_of(Id, ids.iter().copied(), connection.get_database_backend()))
            .filter(Expr::cust("state IN ('PARKED', 'SKIPPED')"))
            .exec(connection)
            .await?;
        scheduled += done.rows_affected;
    }
    Ok(scheduled)
}

/// Lets a delivery be attempted now, whatever became of it before and whatever else is pending of its claim.
///
/// # Errors
/// Database errors.
pub async fn attempt_now(transaction: &Transaction, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    use webhook_delivery::Column::{Failures, Id, NextAttemptAt, State};
    webhook_delivery::Entity::update_many()
        .col_expr(State, Expr::val(DeliveryState::Pending.as_str()))
        .col_expr(Failures, Expr::val(0))
        .col_expr(NextAttemptAt, Expr::val(now.micros()))
        .filter(Id.eq(id))
        .exec(transaction.connection())
        .await?;
    Ok(())
}

/// The condition that a pending delivery is the next one of its claim, for an endpoint that receives events.
const NEXT_OF_ITS_CLAIM: &str = "webhook_delivery.state = 'PENDING' AND webhook_delivery.next_attempt_at IS NULL \
    AND EXISTS (SELECT 1 FROM webhook_endpoint AS endpoint \
      WHERE endpoint.id = webhook_delivery.endpoint_id AND endpoint.state = 'ACTIVE') \
    AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS other WHERE other.state = 'PENDING' \
      AND other.endpoint_id = webhook_delivery.endpoint_id AND other.claim_id = webhook_delivery.claim_id \
      AND (other.next_attempt_at IS NOT NULL OR (other.epoch, other.xid, other.pos, other.event_type) \
        < (webhook_delivery.epoch, webhook_delivery.xid, webhook_delivery.pos, webhook_delivery.event_type)))";

/// Lets the first pending delivery of each claim be attempted now where none of the claim is (W3). Of these endpoints; with claims,
/// of these claims only.
///
/// # Errors
/// Database errors.
pub async fn release(
    transaction: &Transaction,
    endpoints: &[Uuid],
    claims: Option<&[Uuid]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    use webhook_delivery::Column::{ClaimId, EndpointId, NextAttemptAt};
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let mut update = webhook_delivery::Entity::update_many()
        .col_expr(NextAttemptAt, Expr::val(now.micros()))
        .filter(any_of(EndpointId, endpoints.iter().copied(), backend))
        .filter(Expr::cust(NEXT_OF_ITS_CLAIM));
    if let Some(claims) = claims {
        update = update.filter(any_of(ClaimId, claims.iter().copied(), backend));
    }
    update.exec(connection).await?;
    Ok(())
}

/// Notes up to where the history was looked through; nothing is noted where another server did meanwhile. Whether it was.
///
/// # Errors
/// Database errors.
pub async fn advance(transaction: &Transaction, from: Position, to: Position) -> Result<bool, StoreError> {
    let connection = transaction.connection();
    let sql = "UPDATE webhook_cursor SET epoch = $1, xid = $2, pos = $3 WHERE epoch = $4 AND xid = $5 AND pos = $6";
    let values: [sea_orm::Value; 6] =
        [to.epoch.into(), to.xid.into(), to.pos.into(), from.epoch.into(), from.xid.into(), from.pos.into()];
    let statement = sea_orm::Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    Ok(connection.execute_raw(statement).await?.rows_affected() > 0)
}

/// Notes up to where the history was looked through for these endpoints alone; nothing means: as for all others. Only of endpoints
/// that stand there: another server may have been faster.
///
/// # Errors
/// Database errors.
pub async fn set_behind(
    transaction: &Transaction,
    endpoints: &[Uuid],
    from: Option<Position>,
    to: Option<Position>,
) -> Result<u64, StoreError> {
    use webhook_endpoint::Column::{BehindEpoch, BehindPos, BehindXid, Id};
    let connection = transaction.connection();
    let update = webhook_endpoint::Entity::update_many()
        .col_expr(BehindEpoch, Expr::val(to.map(|position| position.epoch)))
        .col_expr(BehindXid, Expr::val(to.map(|position| position.xid)))
        .col_expr(BehindPos, Expr::val(to.map(|position| position.pos)))
        .filter(any_of(Id, endpoints.iter().copied(), connection.get_database_backend()));
    let update = match from {
        None => update.filter(BehindPos.is_null()),
        Some(from) => {
            update.filter(BehindEpoch.eq(from.epoch)).filter(BehindXid.eq(from.xid)).filter(BehindPos.eq(from.pos))
        }
    };
    Ok(update.exec(connection).await?.rows_affected)
}

/// Those of the endpoints that receive events.
///
/// # Errors
/// Database errors.
pub async fn those_active(transaction: &Transaction, endpoints: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let connection = transaction.connection();
    let of_these = any_of(webhook_endpoint::Column::Id, endpoints.iter().copied(), connection.get_database_backend());
    let query = webhook_endpoint::Entity::find().select_only().column(webhook_endpoint::Column::Id);
    let query = query.filter(of_these).filter(Expr::cust("state = 'ACTIVE'"));
    Ok(query.into_tuple::<Uuid>().all(connection).await?)
}

/// The endpoints that receive events and are not behind, with the types of events, as the planner must have known them: it would
/// else pass over events of one that it did not know.
///
/// # Errors
/// Database errors.
pub async fn level(transaction: &Transaction) -> Result<Vec<(Uuid, Vec<WebhookEventType>)>, StoreError> {
    use webhook_endpoint::Column::{Events, Id};
    let query = webhook_endpoint::Entity::find().select_only().columns([Id, Events]);
    let query = query.filter(Expr::cust("state = 'ACTIVE' AND behind_pos IS NULL"));
    let level = query.into_tuple::<(Uuid, Words<_>)>().all(transaction.connection()).await?;
    Ok(level.into_iter().map(|(id, Words(events))| (id, events)).collect())
}
