//! Storing an evaluation.

use domain::{
    catalogue,
    claim::{Claim, Evaluation},
    kinds::{EvaluationStatus, SolutionArea},
    time::Timestamp,
};
use entity::{
    column::{Micros, Word, Words},
    evaluation,
};
use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::store::{Reads, StoreError, Transaction};

/// Updates the record to match the claim. Its programs and ids are fixed when it is sent.
///
/// # Errors
/// Database errors.
pub async fn save(
    transaction: &Transaction,
    claim: &Claim,
    evaluation: Evaluation,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut again = OnConflict::column(evaluation::Column::ClaimId);
    again.update_columns([evaluation::Column::Status, evaluation::Column::SentAt]);
    if evaluation.status != EvaluationStatus::Cancelled {
        again.update_columns([
            evaluation::Column::Programs,
            evaluation::Column::TenantId,
            evaluation::Column::SubscriptionIds,
        ]);
    }
    evaluation::Entity::insert(row(claim, evaluation, now))
        .on_conflict(again)
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(())
}

/// The record of a claim's evaluation in its current state.
pub(in crate::store) fn row(claim: &Claim, evaluation: Evaluation, now: Timestamp) -> evaluation::ActiveModel {
    let business = claim.solution_area == SolutionArea::BusinessApplications;
    let associated = claim.lines.iter().filter(|line| line.associated);
    let subscriptions: Vec<_> = associated.filter_map(|line| line.subscription_id).collect();
    evaluation::ActiveModel {
        claim_id: Set(claim.id),
        status: Set(Word(evaluation.status)),
        programs: Set(Words(catalogue::programs(claim.solution_area, &claim.activities))),
        tenant_id: Set((!business).then_some(claim.tenant_id)),
        subscription_ids: Set(Words(subscriptions.clone())),
        created_at: Set(Micros(now)),
        sent_at: Set(evaluation.sent_at.map(Micros)),
    }
}
