//! A new draft (L1).

use domain::{
    caller::Caller,
    eligibility,
    history::{self, Event},
    kinds::{ClaimAction, HistoryAction},
    lifecycle::{self, Edit, Edited, NewClaim, NewLine},
    patch::Patch,
};

use super::{
    Answer, CreateClaim, LineInput,
    ask::Done,
    attempt::{Failure, repeatedly},
};
use crate::{
    app::{App, AppError, idempotency::Key},
    ids,
    store::write::{claims, history as log},
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
        // Every role that may edit a draft may create one (A1).
        lifecycle::may_ever(ClaimAction::Edit, caller)?;
        let key = match Key::new(caller, key.as_deref(), "createClaim", &input) {
            Ok(key) => key,
            Err(problem) => return Ok(Answer::refused(vec![problem])),
        };
        repeatedly(|| self.try_to_create(caller, &input, key.as_ref())).await
    }

    async fn try_to_create(&self, caller: &Caller, input: &CreateClaim, key: Option<&Key>) -> Result<Answer, Failure> {
        let partner_id =
            caller.partner_id().ok_or_else(|| AppError::Forbidden("Only partners create claims.".to_owned()))?;
        let transaction = self.db().begin().await?;
        if let Some(key) = key
            && let Some(done) = key.earlier::<Done>(&transaction).await??
        {
            return self.again(caller, done).await;
        }
        let now = self.now();
        let new = NewClaim {
            id: ids::new(),
            number: ids::claim_number(),
            partner_id,
            tenant_id: input.tenant_id,
            solution_area: input.solution_area,
            content: content(input.clone()),
        };
        let Edited { mut claim, intent } = lifecycle::create(new, now)?;
        let facts = self.facts(&transaction, &intent).await?;
        let outcome = eligibility::check(&intent, &facts, now);
        let reference_taken = claims::reference_taken(&transaction, &claim).await?;
        let problems = lifecycle::judge_draft(&claim, &outcome, reference_taken)?;
        claim.version = 1;
        let event = Event::new(HistoryAction::Created).changes(history::changes(None, &claim));
        let head = log::place(log::Head::default(), claim.id, &caller.actor(), now, vec![event], &[])?;
        claims::insert(&transaction, &claim, &head.head).await?;
        log::insert(&transaction, head).await?;
        let done = Done { claim_id: Some(claim.id), problems: problems.clone(), ..Done::default() };
        if let Some(key) = key {
            key.remember(&transaction, &done, now).await?;
        }
        transaction.commit().await?;
        self.tail().committed();
        Ok(Answer { claim: Some(claim), problems, ..Answer::default() })
    }
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
pub(super) fn new_lines(lines: Vec<LineInput>) -> Vec<NewLine> {
    lines.into_iter().map(|line| NewLine { id: ids::new(), sku_id: line.sku_id, typed: line.typed }).collect()
}
