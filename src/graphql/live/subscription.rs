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
        error::Failure,
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

/// What can be followed live. Each subscription has one field. With `after`, everything after that entry comes first, in order, and
/// then what happens: nothing is missed and nothing comes twice. `after` takes the position of an event or of an entry of the
/// history, or a cursor of a list of entries or comments. One from `Claim.history` or `Claim.comments` is good for following that
/// claim; to follow all claims take one from an event or from `history`. Every event is judged anew for its subscriber, and shows
/// its claim as it is when the event is sent.
#[Subscription]
impl Subscription {
    /// Changes of status of the claims that the caller sees. A new draft is one, with `fromStatus` null, to its partner. A reviewer
    /// follows a claim from its submission on, a customer its own from their approval on. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn claim_status_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this claim only. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only changes to one of these statuses.")] status: Option<Vec<ClaimStatus>>,
        #[graphql(
            desc = "A position or a cursor: everything after it comes first. Without it only what happens from now on."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ClaimStatusChange>, Failure> {
        let wanted = status.map(|status| status.into_iter().map(Into::into).collect());
        let claim_id = feed::key(Kind::Claim, claim_id.as_ref());
        let followed = Feed { claim_id, ..Feed::all(Of::Statuses(wanted)) };
        Ok(at_most_one(feed::entry(ctx, followed, after.as_deref()).await?.map(ClaimStatusChange)))
    }

    /// New comments, on all claims that the caller sees or on one. Internal ones come to the vendor's people only; customers see
    /// none. Needs the scope `claims:read`.
    #[graphql(guard = "guard::Root")]
    async fn comment_added(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "On this claim only. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only on claims on this customer.")] customer_id: Option<ID>,
        #[graphql(
            desc = "A position or a cursor: everything after it comes first. Without it only what happens from now on."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = CommentAdded>, Failure> {
        let followed = Feed {
            claim_id: feed::key(Kind::Claim, claim_id.as_ref()),
            tenant_id: feed::key(Kind::Customer, customer_id.as_ref()),
            ..Feed::all(Of::Comments)
        };
        Ok(at_most_one(feed::entry(ctx, followed, after.as_deref()).await?.map(CommentAdded)))
    }

    /// Entries of the history as they are added, of all claims that the caller sees or of some. The last entry of a deleted draft,
    /// `DELETED`, comes to its partner; its claim is what is left of it. Reviewers follow a claim from its submission on;
    /// customers see none. Needs the scope `history:read`.
    #[graphql(guard = "guard::Root")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn history_appended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of this claim only. An id of no claim in the caller's reach is no error: nothing comes.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only one of these; of an empty list nothing comes.")] actions: Option<Vec<HistoryAction>>,
        #[graphql(desc = "Only of claims on this customer.")] customer_id: Option<ID>,
        #[graphql(desc = "Only of this partner's claims.")] partner_id: Option<ID>,
        #[graphql(
            desc = "A position or a cursor: everything after it comes first. Without it only what happens from now on."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = HistoryEntry>, Failure> {
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
