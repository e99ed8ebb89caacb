//! What bulk mutations answer.

use async_graphql::{ComplexObject, Context, SimpleObject};
use domain::kinds;
use uuid::Uuid;

use super::enums::BulkOutcome;
use crate::{
    app::bulk::{BulkCallResult, BulkRowResult},
    graphql::{
        claim::{self, Claim},
        eager::Eager,
        error::ApiError,
        problem::{Problem, api_problems},
    },
};

/// What became of one row of a bulk mutation.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct BulkResult {
    /// The row's place in the input, counted from 0. Results are in the order of the input.
    pub index: i32,
    /// What became of the row.
    pub outcome: BulkOutcome,
    /// Why the row was refused; beside a draft, what would refuse its submission. `field` is the path from the top of the
    /// input, such as `["rows", "3", "domain"]`.
    pub problems: Vec<Problem>,
    #[graphql(skip)]
    claim_id: Option<Uuid>,
}

#[ComplexObject]
impl BulkResult {
    /// The claim as it is now, also one that was skipped. Null where the row was refused or not done, and where a dry run would
    /// create or change it.
    async fn claim(&self, ctx: &Context<'_>) -> Result<Option<Eager<Claim>>, ApiError> {
        let Some(id) = self.claim_id else { return Ok(None) };
        Ok(claim::visible_or_none(ctx, id).await?.map(Eager))
    }
}

fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn results(rows: Vec<BulkRowResult>) -> Vec<BulkResult> {
    let result = |(index, row): (usize, BulkRowResult)| BulkResult {
        index: number(index),
        outcome: row.outcome.into(),
        problems: api_problems(row.problems),
        claim_id: row.claim_id,
    };
    rows.into_iter().enumerate().map(result).collect()
}

/// What `createClaims` answers.
#[derive(SimpleObject)]
pub struct CreateClaimsPayload {
    /// What became of each row, in the order of the input.
    pub results: Vec<BulkResult>,
    /// How many drafts were created; in a dry run, how many would be.
    pub created: i32,
    /// How many drafts were changed; in a dry run, how many would be.
    pub updated: i32,
    /// How many rows name a claim that exists and was left as it is.
    pub skipped: i32,
    /// How many rows were refused.
    pub refused: i32,
    /// Why nothing was stored at all: `IDEMPOTENCY_KEY_REUSED`, `INVALID_VALUE` for the key, or `INVALID_VALUE` for `rows` where
    /// rows of an `ALL_OR_NOTHING` call were refused.
    pub problems: Vec<Problem>,
}

impl From<BulkCallResult> for CreateClaimsPayload {
    fn from(result: BulkCallResult) -> Self {
        let count = |outcome| number(result.count(outcome));
        Self {
            created: count(kinds::BulkOutcome::Created),
            updated: count(kinds::BulkOutcome::Updated),
            skipped: count(kinds::BulkOutcome::Skipped),
            refused: count(kinds::BulkOutcome::Refused),
            results: results(result.rows),
            problems: api_problems(result.problems),
        }
    }
}

/// What `submitClaims` answers.
#[derive(SimpleObject)]
pub struct SubmitClaimsPayload {
    /// What became of each row, in the order of the input.
    pub results: Vec<BulkResult>,
    /// How many drafts were submitted; in a dry run, how many would be.
    pub submitted: i32,
    /// How many rows were refused.
    pub refused: i32,
    /// Why nothing was stored at all: `IDEMPOTENCY_KEY_REUSED`, `INVALID_VALUE` for the key, or `INVALID_VALUE` for `claims`
    /// where rows of an `ALL_OR_NOTHING` call were refused.
    pub problems: Vec<Problem>,
}

impl From<BulkCallResult> for SubmitClaimsPayload {
    fn from(result: BulkCallResult) -> Self {
        Self {
            submitted: number(result.count(kinds::BulkOutcome::Submitted)),
            refused: number(result.count(kinds::BulkOutcome::Refused)),
            results: results(result.rows),
            problems: api_problems(result.problems),
        }
    }
}
