//! Idempotency keys (J1): the results recorded under them.

use domain::time::Timestamp;
use entity::{column::Micros, idempotency};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::store::{Reads, StoreError, Transaction, claims::write::KeyOf};

/// A row with the result under a key.
pub type KeyRow = idempotency::ActiveModel;

/// The result under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The mutation.
    pub mutation: String,
    /// SHA-256 of its input.
    pub input_hash: String,
    /// What it answered, as JSON.
    pub answer: String,
}

/// Finds what the subject did under the key.
///
/// # Errors
/// Database errors.
pub async fn find(on: &impl Reads, subject: &str, key: &str) -> Result<Option<Remembered>, StoreError> {
    let found = idempotency::Entity::find_by_id((subject.to_owned(), key.to_owned())).one(on.connection()).await?;
    Ok(found.map(|row| Remembered { mutation: row.mutation, input_hash: row.input_hash, answer: row.answer }))
}

/// The row with the result.
#[must_use]
pub fn row(subject: &str, key: &str, done: Remembered, at: Timestamp) -> KeyRow {
    idempotency::ActiveModel {
        subject: Set(subject.to_owned()),
        key: Set(key.to_owned()),
        mutation: Set(done.mutation),
        input_hash: Set(done.input_hash),
        answer: Set(done.answer),
        created_at: Set(Micros(at)),
    }
}

/// Records the result, in the same transaction.
///
/// # Errors
/// [`StoreError::Unique`] when another transaction used the key meanwhile.
pub async fn remember(transaction: &Transaction, row: KeyRow) -> Result<(), StoreError> {
    idempotency::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// Remembers another answer than the one that was read.
///
/// # Errors
/// [`StoreError::Retry`] where the answer is no longer the one that was read.
pub async fn replace(
    transaction: &Transaction,
    (subject, key): KeyOf<'_>,
    before: &str,
    answer: String,
) -> Result<(), StoreError> {
    let done = idempotency::Entity::update_many()
        .col_expr(idempotency::Column::Answer, Expr::value(answer))
        .filter(idempotency::Column::Subject.eq(subject))
        .filter(idempotency::Column::Key.eq(key))
        .filter(idempotency::Column::Answer.eq(before))
        .exec(transaction.connection())
        .await?;
    if done.rows_affected == 0 { Err(StoreError::Retry) } else { Ok(()) }
}

/// Deletes results recorded before this time (J1).
///
/// # Errors
/// Database errors.
pub async fn forget(transaction: &Transaction, before: Timestamp) -> Result<(), StoreError> {
    idempotency::Entity::delete_many()
        .filter(idempotency::Column::CreatedAt.lt(before.micros()))
        .exec(transaction.connection())
        .await?;
    Ok(())
}
