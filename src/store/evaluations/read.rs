//! Evaluations of claims.

use std::collections::HashMap;

use domain::caller::Caller;
use entity::evaluation::{Column, Entity};
use sea_orm::QueryFilter;
use uuid::Uuid;

use super::Evaluation;
use crate::store::{
    Db, Reads, StoreError, Visible, keyset,
    rows::{Plain, Rows},
    scope,
    sql::any_of,
    visible::bare,
};

/// The evaluation of each claim, which the caller sees. A claim without one is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
) -> Result<HashMap<Visible<Uuid>, Evaluation>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(scope::evaluations_of_visible(caller)).filter(any_of(
        Column::ClaimId,
        bare(claims),
        backend,
    ));
    let found = keyset::all(db, query, &Plain::<Evaluation>::all()).await?;
    Ok(found.into_iter().map(|one| (Visible::new(one.claim_id), one)).collect())
}
