//! The mutation of comments.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::lifecycle::Command;

use super::{Comment, CommentVisibility};
use crate::{
    app::claims::ChangeResult,
    graphql::{
        claim::{Claim, change},
        error::ApiError,
        guard::Root,
        problem::{Problem, api_problems},
    },
};

/// The comment to post, and the claim to post it on.
#[derive(Debug, InputObject)]
pub struct AddCommentInput {
    /// The global id of the claim to comment on.
    pub claim_id: ID,
    /// The text: not blank, at most 10,000 characters; otherwise `INVALID_VALUE`.
    pub body: String,
    /// Who may read the comment. Only reviewers may write `INTERNAL` comments; for others it is `NOT_ALLOWED`.
    #[graphql(default_with = "Some(CommentVisibility::Shared)")]
    pub visibility: Option<CommentVisibility>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The new comment, or why it was refused.
#[derive(SimpleObject)]
pub struct AddCommentPayload {
    /// The claim that was commented on; null if the comment was refused.
    pub claim: Option<Claim>,
    /// The new comment; null if it was refused.
    pub comment: Option<Comment>,
    /// Why the comment was refused: `NOT_FOUND`, `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE` or
    /// `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

impl From<ChangeResult> for AddCommentPayload {
    fn from(result: ChangeResult) -> Self {
        Self {
            claim: result.claim.map(Into::into),
            comment: result.comment.map(Into::into),
            problems: api_problems(result.problems),
        }
    }
}

/// The mutation of comments.
#[derive(Default)]
pub struct CommentMutation;

#[Object(guard = "Root")]
impl CommentMutation {
    /// Posts a comment on a claim in any status except `EDITING`, without raising its version. A partner's comment
    /// counts as an answer to a reviewer's request, so that `respondToReview` may follow without a message. For every
    /// role of the claim's partner, and for reviewers. Needs the scope `comments:write`. Problems: `NOT_FOUND`,
    /// `WRONG_STATUS`, `NOT_ALLOWED`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn add_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim, the text and who may read it.")] input: AddCommentInput,
    ) -> Result<AddCommentPayload, ApiError> {
        let visibility = input.visibility.unwrap_or(CommentVisibility::Shared).into();
        let comment = Command::Comment { body: input.body, visibility };
        Ok(change(ctx, &input.claim_id, None, comment, input.idempotency_key).await?.into())
    }
}
