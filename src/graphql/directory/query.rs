//! The root queries of the catalogue and the directory.

use async_graphql::{Context, Object, SimpleObject};
use domain::catalogue;

use super::{
    Activity, CustomerSubscriptionConnection, IncentiveProgram, PartnerConnection, ProductConnection, SolutionArea,
    SubscriptionChannel, SubscriptionFilter, partner,
    product::{self, ProductFilter},
    subscription,
};
use crate::graphql::{error::Failure, guard::Root, page::PageArgs};

/// An activity that is open in a solution area, and what follows from it.
#[derive(Clone, Debug, SimpleObject)]
pub struct ActivityOption {
    /// The solution area.
    pub solution_area: SolutionArea,
    /// The activity.
    pub activity: Activity,
    /// What the partner does, in one sentence.
    pub description: String,
    /// The incentive programme that the location must be enrolled in; null where none pays for it.
    pub program: Option<IncentiveProgram>,
    /// The channels through which the customer must have bought.
    pub channels: Vec<SubscriptionChannel>,
    /// Whether an incentive is paid.
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

/// The catalogue and the directory at the root.
#[derive(Default)]
pub struct DirectoryQuery;

#[Object(guard = "Root")]
impl DirectoryQuery {
    /// What a partner may claim for, area by area. Needs the scope `directory:read`.
    async fn activity_options(
        &self,
        #[graphql(desc = "Only of this solution area; all without it.")] solution_area: Option<SolutionArea>,
    ) -> Vec<ActivityOption> {
        catalogue::options(solution_area.map(Into::into)).into_iter().map(Into::into).collect()
    }

    /// The catalogue, by name. Everybody sees all of it. Needs the scope `directory:read`.
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only products after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only products before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which products; all without it.")] filter: Option<ProductFilter>,
    ) -> Result<ProductConnection, Failure> {
        product::page(ctx, PageArgs { first, after, last, before }, filter).await
    }

    /// The partners that the caller sees, by name: a partner itself, the vendor all, a customer those with a claim that
    /// it sees. Needs the scope `directory:read`.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 1 to 100; 20 without `first` and `last`. Not with `last`.")]
        first: Option<i32>,
        #[graphql(desc = "Only partners after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 1 to 100. Not with `first`.")] last: Option<i32>,
        #[graphql(desc = "Only partners before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only those that have all these words in their name; case does not matter.")] search: Option<
            String,
        >,
    ) -> Result<PartnerConnection, Failure> {
        partner::page(ctx, PageArgs { first, after, last, before }, search).await
    }

    /// The subscriptions that the caller sees, by subscription id: a partner those to products that it is associated
    /// with, the vendor all, a customer its own. Needs the scope `directory:read`.
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
        subscription::page(ctx, PageArgs { first, after, last, before }, filter).await
    }
}
