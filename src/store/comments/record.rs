//! The record of a comment.

use domain::{caller::Actor, kinds::CommentVisibility, time::Timestamp};
use uuid::Uuid;

use crate::store::{
    StoreError,
    rows::{Cells, record},
};

record! {
    /// A comment on a claim (K1).
    pub struct Comment of comment {
        /// The comment's id.
        pub id: Uuid = get(Id read_for ["id"]),
        /// The claim.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// Who wrote it.
        pub author: Actor = actor(AuthorKind always ["author"], AuthorSubject read_for ["author"], AuthorName read_for ["author"]),
        /// The text.
        pub body: String = get(Body read_for ["body"]),
        /// Who may read it.
        pub visibility: CommentVisibility = visibility(Visibility read_for ["visibility"]),
        /// When it was written.
        pub created_at: Timestamp = time(CreatedAt read_for ["createdAt"]),
    }
}

impl Cells<'_> {
    /// The next value: who may read something; the vendor alone if the column was not read.
    pub(in crate::store) fn visibility(&mut self) -> Result<CommentVisibility, StoreError> {
        self.word_or(CommentVisibility::Internal)
    }
}
