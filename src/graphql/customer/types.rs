//! The customer.

use async_graphql::{Context, ID, Object, parser::types::Field};
use uuid::Uuid;

use crate::{
    graphql::{
        at_hand::{AtHand, Write, plain},
        claim::{self, ClaimConnection, ClaimFilter, ClaimOrder},
        directory::{self, CustomerSubscriptionConnection, SubscriptionFilter},
        eager::Eager,
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Reader, load, loads_by_id},
        page::{PageArgs, connection},
        scalar,
    },
    store::{claims::Owners, customers},
};

/// A customer that the caller sees.
#[derive(Clone, Debug)]
pub struct Customer(pub customers::Customer);

impl From<customers::Customer> for Customer {
    fn from(customer: customers::Customer) -> Self {
        Self(customer)
    }
}

connection!(CustomerConnection, CustomerEdge, Customer, "customers", "a customer");

/// A company that buys from the vendor, identified by its tenant id.
#[Object]
impl Customer {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Customer, self.0.tenant_id)
    }

    /// The UUID of the customer's tenant, unique among all customers.
    async fn tenant_id(&self) -> scalar::Uuid {
        self.0.tenant_id.into()
    }

    /// The company's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The default domain.
    async fn domain(&self) -> &str {
        &self.0.domain
    }

    /// All verified domains for the vendor and the customer itself; only the default domain for a partner.
    async fn domains(&self, ctx: &Context<'_>) -> Result<Vec<String>, ApiError> {
        if Reader::of(ctx)?.is_partner() {
            // Of what is left of a deleted draft, not even that is known.
            return Ok(Some(self.0.domain.clone()).filter(|domain| !domain.is_empty()).into_iter().collect());
        }
        Ok(load(ctx, DomainsOf(self.0.tenant_id)).await?.unwrap_or_default())
    }

    /// The customer's subscriptions that the caller sees, by subscription id. Partners see those to products that they
    /// are associated with. Needs the scope `directory:read` or `claims:read`, except in a mutation's payload.
    #[graphql(guard = "guard::DIRECTORY")]
    async fn subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only subscriptions after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only subscriptions before this cursor.")] before: Option<String>,
        #[graphql(desc = "Restricts the subscriptions; by default all.")] filter: Option<SubscriptionFilter>,
    ) -> Result<CustomerSubscriptionConnection, ApiError> {
        directory::of_customer(ctx, self.0.tenant_id, PageArgs { first, after, last, before }, filter).await
    }

    /// The claims on the customer that the caller sees, newest first by default. Needs the scope `claims:read`, except
    /// in a mutation's payload.
    #[graphql(guard = "guard::CLAIMS")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the API")]
    async fn claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only claims after this cursor, which must come from the same order.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only claims before this cursor, which must come from the same order.")] before: Option<
            String,
        >,
        #[graphql(desc = "Restricts the claims; by default all.")] filter: Option<ClaimFilter>,
        #[graphql(desc = "The sort order; by default newest first.")] order_by: Option<ClaimOrder>,
    ) -> Result<Eager<ClaimConnection>, ApiError> {
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

impl AtHand for Customer {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|customer: &Self, _, out| out.id(Kind::Customer, customer.0.tenant_id)),
            "tenantId" => plain(|customer: &Self, _, out| out.uuid(customer.0.tenant_id)),
            "name" => plain(|customer: &Self, _, out| out.text(&customer.0.name)),
            "domain" => plain(|customer: &Self, _, out| out.text(&customer.0.domain)),
            _ => None,
        }
    }
}

loads_by_id! {
    /// The customer of something that is visible, by its tenant id.
    CustomerById(Uuid) => customers::Customer,
    |reader, ids| customers::get_many(reader.db(), &ids).await?
        .into_iter()
        .map(|customer| (customer.tenant_id, customer))
}

loads_by_id! {
    /// The domains of a customer, by its tenant id.
    DomainsOf(Uuid) => Vec<String>,
    |reader, ids| customers::domains_of(reader.db(), &ids).await?
}
