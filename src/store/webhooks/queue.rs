//! The dispatcher's reads: endpoints, due deliveries, and the length of the queue.

use std::collections::HashMap;

use domain::{kinds::WebhookEventType, time::Timestamp, webhook::PROMPT_WITHIN};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::store::{Db, Reads, StoreError, history::Position, sql::id_array};

/// The lane of an endpoint, which follows from its latest attempts and decides its slots (W3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// It accepted its latest message promptly.
    Prompt,
    /// It has had no attempt since it was created or enabled.
    Untried,
    /// Its latest attempt failed or was slow.
    Troubled,
}

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
    /// Its lane.
    pub lane: Lane,
    /// How many of its deliveries are pending, counted up to a limit.
    pub pending: i64,
    /// How many of these could be sent and were never tried, counted up to a limit; 0 for a prompt one, where it does not matter.
    pub untried: i64,
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
    last_success_at: Option<i64>,
    last_failure_at: Option<i64>,
    last_milliseconds: Option<i32>,
    pending: i64,
    untried: i64,
}

/// Every endpoint that receives events; of each at most so many pending and so many untried deliveries are counted.
///
/// # Errors
/// The database's.
pub async fn active(db: &Db, (pending, untried): (i64, i64)) -> Result<Vec<Active>, StoreError> {
    let count = |of: &str, most: i64| {
        format!(
            "(SELECT count(*) FROM (SELECT 1 FROM webhook_delivery AS delivery WHERE delivery.state = 'PENDING' \
             AND delivery.endpoint_id = webhook_endpoint.id{of} LIMIT {most}) AS counted)"
        )
    };
    // One that another server works on is no longer untried, whatever becomes of that server.
    let of_untried =
        " AND delivery.next_attempt_at IS NOT NULL AND delivery.failures = 0 AND delivery.leased_until IS NULL";
    let sql = format!(
        "SELECT id, partner_id, events, behind_epoch, behind_xid, behind_pos, failing_since, last_success_at, \
           last_failure_at, last_milliseconds, {pending} AS pending, \
           CASE WHEN failing_since IS NULL AND last_success_at IS NOT NULL AND last_milliseconds < {PROMPT_WITHIN} THEN 0 \
             ELSE {untried} END AS untried \
         FROM webhook_endpoint WHERE state = 'ACTIVE'",
        pending = count("", pending),
        untried = count(of_untried, untried),
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
        lane: lane_of(row),
        pending: row.pending,
        untried: row.untried,
    })
}

fn lane_of(row: &ActiveRow) -> Lane {
    if row.failing_since.is_some() {
        return Lane::Troubled;
    }
    match row.last_success_at {
        Some(success) if row.last_failure_at.is_none_or(|failure| failure <= success) => {
            // Of one that succeeded before this was noted, it is not known.
            let is_prompt = row.last_milliseconds.is_none_or(|took| took < PROMPT_WITHIN);
            if is_prompt { Lane::Prompt } else { Lane::Troubled }
        }
        _ => Lane::Untried,
    }
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

/// How many endpoints one statement asks for: SQLite takes some 32,000 parameters.
const ENDPOINTS_AT_ONCE: usize = 8_192;

/// What is due now and no server works on, of each of these endpoints the longest due `each`, and of all these the longest due `most`.
/// `real` is the machine's time, which leases go by.
///
/// # Errors
/// Database errors.
pub async fn due(
    db: &Db,
    (now, real): (Timestamp, Timestamp),
    endpoints: &[Uuid],
    (each, most): (usize, usize),
) -> Result<Vec<Due>, StoreError> {
    let mut found = Vec::new();
    for endpoints in endpoints.chunks(ENDPOINTS_AT_ONCE) {
        let statement = if db.is_postgres() {
            due_in_postgres(endpoints, (each, most), (now, real))
        } else {
            due_in_sqlite(endpoints, (each, most), (now, real))
        };
        found.extend(Due::find_by_statement(statement).all(db.connection()).await?);
    }
    found.truncate(most);
    Ok(found)
}

/// Of one endpoint, read from its end of the index of what is due.
fn due_of_one(endpoint: &str, each: usize) -> String {
    format!(
        "FROM webhook_delivery AS own WHERE own.endpoint_id = {endpoint} AND own.state = 'PENDING' \
         AND own.next_attempt_at IS NOT NULL AND own.next_attempt_at <= $1 \
         AND (own.leased_until IS NULL OR own.leased_until <= $2) ORDER BY own.next_attempt_at, own.id LIMIT {each}"
    )
}

fn due_in_postgres(endpoints: &[Uuid], (each, most): (usize, usize), (now, real): (Timestamp, Timestamp)) -> Statement {
    let sql = format!(
        "SELECT due.id, due.endpoint_id FROM unnest($3) AS endpoint JOIN LATERAL \
         (SELECT own.id, own.endpoint_id, own.next_attempt_at {own}) AS due ON TRUE \
         ORDER BY due.next_attempt_at, due.id LIMIT {most}",
        own = due_of_one("endpoint", each)
    );
    let ids = id_array(endpoints.iter().copied());
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [now.micros().into(), real.micros().into(), ids])
}

/// SQLite has no LATERAL; a CROSS JOIN is read in the order in which it is written. The list is filled up to a power of two, so
/// that lists of all lengths share few prepared statements.
fn due_in_sqlite(endpoints: &[Uuid], (each, most): (usize, usize), (now, real): (Timestamp, Timestamp)) -> Statement {
    let count = endpoints.len().next_power_of_two();
    let places: Vec<String> = (3..count + 3).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT due.id, due.endpoint_id FROM webhook_endpoint AS endpoint CROSS JOIN webhook_delivery AS due \
         ON due.id IN (SELECT own.id {own}) WHERE endpoint.id IN ({places}) \
         ORDER BY due.next_attempt_at, due.id LIMIT {most}",
        own = due_of_one("endpoint.id", each),
        places = places.join(", ")
    );
    let ids = endpoints.iter().copied().chain(std::iter::repeat(Uuid::nil())).take(count).map(Value::from);
    let values = [now.micros(), real.micros()].map(Value::from).into_iter().chain(ids);
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
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
pub struct ClaimHeader {
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
pub async fn claims(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, ClaimHeader>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT id, number, status, version FROM claim WHERE id IN ({})", places.join(", "));
    let values = ids.iter().map(|id| Value::from(*id));
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, values);
    let found = ClaimHeader::find_by_statement(statement).all(db.connection()).await?;
    Ok(found.into_iter().map(|told| (told.id, told)).collect())
}
