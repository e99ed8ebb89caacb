//! The award of an arbitration (X5).

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{Arbitration, types::ArbitrationById};
use crate::graphql::{
    error::ApiError,
    global_id::{self, Kind},
    guard::Root,
    loader::{Reader, load_required},
    problem::{Problem, api_problems},
};

/// The arbitration, its winner and the reason.
#[derive(Debug, InputObject)]
pub struct AwardArbitrationInput {
    /// The arbitration's global id. If the caller sees no such arbitration, the request is refused with `NOT_FOUND`.
    pub arbitration_id: ID,
    /// The global id of the winning claim. A claim that does not take part in the arbitration is `NOT_FOUND`.
    pub winner_claim_id: ID,
    /// The reason, which only the vendor sees: not blank, at most 10,000 characters; otherwise `INVALID_VALUE`.
    pub rationale: String,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The arbitration, or why the award was refused.
#[derive(SimpleObject)]
pub struct AwardArbitrationPayload {
    /// The arbitration as it is now; null if the request was refused.
    pub arbitration: Option<Arbitration>,
    /// Why the request was refused: `NOT_FOUND`, `WRONG_STATUS`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation of arbitrations.
#[derive(Default)]
pub struct ArbitrationMutation;

#[Object(guard = "Root")]
impl ArbitrationMutation {
    /// Awards an open arbitration to one of its claims, whatever their statuses. The winner's line becomes `WON`, so
    /// that its claim can be approved. The other lines become `LOST`, their associations end, and a claim without any
    /// remaining line is rejected with `ARBITRATION_LOST`. For review leads. Needs the scope `reviews:write`. Problems:
    /// `NOT_FOUND`, `WRONG_STATUS`, `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    async fn award_arbitration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The arbitration, the winner and the reason.")] input: AwardArbitrationInput,
    ) -> Result<AwardArbitrationPayload, ApiError> {
        let reader = Reader::of(ctx)?;
        let id = global_id::key(Kind::Arbitration, &input.arbitration_id);
        let winner = global_id::key(Kind::Claim, &input.winner_claim_id);
        let awarded =
            reader.app.award_arbitration(&reader.caller, id, winner, input.rationale, input.idempotency_key).await?;
        let arbitration = match awarded.arbitration_id {
            Some(id) => Some(load_required(ctx, ArbitrationById(id)).await?.into()),
            None => None,
        };
        Ok(AwardArbitrationPayload { arbitration, problems: api_problems(awarded.problems) })
    }
}
