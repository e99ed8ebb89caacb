//! The root queries of customers.

use async_graphql::{Context, ID, Object};

use super::{Customer, CustomerConnection};
use crate::{
    graphql::{
        error::Failure,
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
    /// A customer by its global id; null when there is none that the caller sees. A partner sees the customers that it
    /// has claims on. Needs the scope `directory:read`.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer's global id.")] id: ID,
    ) -> Result<Option<Customer>, Failure> {
        let Some(tenant_id) = global_id::key(Kind::Customer, &id) else { return Ok(None) };
        let found =
            ask(ctx, move |reader| async move { customers::by_ids(reader.db(), &reader.caller, &[tenant_id]).await })
                .await?;
        Ok(found.into_iter().next().map(Into::into))
    }

    /// A customer by tenant id and one of its verified domains. A partner must know both: where one does not belong to
    /// the other, or either is unknown, the answer is null. Needs the scope `directory:read`.
    async fn customer_by_tenant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant id.")] tenant_id: Uuid,
        #[graphql(desc = "A verified domain of the tenant, such as `contoso.com`; case does not matter.")]
        domain: String,
    ) -> Result<Option<Customer>, Failure> {
        let found = ask(ctx, move |reader| async move {
            customers::by_tenant_and_domain(reader.db(), &reader.caller, tenant_id.into(), &domain).await
        });
        Ok(found.await?.map(Into::into))
    }

    /// The customers that the caller sees, by name: a partner those that it has claims on, the vendor all, a customer
    /// itself. Needs the scope `directory:read`.
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only customers after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only customers before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that have all these words in name or domains; case does not matter.")]
        search: Option<String>,
    ) -> Result<CustomerConnection, Failure> {
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
