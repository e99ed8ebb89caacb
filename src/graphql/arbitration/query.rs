//! The root query of arbitrations.

use async_graphql::{Context, ID, Object};

use super::{ArbitrationConnection, ArbitrationStatus};
use crate::{
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        page::{self, PageArgs, Total},
    },
    store::arbitrations::{self, ArbitrationFilter},
};

/// Arbitrations at the root.
#[derive(Default)]
pub struct ArbitrationQuery;

#[Object(guard = "Root")]
impl ArbitrationQuery {
    /// The arbitrations that the caller sees, oldest first. Reviewers see all, partners those with a claim of their
    /// own, customers none. Needs the scope `claims:read`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn arbitrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only arbitrations after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only arbitrations before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only arbitrations with this status.")] status: Option<ArbitrationStatus>,
        #[graphql(desc = "Only arbitrations at this customer; an id that names no customer matches nothing.")]
        customer_id: Option<ID>,
        #[graphql(desc = "Only arbitrations over this product; an id that names no product matches nothing.")]
        product_id: Option<ID>,
    ) -> Result<ArbitrationConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &arbitrations::ORDER)?;
        let filter = ArbitrationFilter {
            status: status.map(Into::into),
            tenant_id: customer_id.map(|id| global_id::key_or_none(Kind::Customer, &id)),
            sku_id: product_id.map(|id| global_id::key_or_none(Kind::Product, &id)),
        };
        let page = page::asked(ctx, move |reader| async move {
            arbitrations::page(reader.db(), &reader.caller, filter, &request).await
        })
        .await?;
        let total =
            Total::asked(move |reader| async move { arbitrations::count(reader.db(), &reader.caller, filter).await });
        Ok(ArbitrationConnection::new(page, total))
    }
}
