//! The mutation of comments.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{Comment, CommentVisibility};
use crate::{
    app::claims::{Answer, Change},
    graphql::{
        claim::{Claim, change},
        error::Failure,
        guard::Root,
        problem::{Problem, told},
    },
};

/// What `addComment` takes.
#[derive(Debug, InputObject)]
pub struct AddCommentInput {
    /// The claim.
    pub claim_id: ID,
    /// The text: not blank, at most 10,000 characters; else `INVALID_VALUE`.
    pub body: String,
    /// Who may read it. `INTERNAL` is for reviewers; else `NOT_ALLOWED`.
    #[graphql(default_with = "Some(CommentVisibility::Shared)")]
    pub visibility: Option<CommentVisibility>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer
    /// again, with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `addComment` answers.
#[derive(SimpleObject)]
pub struct AddCommentPayload {
    /// The claim; null when refused.
    pub claim: Option<Claim>,
    /// The comment; null when refused.
    pub comment: Option<Comment>,
    /// Why it was refused: `NOT_FOUND`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

impl From<Answer> for AddCommentPayload {
    fn from(answer: Answer) -> Self {
        Self {
            claim: answer.claim.map(Into::into),
            comment: answer.comment.map(Into::into),
            problems: told(answer.problems),
        }
    }
}

/// The mutation of comments.
#[derive(Default)]
pub struct CommentMutation;

#[Object(guard = "Root")]
impl CommentMutation {
    /// Writes a comment on a claim in any status but `EDITING`, for the partner as for reviewers. It does not raise the
    /// claim's version. A partner's comment answers a reviewer's request, so that `respondToReview` may follow without
    /// a message. Needs the scope `comments:write`.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the comment.")] input: AddCommentInput,
    ) -> Result<AddCommentPayload, Failure> {
        let visibility = input.visibility.unwrap_or(CommentVisibility::Shared).into();
        let comment = Change::Comment { body: input.body, visibility };
        Ok(change(ctx, &input.claim_id, None, comment, input.idempotency_key).await?.into())
    }
}
