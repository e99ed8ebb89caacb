//! The bulk mutations: the input taken apart, the use case called, its answer wrapped.

use async_graphql::{Context, Object};

use super::{
    inputs::{CreateClaimsInput, SubmitClaimsInput},
    payloads::{CreateClaimsPayload, SubmitClaimsPayload},
};
use crate::{
    app::bulk::{Contacts, CreateClaims, How},
    graphql::{error::ApiError, guard::Root, loader::Reader},
};

/// Many claims in one call.
#[derive(Default)]
pub struct BulkMutation;

#[Object(guard = "Root")]
impl BulkMutation {
    /// Creates up to 500 drafts, and with `UPDATE_DRAFT` changes those that exist by their `externalReference`. Each row is
    /// judged like `createClaim` and `updateClaim` judge it. With `KEEP_GOOD` the good rows are stored 100 at a time, each
    /// hundred in a transaction of its own. The operation costs one for each row, and what is asked of each claim. For every
    /// role of a partner. Needs the scope `claims:write`. Problems of rows: `DOMAIN_TENANT_MISMATCH`, `LOCATION_NOT_YOURS`,
    /// `INVALID_VALUE`, `WRONG_STATUS`. For one claim use `createClaim`.
    async fn create_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claims.")] input: CreateClaimsInput,
    ) -> Result<CreateClaimsPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let how = How { policy: input.policy.into(), dry_run: input.dry_run.unwrap_or_default() };
        let claims = CreateClaims {
            rows: input.rows.into_iter().map(Into::into).collect(),
            on_existing: input.on_existing.map_or(domain::kinds::OnExisting::Refuse, Into::into),
            contacts: Contacts::Whole,
        };
        let key = input.idempotency_key.as_deref();
        Ok(reader.app.create_claims(&reader.caller, claims, how, key).await?.into())
    }

    /// Submits up to 500 drafts in the order of the input: `EDITING` becomes `SUBMITTED`. Each row is judged like `submitClaim`
    /// judges it, after the rows before it. With `KEEP_GOOD` the good ones are submitted 50 at a time, each fifty in a
    /// transaction of its own. An arbitration opens where another partner claims the same. The operation costs one for each
    /// row, and what is asked of each claim. For the administrators of the claims' partner. Needs the scope `claims:write`.
    /// Problems of rows: every problem of eligibility and everything that is missing, `NOT_FOUND`, `VERSION_CONFLICT`,
    /// `WRONG_STATUS`, `INVALID_VALUE`. For one claim use `submitClaim`.
    async fn submit_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The drafts.")] input: SubmitClaimsInput,
    ) -> Result<SubmitClaimsPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let how = How { policy: input.policy.into(), dry_run: input.dry_run.unwrap_or_default() };
        let rows = input.claims.into_iter().map(Into::into).collect();
        let key = input.idempotency_key.as_deref();
        Ok(reader.app.submit_claims(&reader.caller, rows, how, key).await?.into())
    }
}
