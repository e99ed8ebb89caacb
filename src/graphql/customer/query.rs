//! The root queries of customers.

use async_graphql::{Context, ID, Object};

use super::{Customer, CustomerConnection};
use crate::{
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        guard::Root,
        loader::ask,
        page::{self, PageArgs, Total},
        scalar::Uuid,
    },
    store::customers,
};

/// Customers at the root.
#[derive(Default)]
pub struct CustomerQuery;

#[Object(guard = "Root")]
impl CustomerQuery {
    /// The customer with this global id; null if the caller sees no such customer. Partners see the customers that they
    /// have claims on. Needs the scope `directory:read`.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer's global id.")] id: ID,
    ) -> Result<Option<Customer>, ApiError> {
        let Some(tenant_id) = global_id::key(Kind::Customer, &id) else { return Ok(None) };
        let found =
            ask(ctx, move |reader| async move { customers::by_ids(reader.db(), &reader.caller, &[tenant_id]).await })
                .await?;
        Ok(found.into_iter().next().map(Into::into))
    }

    /// The customer with this tenant id and this verified domain. Null if the two do not belong together, or either is
    /// unknown. Needs the scope `directory:read`.
    async fn customer_by_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The UUID of the customer's tenant.")] tenant_id: Uuid,
        #[graphql(desc = "A verified domain of the tenant, such as `contoso.com`; case is ignored.")] domain: String,
    ) -> Result<Option<Customer>, ApiError> {
        let found = ask(ctx, move |reader| async move {
            customers::by_tenant_and_domain(reader.db(), &reader.caller, tenant_id.into(), &domain).await
        });
        Ok(found.await?.map(Into::into))
    }

    /// The customers that the caller sees, by name. Partners see those that they have claims on, the vendor all, a
    /// customer itself. Needs the scope `directory:read`.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only customers after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only customers before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only customers that contain all these words in the name or domains; case is ignored.")]
        search: Option<String>,
    ) -> Result<CustomerConnection, ApiError> {
        let request = PageArgs { first, after, last, before }.of(ctx, &customers::ORDER)?;
        let counted = search.clone();
        let page = page::asked(ctx, move |reader| async move {
            customers::page(reader.db(), &reader.caller, search.as_deref(), &request).await
        });
        let total = Total::asked(move |reader| {
            let search = counted.clone();
            async move { customers::count(reader.db(), &reader.caller, search.as_deref()).await }
        });
        Ok(CustomerConnection::new(page.await?, total))
    }
}
