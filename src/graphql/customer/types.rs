//! The customer.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::{
    graphql::{
        claim::{self, ClaimConnection, ClaimFilter, ClaimOrder},
        directory::{self, CustomerSubscriptionConnection, SubscriptionFilter},
        eager::Eager,
        error::Failure,
        global_id::{self, Kind},
        guard,
        loader::{Reader, load, loads_by_id},
        page::{PageArgs, connection},
        scalar,
    },
    store::{claims::Owners, customers, records},
};

/// A customer that the caller sees.
#[derive(Clone, Debug)]
pub struct Customer(pub records::Customer);

impl From<records::Customer> for Customer {
    fn from(customer: records::Customer) -> Self {
        Self(customer)
    }
}

connection!(CustomerConnection, CustomerEdge, Customer, "customers", "a customer");

/// A customer of the vendor's: one tenant.
#[Object]
impl Customer {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Customer, self.0.tenant_id)
    }

    /// The tenant id.
    async fn tenant_id(&self) -> scalar::Uuid {
        self.0.tenant_id.into()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The default domain.
    async fn domain(&self) -> &str {
        &self.0.domain
    }

    /// All verified domains, to the vendor and the customer itself; to a partner the default one alone.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Vec<String>, Failure> {
        if Reader::of(ctx)?.is_partner() {
            return Ok(vec![self.0.domain.clone()]);
        }
        Ok(load(ctx, DomainsOf(self.0.tenant_id)).await?.unwrap_or_default())
    }

    /// The customer's subscriptions that the caller sees, by subscription id: a partner those to products that it is
    /// associated with. Needs the scope `directory:read` or `claims:read`, unless it is part of a mutation's answer.
    #[graphql(guard = "guard::DIRECTORY")]
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only subscriptions after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only subscriptions before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which subscriptions; all without it.")] filter: Option<SubscriptionFilter>,
    ) -> Result<CustomerSubscriptionConnection, Failure> {
        directory::of_customer(ctx, self.0.tenant_id, PageArgs { first, after, last, before }, filter).await
    }

    /// The claims on the customer that the caller sees, newest first unless ordered otherwise. Needs the scope
    /// `claims:read`, unless it is part of a mutation's answer.
    #[graphql(guard = "guard::CLAIMS")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only claims after this cursor, which must be of the same order.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only claims before this cursor, which must be of the same order.")] before: Option<String>,
        #[graphql(desc = "Which claims; all without it.")] filter: Option<ClaimFilter>,
        #[graphql(desc = "The order; newest first without it.")] order_by: Option<ClaimOrder>,
    ) -> Result<Eager<ClaimConnection>, Failure> {
        claim::of_owner(
            ctx,
            (Owners::Customers, self.0.tenant_id),
            PageArgs { first, after, last, before },
            filter,
            order_by,
        )
        .await
        .map(Eager)
    }
}

loads_by_id! {
    /// The customer of something that is visible, by its tenant id.
    CustomerById(Uuid) => records::Customer,
    |reader, ids| customers::get_many(reader.db(), &ids).await?
        .into_iter()
        .map(|customer| (customer.tenant_id, customer))
}

loads_by_id! {
    /// The domains of a customer, by its tenant id.
    DomainsOf(Uuid) => Vec<String>,
    |reader, ids| customers::domains_of(reader.db(), &ids).await?
}
