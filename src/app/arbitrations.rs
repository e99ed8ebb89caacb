//! The award of an arbitration (X5).

use domain::{
    arbitration,
    caller::Caller,
    kinds::{ArbitrationStatus, ClaimAction},
    lifecycle,
    problem::{Problem, ProblemCode},
    text,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App, AppError,
    claims::{
        attempt::{Failure, tried},
        carry,
    },
    idempotency::Key,
};
use crate::{
    ids,
    store::write::{arbitrations, locks},
};

/// What an award answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Awarded {
    /// The arbitration; nothing when refused.
    pub arbitration_id: Option<Uuid>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl App {
    /// Awards the subject of an arbitration to one of its claims. The ids are nothing where the given ones name no
    /// arbitration and no claim at all.
    ///
    /// # Errors
    /// `FORBIDDEN` for every caller except a review lead with `reviews:write`; database errors.
    pub async fn award_arbitration(
        &self,
        caller: &Caller,
        arbitration_id: Option<Uuid>,
        winner_claim_id: Option<Uuid>,
        rationale: String,
        key: Option<String>,
    ) -> Result<Awarded, AppError> {
        lifecycle::may_ever(ClaimAction::AwardArbitration, caller)?;
        let input = (arbitration_id, winner_claim_id, &rationale);
        let key = match Key::new(caller, key.as_deref(), "awardArbitration", &input) {
            Ok(key) => key,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        let ask = Ask { caller, arbitration_id, winner_claim_id, rationale: &rationale, key: key.as_ref() };
        Ok(tried(|| self.try_to_award(&ask)).await?.unwrap_or_else(refused))
    }

    async fn try_to_award(&self, ask: &Ask<'_>) -> Result<Awarded, Failure> {
        let transaction = self.db().begin().await?;
        let found = match ask.arbitration_id {
            Some(id) => arbitrations::find(&transaction, id).await?,
            None => None,
        };
        if let Some(found) = &found {
            locks::customer(&transaction, found.tenant_id).await?;
        }
        if let Some(key) = ask.key
            && let Some(done) = key.earlier::<Awarded>(&transaction).await??
        {
            return Ok(done);
        }
        let found = found.ok_or_else(|| Problem::not_found("arbitration", "arbitrationId"))?;
        let rationale = text::required("rationale", ask.rationale, text::LONG_MAX)?;
        let subject = arbitrations::subject_of(&found);
        let around = arbitrations::around_arbitration(&transaction, subject).await?;
        // Looked up again under the lock: it may have been settled while the lock was waited for.
        let open = around.contest.open.iter().find(|open| open.id == found.id).ok_or_else(not_open)?;
        let winner =
            ask.winner_claim_id.ok_or_else(|| Problem::not_found("claim of this arbitration", "winnerClaimId"))?;
        let now = self.now();
        let aftermath = arbitration::award(&around.contest, open, winner, rationale, self.policy(), now, &mut ids::new)
            .ok_or_else(|| Problem::not_found("claim of this arbitration", "winnerClaimId"))?;
        let plan = carry::plan(&ask.caller.actor(), now, aftermath, around, None, self.state_of_new_notices())?;
        Box::pin(plan.store(&transaction)).await?;
        let done = Awarded { arbitration_id: Some(found.id), problems: Vec::new() };
        if let Some(key) = ask.key {
            key.remember(&transaction, &done, now).await?;
        }
        transaction.commit().await?;
        self.tail().wake();
        self.outbox().wake();
        Ok(done)
    }
}

struct Ask<'a> {
    caller: &'a Caller,
    arbitration_id: Option<Uuid>,
    winner_claim_id: Option<Uuid>,
    rationale: &'a str,
    key: Option<&'a Key>,
}

fn refused(problems: Vec<Problem>) -> Awarded {
    Awarded { arbitration_id: None, problems }
}

fn not_open() -> Problem {
    Problem::new(ProblemCode::WrongStatus, format!("The arbitration is no longer {}.", ArbitrationStatus::Open))
        .remedy("Read the arbitration again; it was awarded, or ended without an award.")
}
