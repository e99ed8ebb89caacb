//! The root queries of the catalog and the directory.

use async_graphql::{Context, Object, SimpleObject};
use domain::catalogue;

use super::{
    Activity, CustomerSubscriptionConnection, IncentiveProgram, PartnerConnection, ProductConnection, SolutionArea,
    SubscriptionChannel, SubscriptionFilter, partner,
    product::{self, ProductFilter},
    subscription,
};
use crate::graphql::{error::ApiError, guard::Root, page::PageArgs};

/// An activity that partners may claim in a solution area, with its conditions.
#[derive(Clone, Debug, SimpleObject)]
pub struct ActivityOption {
    /// The solution area that this option belongs to.
    pub solution_area: SolutionArea,
    /// The value for `CreateClaimInput.activities`.
    pub activity: Activity,
    /// What the partner does, in one English sentence.
    pub description: String,
    /// The incentive program that the claim's location must be enrolled in; null if the activity pays no incentive.
    pub program: Option<IncentiveProgram>,
    /// The channels through which the customer must have bought the subscription.
    pub channels: Vec<SubscriptionChannel>,
    /// Whether the vendor pays an incentive for it.
    pub pays_incentive: bool,
}

impl From<catalogue::ActivityOption> for ActivityOption {
    fn from(option: catalogue::ActivityOption) -> Self {
        Self {
            solution_area: option.solution_area.into(),
            activity: option.activity.into(),
            description: option.description.to_owned(),
            program: option.program.map(Into::into),
            channels: option.channels.into_iter().map(Into::into).collect(),
            pays_incentive: option.pays_incentive,
        }
    }
}

/// The catalog and the directory at the root.
#[derive(Default)]
pub struct DirectoryQuery;

#[Object(guard = "Root")]
impl DirectoryQuery {
    /// The activities that partners may claim, by solution area. Needs the scope `directory:read`.
    async fn activity_options(
        &self,
        #[graphql(desc = "Only this solution area; by default all.")] solution_area: Option<SolutionArea>,
    ) -> Vec<ActivityOption> {
        catalogue::options(solution_area.map(Into::into)).into_iter().map(Into::into).collect()
    }

    /// The products of the catalog, by name; every caller sees all of them. Needs the scope `directory:read`.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only products after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only products before this cursor.")] before: Option<String>,
        #[graphql(desc = "Restricts the products; by default all.")] filter: Option<ProductFilter>,
    ) -> Result<ProductConnection, ApiError> {
        product::page(ctx, PageArgs { first, after, last, before }, filter).await
    }

    /// The partners that the caller sees, by name. A partner sees itself, the vendor all, a customer those with a claim
    /// that it sees. Needs the scope `directory:read`.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items from the start, 1 to 100; 20 if `last` is absent too. Cannot be combined with `last`."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only partners after this cursor.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 1 to 100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only partners before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only partners that contain all these words in the name; case is ignored.")] search: Option<
            String,
        >,
    ) -> Result<PartnerConnection, ApiError> {
        partner::page(ctx, PageArgs { first, after, last, before }, search).await
    }

    /// The subscriptions that the caller sees, by subscription id. Partners see those to products that they are
    /// associated with, the vendor all, a customer its own. Needs the scope `directory:read`.
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
        subscription::page(ctx, PageArgs { first, after, last, before }, filter).await
    }
}
