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

/// What can be followed live. Each subscription has one field. With `after`, the position of an event or of an entry of the
/// history, everything after it comes first, in order, and then what happens: nothing is missed and nothing comes twice. A
/// position from `Claim.history` is good for following that claim; to follow all claims take one from an event or from
/// `history`. Every event is judged anew for its subscriber, and shows its claim as it is when the event is sent.
#[Subscription]
impl Subscription {
    /// Changes of status of the claims that the caller sees. A reviewer follows a claim from its submission on, a customer its
    /// own from their approval on. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn claim_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this claim only. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only changes to one of these statuses.")] status: Option<Vec<ClaimStatus>>,
        #[graphql(desc = "A position: everything after it comes first. Without it only what happens from now on.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ClaimStatusChange>, Failure> {
        let wanted = status.map(|status| status.into_iter().map(Into::into).collect());
        let entry = feed::entry(ctx, claim_id.as_ref(), Of::Statuses(wanted), after.as_deref()).await?;
        Ok(at_most_one(entry.map(ClaimStatusChange)))
    }

    /// New comments on a claim. Internal ones come to the vendor's people only; customers see none. Needs the scope
    /// `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: ID,
        #[graphql(desc = "A position: everything after it comes first. Without it only what happens from now on.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = CommentAdded>, Failure> {
        let entry = feed::entry(ctx, Some(&claim_id), Of::Comments, after.as_deref()).await?;
        Ok(at_most_one(entry.map(CommentAdded)))
    }

    /// Entries of the history as they are added, of all claims that the caller sees or of one. Reviewers follow a claim from
    /// its submission on; customers see none. Needs the scope `history:read`.
    #[graphql(guard = "guard::Root")]
    async fn history_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this claim only. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: Option<ID>,
        #[graphql(desc = "A position: everything after it comes first. Without it only what happens from now on.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = HistoryEntry>, Failure> {
        let entry = feed::entry(ctx, claim_id.as_ref(), Of::Everything, after.as_deref()).await?;
        Ok(at_most_one(entry.map(Into::into)))
    }
}
