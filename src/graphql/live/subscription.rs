//! The root of subscriptions.

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, stream};

use super::{
    feed,
    types::{ClaimStatusChange, CommentAdded},
};
use crate::{
    graphql::{claim::ClaimStatus, error::Failure, guard, history::HistoryEntry},
    store::history::log::Of,
};

/// The root of subscriptions.
#[derive(Default)]
pub struct Subscription;

/// An event, or nothing while the subscription is opened.
fn at_most_one<T>(item: Option<T>) -> impl Stream<Item = T> {
    stream::iter(item)
}

/// Live events; each subscription has one root field. With `after`, the position of an event or a history entry,
/// everything after that position comes first, in order, followed by new events, without gaps or repeats. A position
/// from `Claim.history` works for that claim; to follow all claims, take one from an event or from `history`.
/// Visibility is checked again for every event, which shows its claim as it is when the event is sent.
#[Subscription]
impl Subscription {
    /// Status changes of the claims that the caller sees. Reviewers receive them from a claim's submission on,
    /// customers from its approval on. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn claim_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this claim. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only changes to one of these statuses.")] status: Option<Vec<ClaimStatus>>,
        #[graphql(desc = "A position; everything after it is sent first. Without it, only new events are sent.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ClaimStatusChange>, Failure> {
        let wanted = status.map(|status| status.into_iter().map(Into::into).collect());
        let entry = feed::entry(ctx, claim_id.as_ref(), Of::Statuses(wanted), after.as_deref()).await?;
        Ok(at_most_one(entry.map(ClaimStatusChange)))
    }

    /// New comments on a claim. Internal comments are sent to the vendor only; customers receive none. Needs the scope
    /// `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim to follow. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: ID,
        #[graphql(desc = "A position; everything after it is sent first. Without it, only new events are sent.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = CommentAdded>, Failure> {
        let entry = feed::entry(ctx, Some(&claim_id), Of::Comments, after.as_deref()).await?;
        Ok(at_most_one(entry.map(CommentAdded)))
    }

    /// New history entries of all claims that the caller sees, or of one. Reviewers receive them from a claim's
    /// submission on; customers receive none. Needs the scope `history:read`.
    #[graphql(guard = "guard::Root")]
    async fn history_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this claim. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: Option<ID>,
        #[graphql(desc = "A position; everything after it is sent first. Without it, only new events are sent.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = HistoryEntry>, Failure> {
        let entry = feed::entry(ctx, claim_id.as_ref(), Of::Everything, after.as_deref()).await?;
        Ok(at_most_one(entry.map(Into::into)))
    }
}
