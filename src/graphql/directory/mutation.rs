//! The mutations that load the directory.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::directory;
use serde::Serialize;

use super::rows::{CustomerRow, PartnerRow, ProductRow, ReviewerRow, SubscriptionRow};
use crate::{
    app::directory::{Loader, Upserted},
    graphql::{error::ApiError, guard::Root, loader::Reader, problem::Problem},
    store::directory::Loadable,
    telemetry,
};

/// A problem with one row of the input.
#[derive(Clone, Debug, SimpleObject)]
pub struct RowProblem {
    /// The row's index in the input, starting at 0.
    pub row: i32,
    /// The problem; its `field` is relative to the row.
    pub problem: Problem,
}

/// Declares the input and the payload of an upsert.
macro_rules! upsert {
    ($mutation:literal, $rows:literal, $input:ident($row:ty), $payload:ident) => {
        #[doc = concat!("The ", $rows, " to insert or update with `", $mutation, "`.")]
        #[derive(Debug, InputObject)]
        pub struct $input {
            #[doc = concat!("The ", $rows, ", at most 1,000; more than that is `BAD_USER_INPUT`.")]
            pub rows: Vec<$row>,
            /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input
            /// returns the first result again; with another input or mutation, row 0 has the problem
            /// `IDEMPOTENCY_KEY_REUSED`.
            pub idempotency_key: Option<String>,
        }

        #[doc = concat!("How many ", $rows, " `", $mutation, "` stored, and which it refused.")]
        #[derive(Debug, SimpleObject)]
        pub struct $payload {
            /// The number of new rows.
            pub inserted: i32,
            /// The number of rows that changed what was stored.
            pub updated: i32,
            /// The number of rows that matched what was stored.
            pub unchanged: i32,
            /// The rows that were refused, with the reason; all others were stored. Codes: `INVALID_VALUE`,
            /// `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
            pub problems: Vec<RowProblem>,
        }

        impl From<Upserted> for $payload {
            fn from(done: Upserted) -> Self {
                Self {
                    inserted: count(done.inserted),
                    updated: count(done.updated),
                    unchanged: count(done.unchanged),
                    problems: problems(done.problems),
                }
            }
        }
    };
}

upsert!("upsertPartners", "partners", UpsertPartnersInput(PartnerRow), UpsertPartnersPayload);
upsert!("upsertCustomers", "customers", UpsertCustomersInput(CustomerRow), UpsertCustomersPayload);
upsert!("upsertSubscriptions", "subscriptions", UpsertSubscriptionsInput(SubscriptionRow), UpsertSubscriptionsPayload);
upsert!("upsertReviewers", "reviewers", UpsertReviewersInput(ReviewerRow), UpsertReviewersPayload);
upsert!("upsertProducts", "products", UpsertProductsInput(ProductRow), UpsertProductsPayload);

fn count(rows: usize) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

fn problems(problems: Vec<(usize, domain::problem::Problem)>) -> Vec<RowProblem> {
    problems
        .into_iter()
        .map(|(row, problem)| {
            telemetry::problem(problem.code.as_str());
            RowProblem { row: count(row), problem: problem.into() }
        })
        .collect()
}

/// Loads rows for the caller.
async fn load<R, T>(
    ctx: &Context<'_>,
    mutation: &'static str,
    rows: Vec<T>,
    key: Option<String>,
) -> Result<Upserted, ApiError>
where
    R: Loadable + Serialize + From<T>,
{
    let reader = Reader::of(ctx)?;
    let rows: Vec<R> = rows.into_iter().map(Into::into).collect();
    Ok(reader.app.upsert(Loader::Caller(&reader.caller), mutation, rows, key, false).await?)
}

/// The mutations of the directory.
#[derive(Default)]
pub struct DirectoryMutation;

#[Object(guard = "Root")]
impl DirectoryMutation {
    /// Inserts or updates partners with their locations, by partner id. Invalid rows are reported in `problems`; the
    /// others are stored, all in one transaction. For a `DIRECTORY_SYNC`. Needs the scope `directory:write`. Problems
    /// of rows: `INVALID_VALUE`, `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`. For files use `cpor import`.
    async fn upsert_partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partners as rows.")] input: UpsertPartnersInput,
    ) -> Result<UpsertPartnersPayload, ApiError> {
        Ok(load::<directory::PartnerRow, _>(ctx, "upsertPartners", input.rows, input.idempotency_key).await?.into())
    }

    /// Inserts or updates customers with their domains, by tenant id. Invalid rows are reported in `problems`; the
    /// others are stored, all in one transaction. For a `DIRECTORY_SYNC`. Needs the scope `directory:write`. Problems
    /// of rows: `INVALID_VALUE`, `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`. For files use `cpor import`.
    async fn upsert_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customers as rows.")] input: UpsertCustomersInput,
    ) -> Result<UpsertCustomersPayload, ApiError> {
        Ok(load::<directory::CustomerRow, _>(ctx, "upsertCustomers", input.rows, input.idempotency_key).await?.into())
    }

    /// Inserts or updates customers' subscriptions, by subscription id. Invalid rows are reported in `problems`; the
    /// others are stored, all in one transaction. For a `DIRECTORY_SYNC`. Needs the scope `directory:write`. Problems
    /// of rows: `INVALID_VALUE`, `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`. For files use `cpor import`.
    async fn upsert_subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The subscriptions as rows.")] input: UpsertSubscriptionsInput,
    ) -> Result<UpsertSubscriptionsPayload, ApiError> {
        Ok(load::<directory::SubscriptionRow, _>(ctx, "upsertSubscriptions", input.rows, input.idempotency_key)
            .await?
            .into())
    }

    /// Inserts or updates the vendor's reviewers, by subject. An address or language that a row omits is kept. Invalid
    /// rows are reported in `problems`; the others are stored, all in one transaction. For a `DIRECTORY_SYNC`. Needs
    /// the scope `directory:write`. Problems of rows: `INVALID_VALUE`, `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`.
    async fn upsert_reviewers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reviewers as rows.")] input: UpsertReviewersInput,
    ) -> Result<UpsertReviewersPayload, ApiError> {
        Ok(load::<directory::ReviewerRow, _>(ctx, "upsertReviewers", input.rows, input.idempotency_key).await?.into())
    }

    /// Inserts or updates products of the catalog, by SKU id. Invalid rows are reported in `problems`; the others are
    /// stored, all in one transaction. For a `DIRECTORY_SYNC`. Needs the scope `directory:write`. Problems of rows:
    /// `INVALID_VALUE`, `NOT_FOUND`, `IDEMPOTENCY_KEY_REUSED`. For files use `cpor import`.
    async fn upsert_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The products as rows.")] input: UpsertProductsInput,
    ) -> Result<UpsertProductsPayload, ApiError> {
        Ok(load::<directory::ProductRow, _>(ctx, "upsertProducts", input.rows, input.idempotency_key).await?.into())
    }
}
