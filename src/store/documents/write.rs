//! The row of a new document, and removing documents.

use entity::{
    column::{Micros, Word},
    proof_document,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::Document;
use crate::store::{Reads, StoreError, Transaction};

/// The row of a document.
#[must_use]
pub fn row(document: &Document) -> proof_document::ActiveModel {
    proof_document::ActiveModel {
        id: Set(document.id),
        claim_id: Set(document.claim_id),
        name: Set(document.name.clone()),
        media_type: Set(document.media_type.clone()),
        size: Set(document.size),
        sha256: Set(document.sha256.clone()),
        storage_key: Set(document.storage_key.clone()),
        uploaded_at: Set(Micros(document.uploaded_at)),
        uploaded_by_kind: Set(Word(document.uploaded_by.kind)),
        uploaded_by_subject: Set(document.uploaded_by.subject.clone()),
        uploaded_by_name: Set(document.uploaded_by.name.clone()),
    }
}

/// A document of a claim, for its removal.
#[derive(Clone, Debug)]
pub struct Removable {
    /// Its name.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Finds a document of this claim; one of another claim is not there.
///
/// # Errors
/// Database errors.
pub async fn find(on: &impl Reads, claim_id: Uuid, id: Uuid) -> Result<Option<Removable>, StoreError> {
    let found = proof_document::Entity::find_by_id(id)
        .filter(proof_document::Column::ClaimId.eq(claim_id))
        .one(on.connection())
        .await?;
    Ok(found.map(|row| Removable { name: row.name, sha256: row.sha256 }))
}

/// The keys that a claim's documents are stored under.
///
/// # Errors
/// Database errors.
pub async fn storage_keys(transaction: &Transaction, claim_id: Uuid) -> Result<Vec<String>, StoreError> {
    Ok(proof_document::Entity::find()
        .select_only()
        .column(proof_document::Column::StorageKey)
        .filter(proof_document::Column::ClaimId.eq(claim_id))
        .into_tuple()
        .all(transaction.connection())
        .await?)
}

/// Deletes the row of a document and returns the key of its content.
///
/// # Errors
/// Database errors.
pub async fn remove(transaction: &Transaction, id: Uuid) -> Result<Option<String>, StoreError> {
    let connection = transaction.connection();
    let found = proof_document::Entity::find_by_id(id).one(connection).await?;
    proof_document::Entity::delete_by_id(id).exec(connection).await?;
    Ok(found.map(|row| row.storage_key))
}
