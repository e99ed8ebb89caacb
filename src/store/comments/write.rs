//! The row of a new comment.

use entity::{
    column::{Micros, Word},
    comment,
};
use sea_orm::ActiveValue::Set;

use super::Comment;

/// The row of a comment.
#[must_use]
pub fn row(comment: &Comment) -> comment::ActiveModel {
    comment::ActiveModel {
        id: Set(comment.id),
        claim_id: Set(comment.claim_id),
        author_kind: Set(Word(comment.author.kind)),
        author_subject: Set(comment.author.subject.clone()),
        author_name: Set(comment.author.name.clone()),
        body: Set(comment.body.clone()),
        visibility: Set(Word(comment.visibility)),
        created_at: Set(Micros(comment.created_at)),
    }
}
