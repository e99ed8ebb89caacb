//! What the clocks scan for (T5), whatever a caller may see.

use domain::{
    kinds::{DeadlineKind, SubscriptionStatus},
    time::Timestamp,
};
use entity::{association, claim, customer_subscription};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::Expr,
};
use uuid::Uuid;

use super::{Db, Reads, StoreError};

/// Something that is due on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The claim.
    pub claim_id: Uuid,
    /// Its customer.
    pub tenant_id: Uuid,
    /// The line whose subscription has ended; nothing where the claim's own clock has run out.
    pub ended_line: Option<Uuid>,
    at: i64,
}

/// Clocks that run out without anything happening, or that happened already.
fn idle() -> Condition {
    let extended = [DeadlineKind::Decide, DeadlineKind::AnswerDispute];
    Condition::any()
        .add(claim::Column::DeadlineKind.eq(DeadlineKind::DisputeWindow.as_str()))
        .add(
            Condition::all()
                .add(claim::Column::ContestedSince.is_not_null())
                .add(claim::Column::DeadlineKind.is_in(extended.map(DeadlineKind::as_str))),
        )
        .add(
            Condition::all()
                .add(claim::Column::MissedAt.is_not_null())
                .add(Expr::col(claim::Column::MissedAt).gte(Expr::col(claim::Column::DueAt))),
        )
}

fn waiting() -> Condition {
    Condition::all().add(claim::Column::DeletedAt.is_null()).add(claim::Column::DueAt.is_not_null()).add(idle().not())
}

/// What is due by now, in order of time, but on these claims.
///
/// # Errors
/// The database's.
pub async fn due(db: &Db, now: Timestamp, limit: u64, but: &[Uuid]) -> Result<Vec<Due>, StoreError> {
    let claims: Vec<(Uuid, Uuid, i64)> = claim::Entity::find()
        .select_only()
        .columns([claim::Column::Id, claim::Column::TenantId, claim::Column::DueAt])
        .filter(waiting())
        .filter(claim::Column::DueAt.lte(now.micros()))
        .filter(claim::Column::Id.is_not_in(but.iter().copied()))
        .order_by_asc(claim::Column::DueAt)
        .order_by_asc(claim::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db.connection())
        .await?;
    let of_claim = |(claim_id, tenant_id, at)| Due { claim_id, tenant_id, ended_line: None, at };
    let mut due: Vec<Due> = claims.into_iter().map(of_claim).collect();
    due.extend(ended_subscriptions(db, now, limit, but).await?);
    due.sort_by_key(|due| (due.at, due.claim_id));
    Ok(due)
}

/// The live associations whose subscription is over (I2).
async fn ended_subscriptions(db: &Db, now: Timestamp, limit: u64, but: &[Uuid]) -> Result<Vec<Due>, StoreError> {
    let ends_at = customer_subscription::Column::EndsAt;
    let over = Condition::any()
        .add(customer_subscription::Column::Status.eq(SubscriptionStatus::Expired.as_str()))
        .add(Condition::all().add(ends_at.is_not_null()).add(ends_at.lte(now.micros())));
    let found: Vec<(Uuid, Uuid, Uuid, Option<i64>)> = live_subscriptions()
        .select_only()
        .columns([association::Column::ClaimId, association::Column::TenantId, association::Column::LineId])
        .column(ends_at)
        .filter(over)
        .filter(association::Column::ClaimId.is_not_in(but.iter().copied()))
        .limit(limit)
        .into_tuple()
        .all(db.connection())
        .await?;
    // One that was ended early by the vendor ends when that becomes known: now.
    let at = |ends_at: Option<i64>| ends_at.map_or(now.micros(), |at| Ord::min(at, now.micros()));
    let due =
        |(claim_id, tenant_id, line, ends_at)| Due { claim_id, tenant_id, ended_line: Some(line), at: at(ends_at) };
    Ok(found.into_iter().map(due).collect())
}

fn live_subscriptions() -> sea_orm::Select<association::Entity> {
    association::Entity::find()
        .join(JoinType::InnerJoin, association::Relation::CustomerSubscription.def())
        .filter(association::Column::EndedAt.is_null())
}

/// When the next thing falls due after this instant.
///
/// # Errors
/// The database's.
pub async fn next_due(db: &Db, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let clock: Option<Option<i64>> = claim::Entity::find()
        .select_only()
        .column_as(claim::Column::DueAt.min(), "next")
        .filter(waiting())
        .filter(claim::Column::DueAt.gt(after.micros()))
        .into_tuple()
        .one(db.connection())
        .await?;
    let subscription: Option<Option<i64>> = live_subscriptions()
        .select_only()
        .column_as(customer_subscription::Column::EndsAt.min(), "next")
        .filter(customer_subscription::Column::EndsAt.gt(after.micros()))
        .into_tuple()
        .one(db.connection())
        .await?;
    let next = clock.flatten().into_iter().chain(subscription.flatten()).min();
    next.map(|micros| Timestamp::from_micros(micros).map_err(|_| StoreError::Corrupt("claim", "due_at".to_owned())))
        .transpose()
}
