//! The customer's subscription.

use async_graphql::{Context, ID, InputObject, Object, dataloader::Loader};
use uuid::Uuid;

use super::{Product, ProductById, SubscriptionChannel, SubscriptionStatus};
use crate::{
    graphql::{
        customer::{Customer, CustomerById},
        error::ApiError,
        global_id::{self, Kind},
        loader::{Loaded, Reader, With, by_args, load_required, loads_by_id},
        page::{self, PageArgs, Total, connection},
        range::listed,
        scalar::{self, DateTime},
    },
    store::{
        page::{Page, PageRequest},
        subscriptions,
    },
};

/// A subscription that the caller sees.
#[derive(Clone, Debug)]
pub struct CustomerSubscription(pub subscriptions::Subscription);

impl From<subscriptions::Subscription> for CustomerSubscription {
    fn from(subscription: subscriptions::Subscription) -> Self {
        Self(subscription)
    }
}

connection!(
    CustomerSubscriptionConnection,
    CustomerSubscriptionEdge,
    CustomerSubscription,
    "subscriptions",
    "a subscription"
);

/// A customer's subscription to a product. Partners see those that their own claims resolve to, and those to products
/// that they are associated with.
#[Object]
impl CustomerSubscription {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::CustomerSubscription, self.0.subscription_id)
    }

    /// The UUID that `ClaimLineInput.subscriptionId` takes.
    async fn subscription_id(&self) -> scalar::Uuid {
        self.0.subscription_id.into()
    }

    /// The customer that bought it.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer, ApiError> {
        Ok(load_required(ctx, CustomerById(self.0.tenant_id)).await?.into())
    }

    /// The product that was bought.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product, ApiError> {
        Ok(load_required(ctx, ProductById(self.0.sku_id)).await?.into())
    }

    /// How it was sold.
    async fn channel(&self) -> SubscriptionChannel {
        self.0.channel.into()
    }

    /// Whether the subscription can be used, and so claimed.
    async fn status(&self) -> SubscriptionStatus {
        self.0.status.into()
    }

    /// How many seats were bought.
    async fn seats(&self) -> i32 {
        self.0.seats
    }

    /// The beginning of its term.
    async fn starts_at(&self) -> DateTime {
        self.0.starts_at.into()
    }

    /// When it ends; null if unknown.
    async fn ends_at(&self) -> Option<DateTime> {
        self.0.ends_at.map(Into::into)
    }
}

loads_by_id! {
    /// The subscription of something that is visible, by its id.
    SubscriptionById(Uuid) => subscriptions::Subscription,
    |reader, ids| subscriptions::get_many(reader.db(), &ids).await?
        .into_iter()
        .map(|found| (found.subscription_id, found))
}

/// Restricts subscriptions. Conditions are combined with AND; one that is omitted matches everything.
#[derive(Clone, Debug, Default, InputObject)]
pub struct SubscriptionFilter {
    /// Only subscriptions of this customer; an id that names no customer matches nothing.
    pub customer_id: Option<ID>,
    /// Only subscriptions to this product; an id that names no product matches nothing.
    pub product_id: Option<ID>,
    /// Only items with one of these statuses; an empty list matches nothing. At most 1,000 entries.
    pub status: Option<Vec<SubscriptionStatus>>,
    /// Only subscriptions sold through this channel.
    pub channel: Option<SubscriptionChannel>,
}

impl TryFrom<SubscriptionFilter> for subscriptions::SubscriptionFilter {
    type Error = ApiError;

    fn try_from(filter: SubscriptionFilter) -> Result<Self, ApiError> {
        Ok(Self {
            tenant_id: filter.customer_id.map(|id| global_id::key_or_none(Kind::Customer, &id)),
            sku_id: filter.product_id.map(|id| global_id::key_or_none(Kind::Product, &id)),
            status: listed(filter.status, Into::into)?,
            channel: filter.channel.map(Into::into),
        })
    }
}

/// A page of the subscriptions that the caller sees.
pub(super) async fn page(
    ctx: &Context<'_>,
    page: PageArgs,
    filter: Option<SubscriptionFilter>,
) -> Result<CustomerSubscriptionConnection, ApiError> {
    let request = page.of(ctx, &subscriptions::ORDER)?;
    let filter: subscriptions::SubscriptionFilter = filter.unwrap_or_default().try_into()?;
    let counted = filter.clone();
    let page = page::asked(ctx, move |reader| async move {
        subscriptions::page(reader.db(), &reader.caller, &filter, &request).await
    });
    let total = Total::asked(move |reader| {
        let filter = counted.clone();
        async move { subscriptions::count(reader.db(), &reader.caller, &filter).await }
    });
    Ok(CustomerSubscriptionConnection::new(page.await?, total))
}

/// A page of a customer's subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SubscriptionPage {
    filter: subscriptions::SubscriptionFilter,
    request: PageRequest,
}

impl Loader<With<Uuid, SubscriptionPage>> for Reader {
    type Value = Page<subscriptions::Subscription>;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, SubscriptionPage>]) -> Loaded<With<Uuid, SubscriptionPage>> {
        let read = async |args: std::sync::Arc<SubscriptionPage>, tenants: Vec<Uuid>| {
            subscriptions::pages_of_customers(self.db(), &self.caller, &tenants, &args.filter, &args.request).await
        };
        by_args(keys, read).await
    }
}

/// How many subscriptions a customer has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct SubscriptionCount(subscriptions::SubscriptionFilter);

impl Loader<With<Uuid, SubscriptionCount>> for Reader {
    type Value = u64;
    type Error = ApiError;

    async fn load(&self, keys: &[With<Uuid, SubscriptionCount>]) -> Loaded<With<Uuid, SubscriptionCount>> {
        let read = async |args: std::sync::Arc<SubscriptionCount>, tenants: Vec<Uuid>| {
            subscriptions::counts_of_customers(self.db(), &self.caller, &tenants, &args.0).await
        };
        by_args(keys, read).await
    }
}

/// A page of the subscriptions of a customer that the caller sees.
pub(in crate::graphql) async fn of_customer(
    ctx: &Context<'_>,
    tenant_id: Uuid,
    page: PageArgs,
    filter: Option<SubscriptionFilter>,
) -> Result<CustomerSubscriptionConnection, ApiError> {
    let request = page.of(ctx, &subscriptions::ORDER)?;
    let filter: subscriptions::SubscriptionFilter = filter.unwrap_or_default().try_into()?;
    let count = With::new(tenant_id, SubscriptionCount(filter.clone()));
    let page = page::loaded(ctx, With::new(tenant_id, SubscriptionPage { filter, request })).await?;
    let total = Total::loaded(count);
    Ok(CustomerSubscriptionConnection::new(page, total))
}

crate::graphql::at_hand::nothing_at_hand!(CustomerSubscription);
