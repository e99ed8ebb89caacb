//! The scans of the clocks (T5), independent of any caller's visibility.
//!
//! Both scans read partial indexes that hold only what can still fire: a claim or an association leaves its index with
//! the change that the clock makes, so that a scan costs the same however much has passed. Limits stand in the text of
//! the statements: PostgreSQL would plan one with an unknown limit again each time.

use domain::time::Timestamp;
use sea_orm::{FromQueryResult, Statement, Value};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    predicates::{LIVES, WAITING},
};

/// Something that is due on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The claim.
    pub claim_id: Uuid,
    /// Its customer.
    pub tenant_id: Uuid,
    /// The line whose subscription has ended; `None` if the claim's own clock has run out.
    pub ended_line: Option<Uuid>,
    at: i64,
}

/// The most claims, and the most associations, that one scan gives.
const BATCH: usize = 100;

/// The live associations that end with a subscription: the condition of the index `association_by_subscription_end`. The database
/// itself keeps the column: when the association's subscription ends, 0 where it has expired.
fn bounded() -> String {
    format!("{LIVES} AND association.subscription_ends_at IS NOT NULL")
}

/// Everything that is due, in order of time, except on these claims.
///
/// # Errors
/// Database errors.
pub async fn due(db: &Db, now: Timestamp, but: &[Uuid]) -> Result<Vec<Due>, StoreError> {
    let mut due = missed_clocks(db, now, but).await?;
    due.extend(ended_subscriptions(db, now, but).await?);
    due.sort_by_key(|due| (due.at, due.claim_id));
    Ok(due)
}

/// The claims whose clock has run out and can fire.
async fn missed_clocks(db: &Db, now: Timestamp, but: &[Uuid]) -> Result<Vec<Due>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        tenant_id: Uuid,
        due_at: i64,
    }
    let others = others("id", but);
    let sql = format!(
        "SELECT id, tenant_id, due_at FROM claim WHERE {WAITING} AND due_at <= $1{others} ORDER BY due_at, id LIMIT {BATCH}"
    );
    let due = |row: Row| Due { claim_id: row.id, tenant_id: row.tenant_id, ended_line: None, at: row.due_at };
    Ok(scan(db, sql, now, but).await?.into_iter().map(due).collect())
}

/// The live associations whose subscription is over (I2).
async fn ended_subscriptions(db: &Db, now: Timestamp, but: &[Uuid]) -> Result<Vec<Due>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        claim_id: Uuid,
        tenant_id: Uuid,
        line_id: Uuid,
        ends_at: Option<i64>,
    }
    let (bounded, others) = (bounded(), others("association.claim_id", but));
    let sql = format!(
        "SELECT association.claim_id, association.tenant_id, association.line_id, subscription.ends_at FROM association \
         JOIN customer_subscription AS subscription ON subscription.subscription_id = association.subscription_id \
         WHERE {bounded} AND association.subscription_ends_at <= $1{others} \
         ORDER BY association.subscription_ends_at LIMIT {BATCH}"
    );
    // One that was ended early by the vendor ends when that becomes known: now.
    let at = |ends_at: Option<i64>| ends_at.map_or(now.micros(), |at| Ord::min(at, now.micros()));
    let due = |row: Row| Due {
        claim_id: row.claim_id,
        tenant_id: row.tenant_id,
        ended_line: Some(row.line_id),
        at: at(row.ends_at),
    };
    Ok(scan(db, sql, now, but).await?.into_iter().map(due).collect())
}

/// A condition that leaves out these claims, which are the parameters from the second on.
fn others(column: &str, but: &[Uuid]) -> String {
    if but.is_empty() {
        return String::new();
    }
    let places: Vec<String> = (2..but.len() + 2).map(|number| format!("${number}")).collect();
    format!(" AND {column} NOT IN ({})", places.join(", "))
}

async fn scan<R: FromQueryResult>(db: &Db, sql: String, now: Timestamp, but: &[Uuid]) -> Result<Vec<R>, StoreError> {
    let values = [Value::from(now.micros())].into_iter().chain(but.iter().map(|id| Value::from(*id)));
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, values);
    Ok(R::find_by_statement(statement).all(db.connection()).await?)
}

/// When the next thing falls due after this instant.
///
/// # Errors
/// Database errors.
pub async fn next_due(db: &Db, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        next: Option<i64>,
    }
    let clocks = format!("SELECT min(due_at) AS next FROM claim WHERE {WAITING} AND due_at > $1");
    let bounded = bounded();
    let subscriptions = format!(
        "SELECT min(subscription_ends_at) AS next FROM association WHERE {bounded} AND subscription_ends_at > $1"
    );
    let mut next: Option<i64> = None;
    for sql in [clocks, subscriptions] {
        let rows: Vec<Row> = scan(db, sql, after, &[]).await?;
        next = rows.into_iter().filter_map(|row| row.next).chain(next).min();
    }
    next.map(|micros| Timestamp::from_micros(micros).map_err(|_| StoreError::Corrupt("claim", "due_at".to_owned())))
        .transpose()
}
