//! The award of an arbitration (X5).

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{Arbitration, types::ArbitrationById};
use crate::graphql::{
    error::Failure,
    global_id::{self, Kind},
    guard::Root,
    loader::{Reader, load_required},
    problem::{Problem, told},
};

/// What `awardArbitration` takes.
#[derive(Debug, InputObject)]
pub struct AwardArbitrationInput {
    /// The arbitration's global id; one that names none is `NOT_FOUND`.
    pub arbitration_id: ID,
    /// The global id of the claim that wins; one that takes no part in the arbitration is `NOT_FOUND`.
    pub winner_claim_id: ID,
    /// Why, for the vendor's side: not blank, at most 10,000 characters; else `INVALID_VALUE`.
    pub rationale: String,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer
    /// again, with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `awardArbitration` answers.
#[derive(SimpleObject)]
pub struct AwardArbitrationPayload {
    /// The arbitration as it is now; null when refused.
    pub arbitration: Option<Arbitration>,
    /// Why it was refused: `NOT_FOUND`, `WRONG_STATUS`, `INVALID_VALUE` or `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutation of arbitrations.
#[derive(Default)]
pub struct ArbitrationMutation;

#[Object(guard = "Root")]
impl ArbitrationMutation {
    /// Gives the subject of an open arbitration to one of its claims, in whatever status they are. The winner's line is
    /// `WON`, and its claim can be approved; the others' lines are `LOST`, associations for them end, and a claim that
    /// lost its last line is rejected with `ARBITRATION_LOST`. For review leads. Needs the scope `reviews:write`.
    async fn award_arbitration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The arbitration, the winner and the reason.")] input: AwardArbitrationInput,
    ) -> Result<AwardArbitrationPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let id = global_id::key(Kind::Arbitration, &input.arbitration_id);
        let winner = global_id::key(Kind::Claim, &input.winner_claim_id);
        let awarded =
            reader.app.award_arbitration(&reader.caller, id, winner, input.rationale, input.idempotency_key).await?;
        let arbitration = match awarded.arbitration_id {
            Some(id) => Some(load_required(ctx, ArbitrationById(id)).await?.into()),
            None => None,
        };
        Ok(AwardArbitrationPayload { arbitration, problems: told(awarded.problems) })
    }
}
