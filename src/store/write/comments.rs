//! Comments: posted, never changed (K1).

use entity::comment;
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::store::{Reads, StoreError, Transaction, records::Comment};

/// Posts a comment.
///
/// # Errors
/// The database's.
pub async fn insert(transaction: &Transaction, comment: &Comment) -> Result<(), StoreError> {
    comment::Entity::insert(row(comment)).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// The row of a comment.
pub(super) fn row(comment: &Comment) -> comment::ActiveModel {
    comment::ActiveModel {
        id: Set(comment.id),
        claim_id: Set(comment.claim_id),
        author_kind: Set(comment.author.kind.to_string()),
        author_subject: Set(comment.author.subject.clone()),
        author_name: Set(comment.author.name.clone()),
        body: Set(comment.body.clone()),
        visibility: Set(comment.visibility.to_string()),
        created_at: Set(comment.created_at.micros()),
    }
}
