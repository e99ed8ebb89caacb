//! The events that are not entries of the history themselves.

use async_graphql::{Context, Object};

use crate::{
    graphql::{
        actor::Actor,
        claim::{self, Claim, ClaimStatus},
        comment::{Comment, CommentById},
        eager::Eager,
        error::ApiError,
        loader::{Reader, load_required},
        scalar::DateTime,
    },
    store::history::{self, encode_position},
};

/// An event: the status of a claim changed.
pub struct ClaimStatusChange(pub(super) history::HistoryEntry);

/// An event: the status of a claim changed.
#[Object]
impl ClaimStatusChange {
    /// The event's position in the event log, for `after`. Opaque.
    async fn position(&self) -> String {
        encode_position(self.0.id)
    }

    /// The claim as it is when the event is sent; its status may have changed again.
    async fn claim(&self, ctx: &Context<'_>) -> Result<Eager<Claim>, ApiError> {
        claim::visible(ctx, self.0.claim_id).await.map(Eager)
    }

    /// The status before the change; null for a new draft.
    async fn from_status(&self) -> Option<ClaimStatus> {
        self.0.from_status.map(Into::into)
    }

    /// The status after the change.
    async fn to_status(&self) -> Result<ClaimStatus, ApiError> {
        let to = self.0.to_status.ok_or_else(|| ApiError::internal("a change of status has no status"))?;
        Ok(to.into())
    }

    /// When the status changed.
    async fn at(&self) -> DateTime {
        self.0.at.into()
    }

    /// Who caused the change.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Eager<Actor>, ApiError> {
        Ok(Eager(Actor::shown_to(Reader::of(ctx)?, &self.0.actor)))
    }
}

/// An event: a comment was posted on a claim.
pub struct CommentAdded(pub(super) history::HistoryEntry);

/// An event: a comment was posted on a claim.
#[Object]
impl CommentAdded {
    /// The event's position in the event log, for `after`. Opaque.
    async fn position(&self) -> String {
        encode_position(self.0.id)
    }

    /// The new comment.
    async fn comment(&self, ctx: &Context<'_>) -> Result<Comment, ApiError> {
        let id = self.0.comment_id.ok_or_else(|| ApiError::internal("a new comment has no id"))?;
        Ok(load_required(ctx, CommentById(id)).await?.into())
    }
}
