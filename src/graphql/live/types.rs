//! The events that are not entries of the history themselves.

use async_graphql::{Context, Object};

use crate::{
    graphql::{
        actor::Actor,
        claim::{self, Claim, ClaimStatus},
        comment::{Comment, CommentById},
        eager::Eager,
        error::Failure,
        loader::{Reader, load_required},
        scalar::DateTime,
    },
    store::{history::encode_position, records},
};

/// A claim's status changed.
pub struct ClaimStatusChange(pub(super) records::HistoryEntry);

/// A claim's status changed.
#[Object]
impl ClaimStatusChange {
    /// Where the event stands among all events, for `after`. Opaque.
    async fn position(&self) -> String {
        encode_position(self.0.id)
    }

    /// The claim, as it is when the event is sent; its status may have changed again since.
    async fn claim(&self, ctx: &Context<'_>) -> Result<Eager<Claim>, Failure> {
        claim::visible(ctx, self.0.claim_id).await.map(Eager)
    }

    /// The status before; null for a new draft.
    async fn from_status(&self) -> Option<ClaimStatus> {
        self.0.from_status.map(Into::into)
    }

    /// The status after.
    async fn to_status(&self) -> Result<ClaimStatus, Failure> {
        let to = self.0.to_status.ok_or_else(|| Failure::internal("a change of status has no status"))?;
        Ok(to.into())
    }

    /// When it changed.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// Who changed it.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Eager<Actor>, Failure> {
        Ok(Eager(Actor::shown_to(Reader::of(ctx)?, &self.0.actor)))
    }
}

/// A comment was posted on a claim.
pub struct CommentAdded(pub(super) records::HistoryEntry);

/// A comment was posted on a claim.
#[Object]
impl CommentAdded {
    /// Where the event stands among all events, for `after`. Opaque.
    async fn position(&self) -> String {
        encode_position(self.0.id)
    }

    /// The comment.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Comment, Failure> {
        let id = self.0.comment_id.ok_or_else(|| Failure::internal("a new comment has no id"))?;
        Ok(load_required(ctx, CommentById(id)).await?.into())
    }
}
