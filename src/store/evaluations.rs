//! Incentive evaluations (I1).

use std::collections::HashMap;

use domain::caller::Caller;
use entity::evaluation::{Column, Entity};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Db, Reads, StoreError, keyset, records::Evaluation, scope, sql::any_of};

/// The evaluation of each claim, which the caller sees. A claim without one is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn of_claims(db: &Db, caller: &Caller, claims: &[Uuid]) -> Result<HashMap<Uuid, Evaluation>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Entity::find().filter(scope::evaluations(caller)).filter(any_of(
        Column::ClaimId,
        claims.iter().copied(),
        backend,
    ));
    let found = keyset::all(db, query, Evaluation::try_from).await?;
    Ok(found.into_iter().map(|one| (one.claim_id, one)).collect())
}
