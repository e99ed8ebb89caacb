//! Deliveries that are being made: who works on them, and the result of them.

use std::collections::{BTreeSet, HashSet};

use domain::{kinds::DeliveryState, time::Timestamp};
use entity::{
    column::{Micros, Word},
    webhook_attempt, webhook_delivery, webhook_endpoint,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Func, LockBehavior, LockType, Value},
};
use uuid::Uuid;

use super::plan::{release, those_active};
use crate::store::{
    Reads, StoreError, Transaction, keyset,
    rows::{Plain, Rows},
    sql::any_of,
    webhooks::{Attempt, Delivery},
};

/// Takes those of the deliveries for this server that are due and that nobody works on, until `until`, by real time.
///
/// # Errors
/// Database errors.
pub async fn lease(
    transaction: &Transaction,
    ids: &[Uuid],
    (now, real): (Timestamp, Timestamp),
    until: Timestamp,
) -> Result<Vec<Delivery>, StoreError> {
    use webhook_delivery::Column::{Id, LeasedUntil, NextAttemptAt};
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let free = Condition::any().add(LeasedUntil.is_null()).add(LeasedUntil.lte(real.micros()));
    let mut query = Rows::<webhook_delivery::Entity>::all()
        .filter(any_of(Id, ids.iter().copied(), backend))
        .filter(Expr::cust("state = 'PENDING'"))
        .filter(NextAttemptAt.lte(now.micros()))
        .filter(free);
    if transaction.is_postgres() {
        query = query.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let leased = keyset::all(transaction, query, &Plain::<Delivery>::all()).await?;
    let taken = leased.iter().map(|delivery| delivery.id);
    webhook_delivery::Entity::update_many()
        .col_expr(LeasedUntil, Expr::val(until.micros()))
        .filter(any_of(Id, taken, backend))
        .exec(connection)
        .await?;
    Ok(leased)
}

/// Gives deliveries back that were not attempted.
///
/// # Errors
/// Database errors.
pub async fn unlease(transaction: &Transaction, ids: &[Uuid]) -> Result<(), StoreError> {
    use webhook_delivery::Column::{Id, LeasedUntil};
    let connection = transaction.connection();
    webhook_delivery::Entity::update_many()
        .col_expr(LeasedUntil, Expr::val(Value::BigInt(None)))
        .filter(any_of(Id, ids.iter().copied(), connection.get_database_backend()))
        .exec(connection)
        .await?;
    Ok(())
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has accepted it.
    Sent,
    /// It failed, and is tried again then.
    Retry(Timestamp),
    /// It failed for good.
    Parked,
    /// Its owner may not see the event any more.
    Skipped,
    /// It could not be attempted; it is tried again then.
    Later(Timestamp),
}

/// A delivery that was worked on, and what becomes of it.
#[derive(Clone, Debug)]
pub struct DeliveryResult {
    /// The delivery, as it was taken.
    pub delivery: Delivery,
    /// The attempt, if one was made.
    pub attempt: Option<Attempt>,
    /// What becomes of the delivery.
    pub outcome: Outcome,
}

impl DeliveryResult {
    /// Whether the endpoint accepted or failed; `None` if nothing was attempted.
    const fn accepted(&self) -> Option<bool> {
        match self.outcome {
            Outcome::Sent => Some(true),
            Outcome::Retry(_) | Outcome::Parked => Some(false),
            Outcome::Skipped | Outcome::Later(_) => None,
        }
    }
}

/// Stores the results of deliveries, and lets the next ones of their claims be attempted.
///
/// # Errors
/// Database errors.
pub async fn settle(transaction: &Transaction, results: &[DeliveryResult], now: Timestamp) -> Result<(), StoreError> {
    let there = there(transaction, results).await?;
    let results: Vec<&DeliveryResult> = results.iter().filter(|one| there.contains(&one.delivery.id)).collect();
    // In order: two servers that note something of the same endpoints never wait for each other in a circle.
    let endpoints: BTreeSet<Uuid> = results.iter().map(|one| one.delivery.endpoint_id).collect();
    let endpoints: Vec<Uuid> = endpoints.into_iter().collect();
    let active: HashSet<Uuid> = those_active(transaction, &endpoints).await?.into_iter().collect();
    attempts(transaction, &results).await?;
    for one in &results {
        deliver(transaction, one, active.contains(&one.delivery.endpoint_id)).await?;
    }
    for endpoint in &endpoints {
        let own = results.iter().filter(|one| one.delivery.endpoint_id == *endpoint);
        let told =
            own.filter_map(|one| Some((one.accepted()?, one.attempt.as_ref().map_or(0, |made| made.milliseconds))));
        note_health(transaction, *endpoint, told, now).await?;
    }
    let ended = |one: &&&DeliveryResult| !matches!(one.outcome, Outcome::Retry(_) | Outcome::Later(_));
    let claims: HashSet<Uuid> = results.iter().filter(ended).map(|one| one.delivery.claim_id).collect();
    let claims: Vec<Uuid> = claims.into_iter().collect();
    if claims.is_empty() { Ok(()) } else { release(transaction, &endpoints, Some(&claims), now).await }
}

/// Those of the deliveries that were not deleted meanwhile.
async fn there(transaction: &Transaction, results: &[DeliveryResult]) -> Result<HashSet<Uuid>, StoreError> {
    let connection = transaction.connection();
    let ids = results.iter().map(|one| one.delivery.id);
    let query = webhook_delivery::Entity::find().select_only().column(webhook_delivery::Column::Id);
    let query = query.filter(any_of(webhook_delivery::Column::Id, ids, connection.get_database_backend()));
    Ok(query.into_tuple::<Uuid>().all(connection).await?.into_iter().collect())
}

async fn attempts(transaction: &Transaction, results: &[&DeliveryResult]) -> Result<(), StoreError> {
    let rows: Vec<_> = results.iter().filter_map(|one| one.attempt.as_ref()).map(attempt).collect();
    if !rows.is_empty() {
        webhook_attempt::Entity::insert_many(rows).exec_without_returning(transaction.connection()).await?;
    }
    Ok(())
}

fn attempt(attempt: &Attempt) -> webhook_attempt::ActiveModel {
    webhook_attempt::ActiveModel {
        id: Set(attempt.id),
        delivery_id: Set(attempt.delivery_id),
        at: Set(Micros(attempt.at)),
        status: Set(attempt.status),
        milliseconds: Set(attempt.milliseconds),
        error: Set(attempt.error.clone()),
        answer: Set(attempt.answer.clone()),
        address: Set(attempt.address.clone()),
    }
}

async fn deliver(transaction: &Transaction, result: &DeliveryResult, is_active: bool) -> Result<(), StoreError> {
    let next = |at: Timestamp| is_active.then_some(Micros(at));
    let failures = result.delivery.failures;
    let (state, failures, next) = match result.outcome {
        Outcome::Sent => (DeliveryState::Sent, 0, None),
        Outcome::Skipped => (DeliveryState::Skipped, failures, None),
        Outcome::Parked => (DeliveryState::Parked, failures.saturating_add(1), None),
        Outcome::Retry(at) => (DeliveryState::Pending, failures.saturating_add(1), next(at)),
        Outcome::Later(at) => (DeliveryState::Pending, failures, next(at)),
    };
    let row = webhook_delivery::ActiveModel {
        state: Set(Word(state)),
        failures: Set(failures),
        next_attempt_at: Set(next),
        leased_until: Set(None),
        ..Default::default()
    };
    webhook_delivery::Entity::update_many()
        .set(row)
        .filter(webhook_delivery::Column::Id.eq(result.delivery.id))
        .filter(Expr::cust("state = 'PENDING'"))
        .exec(transaction.connection())
        .await?;
    Ok(())
}

/// Notes how an endpoint does, by what it accepted and how long each attempt took: any success ends a row of failures.
async fn note_health(
    transaction: &Transaction,
    endpoint: Uuid,
    told: impl Iterator<Item = (bool, i32)>,
    now: Timestamp,
) -> Result<(), StoreError> {
    use webhook_endpoint::Column::{FailingSince, Id, LastFailureAt, LastMilliseconds, LastSuccessAt};
    let (accepted, failed): (Vec<_>, Vec<_>) = told.partition(|(accepted, _)| *accepted);
    let (any_accepted, any_failed) = (!accepted.is_empty(), !failed.is_empty());
    let Some(longest) = (if any_accepted { accepted } else { failed }).into_iter().map(|(_, took)| took).max() else {
        return Ok(());
    };
    let mut update = webhook_endpoint::Entity::update_many().filter(Id.eq(endpoint));
    update = update.col_expr(LastMilliseconds, Expr::val(longest));
    if any_accepted {
        update = update.col_expr(LastSuccessAt, Expr::val(now.micros()));
        update = update.col_expr(FailingSince, Expr::val(Value::BigInt(None)));
    } else {
        update =
            update.col_expr(FailingSince, Func::coalesce([Expr::col(FailingSince), Expr::val(now.micros())]).into());
    }
    if any_failed {
        update = update.col_expr(LastFailureAt, Expr::val(now.micros()));
    }
    update.exec(transaction.connection()).await?;
    Ok(())
}

/// Forgets deliveries that were planned before this time, some at a time. How many.
///
/// # Errors
/// Database errors.
pub async fn forget(transaction: &Transaction, before: Timestamp) -> Result<u64, StoreError> {
    const AT_ONCE: u64 = 1_000;
    let connection = transaction.connection();
    let old = webhook_delivery::Entity::find().select_only().column(webhook_delivery::Column::Id);
    let old: Vec<Uuid> = old
        .filter(webhook_delivery::Column::CreatedAt.lt(before.micros()))
        .limit(AT_ONCE)
        .into_tuple()
        .all(connection)
        .await?;
    let backend = connection.get_database_backend();
    let of_old = any_of(webhook_attempt::Column::DeliveryId, old.iter().copied(), backend);
    webhook_attempt::Entity::delete_many().filter(of_old).exec(connection).await?;
    let these = any_of(webhook_delivery::Column::Id, old.iter().copied(), backend);
    Ok(webhook_delivery::Entity::delete_many().filter(these).exec(connection).await?.rows_affected)
}
