//! The root query of arbitrations.

use async_graphql::{Context, ID, Object};

use super::{ArbitrationConnection, ArbitrationStatus};
use crate::{
    graphql::{
        error::Failure,
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
    /// The arbitrations that the caller sees, oldest first: reviewers all, a partner those that a claim of its own takes
    /// or took part in, a customer none. Needs the scope `claims:read`.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn arbitrations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only arbitrations after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only arbitrations before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only in this status.")] status: Option<ArbitrationStatus>,
        #[graphql(desc = "Only at this customer; an id that names no customer finds none.")] customer_id: Option<ID>,
        #[graphql(desc = "Only for this product; an id that names no product finds none.")] product_id: Option<ID>,
    ) -> Result<ArbitrationConnection, Failure> {
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
