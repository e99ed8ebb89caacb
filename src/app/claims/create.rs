//! A new draft (L1).

use domain::{
    caller::Caller,
    claim::Claim,
    eligibility::{self, Facts},
    history::{self, Event},
    kinds::{ClaimAction, HistoryAction},
    lifecycle::{self, Edit, Edited, NewClaim, NewLine},
    patch::Patch,
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

use super::{Answer, CreateClaim, LineInput, ask::Done, attempt::Failure};
use crate::{
    app::{
        App, AppError,
        idempotency::Key,
        transact::{End, Locks, Unit, result},
    },
    ids,
    store::write::{
        claims,
        history::{self as log, Placed},
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
        input: CreateClaim,
        key: Option<String>,
    ) -> Result<Answer, AppError> {
        let partner_id = may_create(caller)?;
        result(self.create(caller, partner_id, &input, key.as_deref()).await)
    }

    async fn create(
        &self,
        caller: &Caller,
        partner_id: Uuid,
        input: &CreateClaim,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let key = Key::new(caller, key, "createClaim", input)?;
        let work = |unit| self.insert_draft(unit, caller, partner_id, input);
        let done = self.transact_once(key.as_ref(), Locks::Own, work).await?;
        self.answer(caller, done).await
    }

    async fn insert_draft(
        &self,
        mut unit: Unit,
        caller: &Caller,
        partner_id: Uuid,
        input: &CreateClaim,
    ) -> Result<End<Done>, Failure> {
        let now = self.now();
        let new = NewClaim {
            id: ids::new(),
            number: ids::claim_number(),
            partner_id,
            tenant_id: input.tenant_id,
            solution_area: input.solution_area,
            content: content(input.clone()),
        };
        let edited = lifecycle::create(new, now)?;
        let facts = self.facts(&unit, &edited.intent).await?;
        let reference_taken = claims::reference_taken(&unit, &edited.claim).await?;
        let Drafted { claim, problems, placed } = drafted(caller, edited, &facts, reference_taken, now)?;
        claims::insert(&unit, &claim, &placed.head).await?;
        log::insert(&unit, placed).await?;
        unit.after.has_events = true;
        Ok(unit.commit(Done::now(Answer { claim: Some(claim), problems, ..Answer::default() })))
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
) -> Result<Drafted, Failure> {
    let Edited { mut claim, intent } = edited;
    let outcome = eligibility::check(&intent, facts, now);
    let problems = lifecycle::judge_draft(&claim, &outcome, reference_taken)?;
    claim.version = 1;
    let event = Event::new(HistoryAction::Created).beginning(claim.status).changes(history::changes(None, &claim));
    let placed = log::place(log::Head::default(), claim.id, &caller.actor(), now, vec![event], &[])?;
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

fn content(input: CreateClaim) -> Edit {
    Edit {
        name: Patch::Set(input.name),
        external_reference: optional(input.external_reference),
        mpn_id: Patch::Set(input.mpn_id),
        add_lines: new_lines(input.lines),
        remove_lines: Vec::new(),
        customer_contact: optional(input.customer_contact),
        technical_contact: optional(input.technical_contact),
        partner_contact: optional(input.partner_contact),
        tenant_id: Patch::Keep,
        domain: Patch::Set(input.domain),
        solution_area: Patch::Keep,
        activities: Patch::Set(input.activities),
        solution_seller: optional(input.solution_seller),
        partner_solution: optional(input.partner_solution),
    }
}

fn optional<T>(value: Option<T>) -> Patch<T> {
    value.map_or(Patch::Keep, Patch::Set)
}

/// The lines with the ids that they will get.
pub(in crate::app) fn new_lines(lines: Vec<LineInput>) -> Vec<NewLine> {
    lines.into_iter().map(|line| NewLine { id: ids::new(), sku_id: line.sku_id, typed: line.typed }).collect()
}
