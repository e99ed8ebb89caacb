//! Proof documents: what is known of them (P1).

use std::collections::HashMap;

use domain::caller::Caller;
use entity::proof_document::{Column, Entity};
use sea_orm::{QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError, Visible, keyset,
    records::Document,
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
