//! Claims under change: what is looked up about them, and what is stored beside [`crate::store::transaction::change`]. How they are
//! read is in `snapshots`.

use std::collections::{HashMap, HashSet};

use domain::{
    caller::Caller,
    claim::{Claim, Line},
};
use entity::{claim, claim_line, proof_document};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, Iterable, QueryFilter, QuerySelect,
    Value, sea_query::OnConflict,
};
use uuid::Uuid;

pub use super::snapshots::{KeyOf, Parts, Snapshot, find, find_all};
use crate::store::{
    Reads, StoreError, Transaction, associations, claim_to_row,
    history::write::Head,
    line_to_row, scope,
    sql::{any_of, findable},
};

/// Those of the claims that the caller may see, each with its customer.
///
/// # Errors
/// The database's.
pub async fn customers_of(on: &impl Reads, caller: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = claim::Entity::find()
        .filter(scope::claims(caller))
        .filter(any_of(claim::Column::Id, ids.iter().copied(), backend))
        .select_only()
        .columns([claim::Column::Id, claim::Column::TenantId])
        .into_tuple();
    Ok(query.all(on.connection()).await?)
}

/// A claim that has an external reference.
#[derive(Clone, Debug)]
pub struct Referenced {
    /// The claim.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its customer.
    pub tenant_id: Uuid,
}

/// The partner's claims with these external references, by reference (B2).
///
/// # Errors
/// The database's.
pub async fn by_references(
    on: &impl Reads,
    partner_id: Uuid,
    references: &[&str],
) -> Result<HashMap<String, Referenced>, StoreError> {
    use claim::Column::{ExternalReference, Id, Number, PartnerId, TenantId};
    let backend = on.connection().get_database_backend();
    let references: Vec<&str> = references.iter().copied().filter_map(findable).collect();
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(String, Uuid, String, Uuid)> = claim::Entity::find()
        .filter(PartnerId.eq(partner_id))
        .filter(any_of(ExternalReference, references, backend))
        .select_only()
        .columns([ExternalReference, Id, Number, TenantId])
        .into_tuple()
        .all(on.connection())
        .await?;
    let named = |(reference, id, number, tenant_id)| (reference, Referenced { id, number, tenant_id });
    Ok(found.into_iter().map(named).collect())
}

/// The columns of a claim that differ, and what they become; not its lines.
#[must_use]
pub fn differing(before: &Claim, after: &Claim) -> Vec<(claim::Column, Value)> {
    if before == after {
        return Vec::new();
    }
    let (before, after) = (claim_to_row(before), claim_to_row(after));
    let differs = |column| {
        let after = after.get(column).into_value()?;
        (before.get(column).into_value().as_ref() != Some(&after)).then_some((column, after))
    };
    claim::Column::iter().filter_map(differs).collect()
}

/// The other claim of the partner that has the reference, if there is one (L12).
///
/// # Errors
/// Database errors.
pub async fn reference_taken(on: &impl Reads, claim: &Claim) -> Result<Option<Uuid>, StoreError> {
    let Some(reference) = &claim.external_reference else { return Ok(None) };
    let other = claim::Entity::find()
        .select_only()
        .column(claim::Column::Id)
        .filter(claim::Column::PartnerId.eq(claim.partner_id))
        .filter(claim::Column::ExternalReference.eq(reference))
        .filter(claim::Column::Id.ne(claim.id))
        .into_tuple();
    Ok(other.one(on.connection()).await?)
}

/// Inserts a new draft with its lines.
///
/// # Errors
/// Database errors; [`StoreError::Unique`] when the number or the external reference was taken meanwhile.
pub async fn insert(transaction: &Transaction, claim: &Claim, head: &Head) -> Result<(), StoreError> {
    let mut row = claim_to_row(claim);
    row.history_length = Set(head.length);
    row.history_hash = Set(head.hash.clone());
    row.deleted_at = Set(None);
    claim::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    save_lines(transaction, &[], claim).await
}

/// Makes the claim's lines in the database what they are in the claim, having been as given. A line's subject is fixed from
/// submission on (X0).
///
/// # Errors
/// Database errors.
pub async fn save_lines(transaction: &Transaction, before: &[Line], claim: &Claim) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let stays = |id: Uuid| claim.lines.iter().any(|line| line.id == id);
    let removed: Vec<Uuid> = before.iter().map(|line| line.id).filter(|id| !stays(*id)).collect();
    if !removed.is_empty() {
        claim_line::Entity::delete_many().filter(claim_line::Column::Id.is_in(removed)).exec(connection).await?;
    }
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

/// Deletes what a draft has of lines and documents (L1, L12).
///
/// # Errors
/// Database errors.
pub async fn delete_contents(transaction: &Transaction, claim_id: Uuid) -> Result<(), StoreError> {
    let connection = transaction.connection();
    claim_line::Entity::delete_many().filter(claim_line::Column::ClaimId.eq(claim_id)).exec(connection).await?;
    proof_document::Entity::delete_many().filter(proof_document::Column::ClaimId.eq(claim_id)).exec(connection).await?;
    Ok(())
}

/// The columns of a draft that is deleted: its contents go, its number stays taken, and its history can still be verified
/// (L1, L12, H3).
#[must_use]
pub fn deleted(claim: &Claim) -> Vec<(claim::Column, Value)> {
    let nothing = || Value::String(None);
    vec![
        (claim::Column::Name, String::new().into()),
        (claim::Column::ExternalReference, nothing()),
        (claim::Column::CustomerContact, nothing()),
        (claim::Column::TechnicalContact, nothing()),
        (claim::Column::PartnerContact, nothing()),
        (claim::Column::SolutionSeller, nothing()),
        (claim::Column::PartnerSolution, nothing()),
        (claim::Column::SearchText, String::new().into()),
        (claim::Column::ReferenceSearchText, nothing()),
        (claim::Column::SortKey, String::new().into()),
        (claim::Column::Version, claim.version.into()),
        (claim::Column::DeletedAt, claim.updated_at.micros().into()),
        (claim::Column::UpdatedAt, claim.updated_at.micros().into()),
    ]
}

/// Those of the subjects that a live association of another claim holds (X6).
///
/// # Errors
/// Database errors.
pub async fn taken(on: &impl Reads, claim: &Claim) -> Result<HashSet<domain::claim::Subject>, StoreError> {
    let subjects: Vec<_> = claim.standing_lines().filter_map(|line| claim.subject(line)).collect();
    let held = associations::write::held_by_others(on, claim.id, &subjects).await?;
    Ok(subjects.into_iter().filter(|subject| held.contains(&subject.to_string())).collect())
}
