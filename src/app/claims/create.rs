//! A new draft (L1).

use domain::{
    caller::Caller,
    claim::Claim,
    eligibility::{self, Facts},
    history::{self, Event},
    kinds::{ClaimAction, HistoryAction},
    lifecycle::{self, ClaimContent, Edited, Ids},
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

use super::{ChangeResult, attempt::UnitError, request::RecordedResult};
use crate::{
    app::{
        App, AppError,
        idempotency::Key,
        transact::{End, Locks, Unit, result},
    },
    ids,
    store::{
        claims::write as claims,
        history::write::{self as log, Placed},
    },
};

impl App {
    /// Creates a draft of the caller's partner; the result has what would prevent its submission as warnings (E).
    ///
    /// # Errors
    /// `FORBIDDEN` for every caller except a partner with `claims:write`; database errors.
    pub async fn create_claim(
        &self,
        caller: &Caller,
        content: ClaimContent,
        key: Option<String>,
    ) -> Result<ChangeResult, AppError> {
        let partner_id = may_create(caller)?;
        result(self.create(caller, partner_id, &content, key.as_deref()).await)
    }

    async fn create(
        &self,
        caller: &Caller,
        partner_id: Uuid,
        content: &ClaimContent,
        key: Option<&str>,
    ) -> Result<ChangeResult, UnitError> {
        let key = Key::new(caller, key, "createClaim", content)?;
        let work = |unit| self.insert_draft(unit, caller, partner_id, content);
        let recorded = self.transact_once(key.as_ref(), Locks::Own, work).await?;
        match recorded.new {
            Some(result) => Ok(*result),
            None => self.read_again(caller, recorded).await,
        }
    }

    async fn insert_draft(
        &self,
        mut unit: Unit,
        caller: &Caller,
        partner_id: Uuid,
        content: &ClaimContent,
    ) -> Result<End<RecordedResult>, UnitError> {
        let now = self.now();
        let number = ids::claim_number();
        let edited = lifecycle::create(partner_id, content.clone(), number, now, Ids(&ids::new))?;
        let facts = self.facts(&unit, &edited.intent).await?;
        let reference_taken = claims::reference_taken(&unit, &edited.claim).await?;
        let Drafted { claim, problems, placed } = drafted(caller, edited, &facts, reference_taken, now)?;
        claims::insert(&unit, &claim, &placed.head).await?;
        log::insert(&unit, placed).await?;
        unit.after.has_events = true;
        let recorded =
            RecordedResult { claim_id: Some(claim.id), problems: problems.clone(), ..RecordedResult::default() };
        let result = ChangeResult { claim: Some(claim), problems, ..ChangeResult::default() };
        Ok(unit.commit(RecordedResult { new: Some(Box::new(result)), ..recorded }))
    }
}

/// A new draft that was judged, to be inserted.
#[derive(Debug)]
pub(in crate::app) struct Drafted {
    /// The draft.
    pub(in crate::app) claim: Claim,
    /// What would refuse its submission.
    pub(in crate::app) problems: Vec<Problem>,
    /// Its history.
    pub(in crate::app) placed: Placed,
}

/// Judges a new draft by the facts of its intent.
pub(in crate::app) fn drafted(
    caller: &Caller,
    edited: Edited,
    facts: &Facts,
    reference_taken: Option<Uuid>,
    now: Timestamp,
) -> Result<Drafted, UnitError> {
    let Edited { mut claim, intent } = edited;
    let outcome = eligibility::check(&intent, facts, now);
    let problems = lifecycle::judge_draft(&claim, &outcome, reference_taken)?;
    claim.version = 1;
    let event = Event::new(HistoryAction::Created).beginning(claim.status).changes(history::changes(None, &claim));
    let placed = log::place(log::Head::default(), claim.id, &caller.actor(), now, vec![event], &[]);
    Ok(Drafted { claim, problems, placed })
}

/// The partner whose drafts the caller may make: every role that may edit a draft may create one (A1).
///
/// # Errors
/// `FORBIDDEN` for everybody else, and without `claims:write`.
pub fn may_create(caller: &Caller) -> Result<Uuid, AppError> {
    lifecycle::may_ever(ClaimAction::Edit, caller)?;
    caller.partner_id().ok_or_else(|| AppError::Forbidden("Only partners create claims.".to_owned()))
}
