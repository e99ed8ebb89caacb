//! Loading the directory.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::directory;
use serde::Serialize;

use super::rows::{CustomerRow, PartnerRow, ProductRow, ReviewerRow, SubscriptionRow};
use crate::{
    app::directory::{Loader, Upserted},
    graphql::{error::Failure, guard::Root, loader::Reader, problem::Problem},
    store::write::directory::Loadable,
    telemetry,
};

/// Why a row was refused.
#[derive(Clone, Debug, SimpleObject)]
pub struct RowProblem {
    /// The row's place in the input, counted from 0.
    pub row: i32,
    /// What is wrong with it; `field` is within the row.
    pub problem: Problem,
}

/// Declares what an upsert takes and answers.
macro_rules! upsert {
    ($mutation:literal, $rows:literal, $input:ident($row:ty), $payload:ident) => {
        #[doc = concat!("What `", $mutation, "` takes.")]
        #[derive(Debug, InputObject)]
        pub struct $input {
            #[doc = concat!("The ", $rows, ", at most 1,000; more is `BAD_USER_INPUT`.")]
            pub rows: Vec<$row>,
            /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first
            /// answer again, with another input or mutation `IDEMPOTENCY_KEY_REUSED` (as the problem of row 0).
            pub idempotency_key: Option<String>,
        }

        #[doc = concat!("What `", $mutation, "` answers.")]
        #[derive(Debug, SimpleObject)]
        pub struct $payload {
            /// How many rows were new.
            pub inserted: i32,
            /// How many rows changed something.
            pub updated: i32,
            /// How many rows said what was there already.
            pub unchanged: i32,
            /// The rows that were refused, and why; the others were loaded. Codes: `INVALID_VALUE`, `NOT_FOUND`,
            /// `IDEMPOTENCY_KEY_REUSED`.
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
) -> Result<Upserted, Failure>
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
    /// Loads partners with their locations, by partner id: new ones are inserted, others updated. Rows that are wrong
    /// are reported, the others loaded, all in one transaction. Needs the scope `directory:write` and the role
    /// `DIRECTORY_SYNC`.
    async fn upsert_partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The partners.")] input: UpsertPartnersInput,
    ) -> Result<UpsertPartnersPayload, Failure> {
        Ok(load::<directory::PartnerRow, _>(ctx, "upsertPartners", input.rows, input.idempotency_key).await?.into())
    }

    /// Loads customers with their domains, by tenant id: new ones are inserted, others updated. Rows that are wrong are
    /// reported, the others loaded, all in one transaction. Needs the scope `directory:write` and the role
    /// `DIRECTORY_SYNC`.
    async fn upsert_customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customers.")] input: UpsertCustomersInput,
    ) -> Result<UpsertCustomersPayload, Failure> {
        Ok(load::<directory::CustomerRow, _>(ctx, "upsertCustomers", input.rows, input.idempotency_key).await?.into())
    }

    /// Loads customers' subscriptions, by subscription id: new ones are inserted, others updated. Rows that are wrong
    /// are reported, the others loaded, all in one transaction. Needs the scope `directory:write` and the role
    /// `DIRECTORY_SYNC`.
    async fn upsert_subscriptions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The subscriptions.")] input: UpsertSubscriptionsInput,
    ) -> Result<UpsertSubscriptionsPayload, Failure> {
        Ok(load::<directory::SubscriptionRow, _>(ctx, "upsertSubscriptions", input.rows, input.idempotency_key)
            .await?
            .into())
    }

    /// Loads the vendor's reviewers, by subject: new ones are inserted, others updated. An address or language that a row
    /// leaves out stays as it is. Rows that are wrong are reported, the others loaded, all in one transaction. Needs the
    /// scope `directory:write` and the role `DIRECTORY_SYNC`.
    async fn upsert_reviewers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reviewers.")] input: UpsertReviewersInput,
    ) -> Result<UpsertReviewersPayload, Failure> {
        Ok(load::<directory::ReviewerRow, _>(ctx, "upsertReviewers", input.rows, input.idempotency_key).await?.into())
    }

    /// Loads products into the catalogue, by SKU id: new ones are inserted, others updated. Rows that are wrong are
    /// reported, the others loaded, all in one transaction. Needs the scope `directory:write` and the role
    /// `DIRECTORY_SYNC`.
    async fn upsert_products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The products.")] input: UpsertProductsInput,
    ) -> Result<UpsertProductsPayload, Failure> {
        Ok(load::<directory::ProductRow, _>(ctx, "upsertProducts", input.rows, input.idempotency_key).await?.into())
    }
}
