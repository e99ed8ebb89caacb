//! A change of one claim: read, decide, store (H1).
//!
//! A change that depends only on its claim is read and decided without a lock, and stored by a statement that takes the
//! locks and stores nothing if the claim has changed. Every other change, and one that found its claim changed, runs in
//! one transaction: lock, read, decide, store.

use std::collections::HashSet;

use domain::{
    caller::Caller,
    claim::Claim,
    eligibility::{Facts, Intent},
    lifecycle::{self, Circumstances, Command, Decision, Edit, OldDocument},
    problem::Problem,
};
use uuid::Uuid;

use super::{Answer, Change, EditInput, ask::Ask, attempt::Failure, create::new_lines, upload::Stored};
use crate::{
    app::{
        App, AppError,
        idempotency::Key,
        transact::{End, Locks, Unit, result},
    },
    ids,
    store::{
        Reads, StoreError, Transaction,
        write::{
            arbitrations::{self, Surroundings},
            claims::{self, Parts, Snapshot},
            documents,
            idempotency::{self, Remembered},
            locks::{self, Held, Lock},
        },
    },
};

/// The result of judging a change.
enum Judged {
    /// It was done before under the same idempotency key.
    DoneBefore(Box<Answer>),
    /// It can be done: what follows from it, and the claim as it was read.
    Open(Box<Decision>, Box<Snapshot>),
}

/// The claim, if it is visible to the caller, and the result recorded under the idempotency key.
type Found = (Option<Snapshot>, Option<Remembered>);

/// Reads the claim and the result recorded under the key.
async fn find(on: &impl Reads, ask: &Ask<'_>) -> Result<Found, StoreError> {
    let key = ask.key.map(Key::named);
    match (ask.claim_id, key) {
        (Some(id), key) => {
            let parts = if ask.change.is_of_its_claim() { Parts::WithoutLines } else { Parts::Whole };
            claims::find(on, ask.caller, id, parts, key).await
        }
        (None, Some((subject, key))) => Ok((None, idempotency::find(on, subject, key).await?)),
        (None, None) => Ok((None, None)),
    }
}

/// The same under the locks: after waiting for them, it sees what was done meanwhile, also under the same key.
async fn lock_and_find(transaction: &Transaction, ask: &Ask<'_>) -> Result<Found, StoreError> {
    let lock = if ask.change.is_wide() { Lock::Exclusive } else { Lock::Shared };
    let held = match ask.claim_id {
        Some(id) => locks::customer_of(transaction, ask.caller, id, lock).await?,
        None => Held::Nothing,
    };
    let (read, done) = find(transaction, ask).await?;
    match (held, &read) {
        // The claim has become visible since, and is not locked; or a draft was moved to another customer while this
        // waited for the lock on the previous one.
        (Held::Nothing, Some(_)) => Err(StoreError::Retry),
        (Held::Customer(id), Some(read)) if read.claim.tenant_id != id => Err(StoreError::Retry),
        _ => Ok((read, done)),
    }
}

impl App {
    /// Changes one claim. `claim_id` is `None` if the given id names no claim at all; `expected_version` is `None` if
    /// the mutation asks for none.
    ///
    /// # Errors
    /// `FORBIDDEN` when none of the caller's roles may ever do it, or the scope is missing; database errors.
    pub async fn change_claim(
        &self,
        caller: &Caller,
        claim_id: Option<Uuid>,
        expected_version: Option<i32>,
        change: Change,
        key: Option<String>,
    ) -> Result<Answer, AppError> {
        lifecycle::may_ever(change.action(), caller)?;
        let changed = self.change(caller, claim_id, expected_version, &change, key.as_deref()).await;
        Ok(result(changed)?.about(claim_id))
    }

    async fn change(
        &self,
        caller: &Caller,
        claim_id: Option<Uuid>,
        expected_version: Option<i32>,
        change: &Change,
        key: Option<&str>,
    ) -> Result<Answer, Failure> {
        let stored = Stored::of(change);
        let input = (claim_id, expected_version, change.input(stored.as_ref()));
        let key = Key::new(caller, key, change.action().as_str(), &input)?;
        let ask = Ask { caller, claim_id, expected_version, change, stored: stored.as_ref(), key: key.as_ref() };
        match &stored {
            Some(stored) => Box::pin(self.upload(&ask, stored)).await,
            None => self.make(&ask).await,
        }
    }

    /// Makes the change.
    pub(super) async fn make(&self, ask: &Ask<'_>) -> Result<Answer, Failure> {
        if ask.change.is_of_its_claim() {
            match Box::pin(self.try_at_once(ask)).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) | Err(Failure::Store(StoreError::Retry)) => {}
                Err(failure) => return Err(failure),
            }
        }
        self.transact(Locks::Own, |unit| self.make_under_locks(unit, ask)).await
    }

    /// Makes a change that is of its claim only; `None` if another one came in between.
    async fn try_at_once(&self, ask: &Ask<'_>) -> Result<Option<Answer>, Failure> {
        let found = find(self.db(), ask).await?;
        let (decision, read) = match self.judge(self.db(), ask, found).await? {
            Judged::DoneBefore(answer) => return Ok(Some(*answer)),
            Judged::Open(decision, read) => (*decision, *read),
        };
        let decided = self.decided(ask, decision, read, Surroundings::default())?;
        match decided.plan.store_at_once(self.db()).await {
            Ok(()) => {
                self.committed(decided.plan.after_commit()).await;
                Ok(Some(decided.into_answer()))
            }
            Err(StoreError::Retry | StoreError::Unique(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the change in one transaction.
    async fn make_under_locks(&self, mut unit: Unit, ask: &Ask<'_>) -> Result<End<Answer>, Failure> {
        let found = lock_and_find(&unit, ask).await?;
        let (decision, read) = match Box::pin(self.judge(&unit, ask, found)).await? {
            Judged::DoneBefore(answer) => return Ok(unit.roll_back(*answer)),
            Judged::Open(decision, read) => (*decision, *read),
        };
        let around = if ask.change.is_wide() {
            Box::pin(arbitrations::around(&unit, &read.claim, &decision.claim)).await?
        } else {
            Surroundings::default()
        };
        let decided = self.decided(ask, decision, read, around)?;
        Box::pin(decided.plan.store(&mut unit)).await?;
        Ok(unit.commit(decided.into_answer()))
    }

    /// Checks whether the change could be made, without making it; returns the recorded result if it was made before.
    pub(super) async fn try_without_storing(&self, ask: &Ask<'_>) -> Result<Option<Answer>, Failure> {
        let found = find(self.db(), ask).await?;
        Ok(match Box::pin(self.judge(self.db(), ask, found)).await? {
            Judged::DoneBefore(answer) => Some(*answer),
            Judged::Open(..) => None,
        })
    }

    /// Decides on what was found.
    async fn judge(&self, on: &impl Reads, ask: &Ask<'_>, (read, done): Found) -> Result<Judged, Failure> {
        if let (Some(key), Some(done)) = (ask.key, done) {
            let done = key.answer(&done)??;
            return Ok(Judged::DoneBefore(Box::new(self.again(ask.caller, done).await?)));
        }
        let read = read.ok_or_else(|| Problem::not_found("claim", "claimId"))?;
        let claim = &read.claim;
        if let Some(expected) = ask.expected_version {
            at_version(claim, expected)?;
        }
        // The status is checked before the values: an edit in a closed status gets the status problem, not one about a
        // field.
        let rule = lifecycle::may_ever(ask.change.action(), ask.caller).map_err(AppError::from)?;
        lifecycle::guard(rule, claim, ask.caller, self.now())?;
        let command = Box::pin(self.command(on, claim, ask)).await?;
        let given = Box::pin(self.circumstances(on, claim, &command)).await?;
        let mut decision = lifecycle::decide(claim, command, ask.caller, &given)?;
        if matches!(ask.change, Change::DeclineConsent { by_link: true, .. }) {
            lifecycle::say_by_link(&mut decision);
        }
        let notices = std::mem::take(&mut decision.effects.notices);
        decision.effects.notices = self.with_reviewers(on, notices).await?;
        Ok(Judged::Open(Box::new(decision), Box::new(read)))
    }

    /// The change as a command, its ids given and its references looked up.
    async fn command(&self, on: &impl Reads, claim: &Claim, ask: &Ask<'_>) -> Result<Command, Failure> {
        let comment_id = ids::new();
        Ok(match ask.change.clone() {
            Change::Edit(input) => Command::Edit(Box::new(lifecycle::prepare_edit(claim, edit(*input))?)),
            Change::AttachProof { .. } => {
                let document = ask.stored.map(Stored::document);
                Command::AttachProof(
                    document.ok_or_else(|| AppError::Internal("an upload that was not looked at".to_owned()))?,
                )
            }
            Change::RemoveProof { document_id } => {
                Command::RemoveProof { document: removable(on, claim, document_id).await? }
            }
            Change::DeleteDraft => Command::DeleteDraft,
            Change::Submit => Command::Submit,
            Change::StartReview => Command::StartReview,
            Change::Assign { subject } => {
                let (to, absent) = self.assignee(on, ask.caller, subject).await?;
                Command::Assign { to, absent }
            }
            Change::Reassign { from, to } => Command::Reassign { from, to: self.assignee(on, ask.caller, to).await?.0 },
            Change::RequestPartnerAction { reasons, message } => {
                Command::RequestPartnerAction { reasons, message, comment_id }
            }
            Change::Respond { message } => Command::Respond { message, comment_id },
            Change::Approve { note } => Command::Approve { note },
            Change::Reject { reason, detail } => Command::Reject { reason, detail },
            Change::Withdraw { detail } => Command::Withdraw { detail },
            Change::Dispute { justification } => Command::Dispute { justification },
            Change::DeclineConsent { reason, .. } => Command::DeclineConsent { reason },
            Change::Comment { body, visibility } => Command::Comment { body, visibility, comment_id },
        })
    }

    /// What the command is judged by; only what it needs is looked up.
    async fn circumstances(
        &self,
        on: &impl Reads,
        claim: &Claim,
        command: &Command,
    ) -> Result<Circumstances<'_>, Failure> {
        let (facts, reference_taken) = match command {
            Command::Edit(edited) => {
                (self.facts(on, &edited.intent).await?, claims::reference_taken(on, &edited.claim).await?)
            }
            Command::Submit | Command::Respond { .. } | Command::Approve { .. } => {
                (self.facts(on, &Intent::of(claim)).await?, None)
            }
            Command::Dispute { .. } => (self.facts(on, &Intent::of(&lifecycle::with_open_lines(claim))).await?, None),
            _ => (Facts::default(), None),
        };
        let taken = match command {
            Command::Approve { .. } => claims::taken(on, claim).await?,
            _ => HashSet::new(),
        };
        Ok(Circumstances { policy: self.policy(), now: self.now(), facts, reference_taken, taken })
    }
}

/// Refuses a change that was meant for another version of the claim.
pub(in crate::app) fn at_version(claim: &Claim, expected: i32) -> Result<(), Problem> {
    if expected == claim.version { Ok(()) } else { Err(Problem::version_conflict(expected, claim.version)) }
}

async fn removable(on: &impl Reads, claim: &Claim, id: Option<Uuid>) -> Result<Option<OldDocument>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let found = documents::find(on, claim.id, id).await?;
    Ok(found.map(|document| OldDocument { id, name: document.name, sha256: document.sha256 }))
}

fn edit(input: EditInput) -> Edit {
    Edit {
        name: input.name,
        external_reference: input.external_reference,
        mpn_id: input.mpn_id,
        add_lines: new_lines(input.add_lines),
        remove_lines: input.remove_lines,
        customer_contact: input.customer_contact,
        technical_contact: input.technical_contact,
        partner_contact: input.partner_contact,
        tenant_id: input.tenant_id,
        domain: input.domain,
        solution_area: input.solution_area,
        activities: input.activities,
        solution_seller: input.solution_seller,
        partner_solution: input.partner_solution,
    }
}
