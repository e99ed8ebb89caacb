//! The award of an arbitration (X5).

use domain::{
    arbitration,
    caller::Caller,
    kinds::{ArbitrationStatus, ClaimAction},
    lifecycle::{self, Rule},
    problem::{Problem, ProblemCode},
    text,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    App, AppError,
    claims::{attempt::UnitError, carry},
    idempotency::Key,
    transact::{End, Locks, MutationResult, Unit, result},
};
use crate::{
    ids,
    store::arbitrations::write::{self as arbitrations, Fixed},
};

/// What an award answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Awarded {
    /// The arbitration; nothing when refused.
    pub arbitration_id: Option<Uuid>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl MutationResult for Awarded {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { arbitration_id: None, problems }
    }
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
        let rule = lifecycle::may_ever(ClaimAction::AwardArbitration, caller)?;
        let award = Award { rule, arbitration_id, winner_claim_id, rationale };
        result(self.award(caller, &award, key.as_deref()).await)
    }

    async fn award(&self, caller: &Caller, award: &Award, key: Option<&str>) -> Result<Awarded, UnitError> {
        let key = Key::new(caller, key, "awardArbitration", award)?;
        let found = match award.arbitration_id {
            Some(id) => arbitrations::find(self.db(), id).await?,
            None => None,
        };
        let locks = found.as_ref().map_or(Locks::Own, |found| Locks::Customer(found.tenant_id));
        let found = found.as_ref();
        self.transact_once(key.as_ref(), locks, |unit| self.store_award(unit, caller, found, award)).await
    }

    async fn store_award(
        &self,
        mut unit: Unit,
        caller: &Caller,
        found: Option<&Fixed>,
        award: &Award,
    ) -> Result<End<Awarded>, UnitError> {
        let found = found.ok_or_else(|| Problem::not_found("arbitration", "arbitrationId"))?;
        let rationale = text::required("rationale", &award.rationale, text::LONG_MAX)?;
        let around = arbitrations::around_arbitration(&unit, found.subject.clone()).await?;
        // Looked up again under the lock: it may have been settled while the lock was waited for.
        let open = around.contest.open.iter().find(|open| open.id == found.id).ok_or_else(not_open)?;
        let no_winner = || Problem::not_found("claim of this arbitration", "winnerClaimId");
        let winner = award.winner_claim_id.filter(|id| open.parties.contains(id));
        let winner = winner.and_then(|id| around.contest.claims.get(&id)).ok_or_else(no_winner)?;
        let now = self.now();
        let winner = lifecycle::open(award.rule, winner, caller, now)?;
        let aftermath = arbitration::award(&around.contest, open, winner, rationale, self.policy(), now, &mut ids::new)
            .ok_or_else(no_winner)?;
        let plan = carry::plan(&caller.actor(), now, aftermath, around, self.state_of_new_notices())?;
        Box::pin(plan.store(&mut unit)).await?;
        Ok(unit.commit(Awarded { arbitration_id: Some(found.id), problems: Vec::new() }))
    }
}

/// An award, as it was asked for.
#[derive(Debug, Serialize)]
struct Award {
    #[serde(skip)]
    rule: &'static Rule,
    arbitration_id: Option<Uuid>,
    winner_claim_id: Option<Uuid>,
    rationale: String,
}

fn not_open() -> Problem {
    Problem::new(ProblemCode::WrongStatus, format!("The arbitration is no longer {}.", ArbitrationStatus::Open))
        .remedy("Read the arbitration again; it was awarded, or ended without an award.")
}
