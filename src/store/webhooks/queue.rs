//! The dispatcher's reads: endpoints, due deliveries, and the length of the queue.

use std::collections::HashMap;

use domain::{kinds::WebhookEventType, time::Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::store::{Db, Reads, StoreError, records::Position};

/// An endpoint that receives events, as far as the dispatcher must know it ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// Its id.
    pub id: Uuid,
    /// The partner whose it is; nothing for the vendor's.
    pub partner_id: Option<Uuid>,
    /// The types of events that it receives.
    pub events: Vec<WebhookEventType>,
    /// Up to where the history was looked through for it; nothing as for all others.
    pub behind: Option<Position>,
    /// Whether its last attempt failed.
    pub is_failing: bool,
    /// How many of its deliveries are pending, counted up to a limit.
    pub pending: i64,
}

#[derive(FromQueryResult)]
struct ActiveRow {
    id: Uuid,
    partner_id: Option<Uuid>,
    events: String,
    behind_epoch: Option<i32>,
    behind_xid: Option<i64>,
    behind_pos: Option<i64>,
    failing_since: Option<i64>,
    pending: i64,
}

/// Every endpoint that receives events; of each at most so many pending deliveries are counted.
///
/// # Errors
/// Database errors.
pub async fn active(db: &Db, most: i64) -> Result<Vec<Active>, StoreError> {
    let sql = format!(
        "SELECT id, partner_id, events, behind_epoch, behind_xid, behind_pos, failing_since, \
           (SELECT count(*) FROM (SELECT 1 FROM webhook_delivery AS delivery WHERE delivery.state = 'PENDING' \
             AND delivery.endpoint_id = webhook_endpoint.id LIMIT {most}) AS counted) AS pending \
         FROM webhook_endpoint WHERE state = 'ACTIVE'"
    );
    let statement = Statement::from_string(db.connection().get_database_backend(), sql);
    let rows = ActiveRow::find_by_statement(statement).all(db.connection()).await?;
    rows.iter().map(endpoint).collect()
}

fn endpoint(row: &ActiveRow) -> Result<Active, StoreError> {
    let events: Result<_, _> = row.events.split_whitespace().map(str::parse).collect();
    let behind = row.behind_epoch.zip(row.behind_xid).zip(row.behind_pos);
    Ok(Active {
        events: events.map_err(|_| StoreError::Corrupt("webhook_endpoint", row.id.to_string()))?,
        id: row.id,
        partner_id: row.partner_id,
        behind: behind.map(|((epoch, xid), pos)| Position { epoch, xid, pos }),
        is_failing: row.failing_since.is_some(),
        pending: row.pending,
    })
}

/// Up to where the history was looked through for every endpoint that is not behind.
///
/// # Errors
/// Database errors.
pub async fn cursor(on: &impl Reads) -> Result<Position, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        epoch: i32,
        xid: i64,
        pos: i64,
    }
    let sql = "SELECT epoch, xid, pos FROM webhook_cursor";
    let statement = Statement::from_string(on.connection().get_database_backend(), sql);
    let row = Row::find_by_statement(statement).one(on.connection()).await?;
    let Row { epoch, xid, pos } = row.ok_or_else(|| StoreError::Corrupt("webhook_cursor", "1".to_owned()))?;
    Ok(Position { epoch, xid, pos })
}

/// A delivery that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Due {
    /// Its id.
    pub id: Uuid,
    /// The endpoint.
    pub endpoint_id: Uuid,
}

/// The deliveries that are due now and that no server works on, the longest due first, but to these endpoints. `real` is the
/// machine's time, which leases go by.
///
/// # Errors
/// Database errors.
pub async fn due(
    db: &Db,
    (now, real): (Timestamp, Timestamp),
    but: &[Uuid],
    limit: usize,
) -> Result<Vec<Due>, StoreError> {
    let places: Vec<String> = (3..but.len() + 3).map(|number| format!("${number}")).collect();
    let others =
        if but.is_empty() { String::new() } else { format!(" AND endpoint_id NOT IN ({})", places.join(", ")) };
    let sql = format!(
        "SELECT id, endpoint_id FROM webhook_delivery WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL \
         AND next_attempt_at <= $1 AND (leased_until IS NULL OR leased_until <= $2){others} \
         ORDER BY next_attempt_at, id LIMIT {limit}"
    );
    let values = [now.micros(), real.micros()].map(Value::from).into_iter().chain(but.iter().map(|id| (*id).into()));
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, values);
    Ok(Due::find_by_statement(statement).all(db.connection()).await?)
}

/// How much waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Queue {
    /// How many deliveries are pending.
    pub depth: i64,
    /// When the oldest of them was planned.
    pub oldest: Option<i64>,
}

/// How much waits for endpoints that receive events.
///
/// # Errors
/// Database errors.
pub async fn queue(db: &Db) -> Result<Queue, StoreError> {
    let sql = "SELECT count(*) AS depth, min(delivery.created_at) AS oldest FROM webhook_delivery AS delivery \
        JOIN webhook_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id AND endpoint.state = 'ACTIVE' \
        WHERE delivery.state = 'PENDING'";
    let statement = Statement::from_string(db.connection().get_database_backend(), sql);
    let found = Queue::find_by_statement(statement).one(db.connection()).await?;
    Ok(found.unwrap_or(Queue { depth: 0, oldest: None }))
}

/// The data of a claim in a message.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Told {
    /// The claim.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its status.
    pub status: String,
    /// Its version.
    pub version: i32,
}

/// The data of these claims in messages. Visibility is checked by the entries that the messages are about.
///
/// # Errors
/// Database errors.
pub async fn claims(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, Told>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT id, number, status, version FROM claim WHERE id IN ({})", places.join(", "));
    let values = ids.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, values);
    let found = Told::find_by_statement(statement).all(db.connection()).await?;
    Ok(found.into_iter().map(|told| (told.id, told)).collect())
}
