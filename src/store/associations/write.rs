//! Starting and ending associations.

use std::collections::HashSet;

use domain::{
    claim::{Claim, Subject},
    time::Timestamp,
};
use entity::{association, column::Micros};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use crate::store::{Reads, StoreError, Transaction, predicates};

/// Starts an association for every line of the claim that counts, with the ids given.
///
/// # Errors
/// [`StoreError::Unique`] when another claim has a live association on one of the subjects; then none was started.
pub async fn start(
    transaction: &Transaction,
    claim: &Claim,
    ids: impl Fn() -> Uuid,
    at: Timestamp,
) -> Result<(), StoreError> {
    let rows: Vec<_> = claim
        .standing_lines()
        .filter_map(|line| claim.subject(line).map(|subject| (line, subject)))
        .map(|(line, subject)| association::ActiveModel {
            id: Set(ids()),
            claim_id: Set(claim.id),
            line_id: Set(line.id),
            partner_id: Set(claim.partner_id),
            tenant_id: Set(claim.tenant_id),
            sku_id: Set(line.sku_id),
            subscription_id: Set(line.subscription_id),
            subject: Set(subject.to_string()),
            official: Set(false),
            started_at: Set(Micros(at)),
            ended_at: Set(None),
        })
        .collect();
    if !rows.is_empty() {
        association::Entity::insert_many(rows).exec_without_returning(transaction.connection()).await?;
    }
    Ok(())
}

/// Ends the live associations of these lines.
///
/// # Errors
/// Database errors.
pub async fn end(transaction: &Transaction, lines: &[Uuid], at: Timestamp) -> Result<(), StoreError> {
    association::Entity::update_many()
        .col_expr(association::Column::EndedAt, Expr::value(at.micros()))
        .filter(association::Column::LineId.is_in(lines.iter().copied()))
        .filter(predicates::lives())
        .exec(transaction.connection())
        .await?;
    Ok(())
}

/// Makes the live associations of a claim official (N4).
///
/// # Errors
/// Database errors.
pub async fn make_official(transaction: &Transaction, claim_id: Uuid) -> Result<(), StoreError> {
    association::Entity::update_many()
        .col_expr(association::Column::Official, Expr::value(true))
        .filter(association::Column::ClaimId.eq(claim_id))
        .filter(predicates::lives())
        .exec(transaction.connection())
        .await?;
    Ok(())
}

/// Those of the subjects that a live association of another claim holds.
///
/// # Errors
/// Database errors.
pub async fn held_by_others(
    on: &impl Reads,
    claim_id: Uuid,
    subjects: &[Subject],
) -> Result<HashSet<String>, StoreError> {
    let held: Vec<String> = association::Entity::find()
        .select_only()
        .column(association::Column::Subject)
        .filter(association::Column::Subject.is_in(subjects.iter().map(ToString::to_string)))
        .filter(association::Column::ClaimId.ne(claim_id))
        .filter(predicates::lives())
        .into_tuple()
        .all(on.connection())
        .await?;
    Ok(held.into_iter().collect())
}
