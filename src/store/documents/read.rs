//! Documents that a caller sees, and what is known of stored content.

use std::collections::{HashMap, HashSet};

use domain::caller::Caller;
use entity::proof_document::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::Document;
use crate::store::{
    Db, Reads, StoreError, Visible, keyset,
    rows::{Plain, Rows},
    scope,
    sql::any_of,
    visible::bare,
};

/// The documents of the claims, oldest first. A claim without any that the caller sees is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
) -> Result<HashMap<Visible<Uuid>, Vec<Document>>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all()
        .filter(scope::documents_of_visible(caller))
        .filter(any_of(Column::ClaimId, bare(claims), backend))
        .order_by_asc(Column::Id);
    let mut documents: HashMap<Visible<Uuid>, Vec<Document>> = HashMap::new();
    for document in keyset::all(db, query, &Plain::<Document>::all()).await? {
        documents.entry(Visible::new(document.claim_id)).or_default().push(document);
    }
    Ok(documents)
}

/// Those of the documents that the caller sees, in no order.
///
/// # Errors
/// As [`of_claims`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Document>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query =
        Rows::<Entity>::all().filter(scope::documents(caller)).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Document>::all()).await
}

/// A document regardless of visibility, for the holder of a signed address (P2).
///
/// # Errors
/// As [`of_claims`].
pub async fn by_address(db: &Db, id: Uuid) -> Result<Option<Document>, StoreError> {
    let query = Rows::<Entity>::all().filter(scope::documents_by_address()).filter(Column::Id.eq(id));
    Ok(keyset::all(db, query, &Plain::<Document>::all()).await?.pop())
}

/// Those of the keys that some document's content is kept under, whatever a caller may see.
///
/// A document's key is its id, so nearly all of them are found by that. Only for the others, which are few, is the table
/// read: bulk data shares its content.
///
/// # Errors
/// Database errors.
pub async fn known_keys(db: &Db, keys: Vec<String>) -> Result<HashSet<String>, StoreError> {
    let backend = db.connection().get_database_backend();
    let ids: Vec<Uuid> = keys.iter().filter_map(|key| key.parse().ok()).collect();
    let stored = || Entity::find().select_only().column(Column::StorageKey);
    let by_id = stored().filter(any_of(Column::Id, ids, backend)).into_tuple();
    let mut known: HashSet<String> = by_id.all(db.connection()).await?.into_iter().collect();
    let others: Vec<String> = keys.into_iter().filter(|key| !known.contains(key)).collect();
    if !others.is_empty() {
        let by_key = stored().filter(any_of(Column::StorageKey, others, backend)).distinct().into_tuple();
        known.extend(by_key.all(db.connection()).await?.into_iter().collect::<Vec<String>>());
    }
    Ok(known)
}
