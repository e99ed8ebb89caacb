//! The root query of comments.

use async_graphql::{Context, ID, Object};

use super::{CommentConnection, types::wanted};
use crate::{
    graphql::{
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        page::{self, PageArgs, Total},
    },
    store::comments::{self, CommentFilter},
};

/// Comments at the root.
#[derive(Default)]
pub struct CommentQuery;

#[Object(guard = "Root")]
impl CommentQuery {
    /// The comments on all claims that the caller sees, or on some of them, oldest first. Partners see the shared
    /// comments on their own claims; customers see none. Needs the scope `claims:read`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only comments after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`. For the latest five comments use `last: 5`."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only comments before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only comments on this claim; an id that names no visible claim matches nothing.")]
        claim_id: Option<ID>,
        #[graphql(desc = "Only comments on claims on this customer; an id that names no customer matches nothing.")]
        customer_id: Option<ID>,
    ) -> Result<Eager<CommentConnection>, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &comments::ORDER)?;
        let filter = CommentFilter {
            claim_id: claim_id.map(|id| global_id::key_or_none(Kind::Claim, &id)),
            tenant_id: customer_id.map(|id| global_id::key_or_none(Kind::Customer, &id)),
        };
        let wanted = wanted(ctx);
        let page = page::asked(ctx, move |reader| async move {
            comments::page(reader.db(), &reader.caller, filter, &request, wanted).await
        })
        .await?;
        let total =
            Total::asked(move |reader| async move { comments::count(reader.db(), &reader.caller, filter).await });
        Ok(Eager(CommentConnection::new(page, total)))
    }
}
