//! The root of subscriptions.

use async_graphql::{Context, ID, Subscription};
use futures_util::{Stream, stream};

use super::{
    feed,
    types::{ClaimStatusChange, CommentAdded},
};
use crate::{
    graphql::{
        claim::ClaimStatus,
        error::ApiError,
        global_id::Kind,
        guard,
        history::{HistoryAction, HistoryEntry},
    },
    store::history::log::{Feed, Of},
};

/// The root of subscriptions.
#[derive(Default)]
pub struct Subscription;

/// An event, or nothing while the subscription is opened.
fn at_most_one<T>(item: Option<T>) -> impl Stream<Item = T> {
    stream::iter(item)
}

/// Live events; each subscription has one root field. With `after`, everything after that entry comes first, in order,
/// followed by new events, without gaps or repeats. `after` takes the position of an event or a history entry, or a cursor
/// of a list of entries or comments. One from `Claim.history` or `Claim.comments` works for that claim; to follow all
/// claims, take one from an event or from `history`. Visibility is checked again for every event, which shows its claim as
/// it is when the event is sent.
#[Subscription]
impl Subscription {
    /// Status changes of the claims that the caller sees. A new draft is one, with `fromStatus` null, for its partner.
    /// Reviewers receive them from a claim's submission on, customers from its approval on. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn claim_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this claim. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only changes to one of these statuses.")] status: Option<Vec<ClaimStatus>>,
        #[graphql(
            desc = "A position or a cursor; everything after it is sent first. Without it, only new events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ClaimStatusChange>, ApiError> {
        let wanted = status.map(|status| status.into_iter().map(Into::into).collect());
        let claim_id = feed::key(Kind::Claim, claim_id.as_ref());
        let followed = Feed { claim_id, ..Feed::all(Of::Statuses(wanted)) };
        Ok(at_most_one(feed::entry(ctx, followed, after.as_deref()).await?.map(ClaimStatusChange)))
    }

    /// New comments on all claims that the caller sees, or on one. Internal comments are sent to the vendor only; customers
    /// receive none. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this claim. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only claims on this customer.")] customer_id: Option<ID>,
        #[graphql(
            desc = "A position or a cursor; everything after it is sent first. Without it, only new events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = CommentAdded>, ApiError> {
        let followed = Feed {
            claim_id: feed::key(Kind::Claim, claim_id.as_ref()),
            tenant_id: feed::key(Kind::Customer, customer_id.as_ref()),
            ..Feed::all(Of::Comments)
        };
        Ok(at_most_one(feed::entry(ctx, followed, after.as_deref()).await?.map(CommentAdded)))
    }

    /// New history entries of all claims that the caller sees, or of some. The last entry of a deleted draft, `DELETED`, is
    /// sent to its partner, with what is left of the claim. Reviewers receive entries from a claim's submission on;
    /// customers receive none. Needs the scope `history:read`.
    #[graphql(guard = "guard::Root")]
    async fn history_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only this claim. If the caller sees no such claim, no event is sent, and no error.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only entries with one of these actions; none for an empty list.")] actions: Option<
            Vec<HistoryAction>,
        >,
        #[graphql(desc = "Only claims on this customer.")] customer_id: Option<ID>,
        #[graphql(desc = "Only this partner's claims.")] partner_id: Option<ID>,
        #[graphql(
            desc = "A position or a cursor; everything after it is sent first. Without it, only new events are sent."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = HistoryEntry>, ApiError> {
        let wanted = actions.map(|actions| actions.into_iter().map(Into::into).collect());
        let followed = Feed {
            claim_id: feed::key(Kind::Claim, claim_id.as_ref()),
            partner_id: feed::key(Kind::Partner, partner_id.as_ref()),
            tenant_id: feed::key(Kind::Customer, customer_id.as_ref()),
            of: Of::Everything(wanted),
        };
        Ok(at_most_one(feed::entry(ctx, followed, after.as_deref()).await?.map(Into::into)))
    }
}
