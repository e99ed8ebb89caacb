//! Claims under change: locked first, saved last.

use std::collections::HashSet;

use domain::{caller::Caller, claim::Claim};
use entity::{claim, claim_line, proof_document};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::history::Head;
use crate::store::{Reads, StoreError, Transaction, claim_from_row, claim_to_row, claims as read, line_to_row, scope};

/// A claim that this transaction holds the lock of, with the head of its history.
#[derive(Clone, Debug)]
pub struct Locked {
    /// The claim, its lines and the number of its documents included.
    pub claim: Claim,
    /// Where its history stands.
    pub head: Head,
}

/// Locks a claim that the caller may see and reads it whole; nothing where it is not there or not in reach (A4).
///
/// Nothing may be written before it in its transaction, and [`super::locks`] come first: one that wrote and then waited for
/// the lock would come to stand before the other one in the order of events (H2).
///
/// # Errors
/// The database's.
pub async fn lock(transaction: &Transaction, caller: &Caller, id: Uuid) -> Result<Option<Locked>, StoreError> {
    let query = claim::Entity::find_by_id(id).filter(scope::claims(caller));
    Ok(lock_found(transaction, query).await?.pop())
}

/// Locks claims whoever may see them, in order of their ids so that two transactions never wait for each other, and reads
/// them whole.
///
/// # Errors
/// The database's.
pub async fn lock_all(transaction: &Transaction, ids: &[Uuid]) -> Result<Vec<Locked>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = claim::Entity::find().filter(claim::Column::Id.is_in(ids.iter().copied()));
    lock_found(transaction, query.filter(claim::Column::DeletedAt.is_null())).await
}

async fn lock_found(transaction: &Transaction, query: Select<claim::Entity>) -> Result<Vec<Locked>, StoreError> {
    let connection = transaction.connection();
    let rows = query.order_by_asc(claim::Column::Id).lock_exclusive().all(connection).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut lines = read::lines(transaction, &ids).await?;
    let documents = read::document_counts(transaction, &ids).await?;
    let associated = super::associations::live_lines(transaction, &ids).await?;
    let locked = |row: claim::Model| {
        let head = Head { length: row.history_length, hash: row.history_hash.clone() };
        let mut claim = claim_from_row(row, Vec::new())?;
        claim.lines = lines.remove(&claim.id).unwrap_or_default();
        claim.documents = documents.get(&claim.id).copied().unwrap_or_default();
        for line in &mut claim.lines {
            line.associated = associated.contains(&line.id);
        }
        Ok(Locked { claim, head })
    };
    rows.into_iter().map(locked).collect()
}

/// Whether another claim of the partner has the reference (L12).
///
/// # Errors
/// The database's.
pub async fn reference_taken(transaction: &Transaction, claim: &Claim) -> Result<bool, StoreError> {
    let Some(reference) = &claim.external_reference else { return Ok(false) };
    let others = claim::Entity::find()
        .filter(claim::Column::PartnerId.eq(claim.partner_id))
        .filter(claim::Column::ExternalReference.eq(reference))
        .filter(claim::Column::Id.ne(claim.id));
    Ok(others.count(transaction.connection()).await? > 0)
}

/// Inserts a new draft with its lines.
///
/// # Errors
/// The database's; [`StoreError::Unique`] when the number or the external reference was taken meanwhile.
pub async fn insert(transaction: &Transaction, claim: &Claim, head: &Head) -> Result<(), StoreError> {
    let mut row = claim_to_row(claim);
    row.history_length = Set(head.length);
    row.history_hash = Set(head.hash.clone());
    row.deleted_at = Set(None);
    claim::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    save_lines(transaction, claim).await
}

/// Saves a locked claim and the head of its history; not its lines.
///
/// # Errors
/// The database's; [`StoreError::Unique`] when the external reference was taken meanwhile.
pub async fn save(transaction: &Transaction, claim: &Claim, head: &Head) -> Result<(), StoreError> {
    let mut row = claim_to_row(claim);
    row.id = NotSet;
    row.history_length = Set(head.length);
    row.history_hash = Set(head.hash.clone());
    update(transaction, claim.id, row).await
}

async fn update(transaction: &Transaction, id: Uuid, row: claim::ActiveModel) -> Result<(), StoreError> {
    let done =
        claim::Entity::update_many().set(row).filter(claim::Column::Id.eq(id)).exec(transaction.connection()).await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Corrupt("claim", id.to_string())) }
}

/// Makes the claim's lines in the database what they are in the claim. A line's subject is fixed from submission on (X0).
///
/// # Errors
/// The database's.
pub async fn save_lines(transaction: &Transaction, claim: &Claim) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let kept: Vec<Uuid> = claim.lines.iter().map(|line| line.id).collect();
    claim_line::Entity::delete_many()
        .filter(claim_line::Column::ClaimId.eq(claim.id))
        .filter(claim_line::Column::Id.is_not_in(kept))
        .exec(connection)
        .await?;
    if claim.lines.is_empty() {
        return Ok(());
    }
    let rows = claim.lines.iter().zip(0..).map(|(line, position)| line_to_row(claim, position, line));
    let again = OnConflict::column(claim_line::Column::Id)
        .update_columns([
            claim_line::Column::Position,
            claim_line::Column::SubscriptionTyped,
            claim_line::Column::SubscriptionId,
            claim_line::Column::Subject,
            claim_line::Column::Outcome,
        ])
        .to_owned();
    claim_line::Entity::insert_many(rows).on_conflict(again).exec_without_returning(connection).await?;
    Ok(())
}

/// Deletes a draft: its contents go, its number stays taken, and its history can still be verified (L1, L12, H3).
///
/// # Errors
/// The database's.
pub async fn bury(transaction: &Transaction, claim: &Claim, head: &Head) -> Result<(), StoreError> {
    let connection = transaction.connection();
    claim_line::Entity::delete_many().filter(claim_line::Column::ClaimId.eq(claim.id)).exec(connection).await?;
    proof_document::Entity::delete_many().filter(proof_document::Column::ClaimId.eq(claim.id)).exec(connection).await?;
    let row = claim::ActiveModel {
        name: Set(String::new()),
        external_reference: Set(None),
        customer_contact: Set(None),
        technical_contact: Set(None),
        partner_contact: Set(None),
        solution_seller: Set(None),
        partner_solution: Set(None),
        search_text: Set(String::new()),
        reference_search_text: Set(None),
        version: Set(claim.version),
        deleted_at: Set(Some(claim.updated_at.micros())),
        updated_at: Set(claim.updated_at.micros()),
        history_length: Set(head.length),
        history_hash: Set(head.hash.clone()),
        ..claim::ActiveModel::default()
    };
    update(transaction, claim.id, row).await
}

/// Those of the subjects that a live association of another claim holds (X6).
///
/// # Errors
/// The database's.
pub async fn taken(transaction: &Transaction, claim: &Claim) -> Result<HashSet<domain::claim::Subject>, StoreError> {
    let subjects: Vec<_> = claim.standing_lines().filter_map(|line| claim.subject(line)).collect();
    let held = super::associations::held_by_others(transaction, claim.id, &subjects).await?;
    Ok(subjects.into_iter().filter(|subject| held.contains(&subject.to_string())).collect())
}
