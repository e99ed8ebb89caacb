//! The mutation of the customer, with what it takes and returns.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use domain::lifecycle::Command;

use super::{change, change_input, payload};
use crate::{
    app::claims::ChangeResult,
    graphql::{
        claim::Claim,
        error::ApiError,
        guard::Root,
        problem::{Problem, api_problems},
    },
};

/// The customer's mutation.
#[derive(Default)]
pub struct CustomerMutation;

#[Object(guard = "Root")]
impl CustomerMutation {
    /// Declines an approved claim while `Claim.consent` is `PENDING`: `APPROVED` becomes `REJECTED` with
    /// `CUSTOMER_DECLINED`, which cannot be disputed, and the associations end. For a `CUSTOMER_ADMIN` of the claim's
    /// customer. Needs the scope `claims:write`. Problems: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`,
    /// `CONSENT_WINDOW_CLOSED`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. The link in the customer's notice does the
    /// same without a token.
    async fn decline_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the reason.")] input: DeclineConsentInput,
    ) -> Result<DeclineConsentPayload, ApiError> {
        let decline = Command::DeclineConsent { reason: input.reason, by_link: false };
        Ok(change(ctx, &input.claim_id, Some(input.expected_version), decline, input.idempotency_key).await?.into())
    }
}

change_input! {
    /// The approved claim, with an optional reason for declining it.
    DeclineConsentInput {
        /// The reason, at most 10,000 characters. Partner and vendor see it.
        reason: Option<String>,
    }
}

payload!(
    DeclineConsentPayload,
    "The declined claim",
    "Why the request was refused: `NOT_FOUND`, `VERSION_CONFLICT`, `WRONG_STATUS`, `CONSENT_WINDOW_CLOSED`, `INVALID_VALUE` or \
     `IDEMPOTENCY_KEY_REUSED`."
);
