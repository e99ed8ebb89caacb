//! A change of one claim: read, decide, store (H1).
//!
//! A change that depends only on its claim is read and decided without a lock, and stored by a statement that takes the
//! locks and stores nothing if the claim is locked or has changed. Every other change, and one that was not stored so, runs
//! in one transaction: lock, read, decide, store.

use domain::{
    caller::Caller,
    claim::Claim,
    kinds::ClaimAction,
    lifecycle::{self, Circumstances, Command, Decision, Ids, Needs, NewDocument, OldDocument},
    problem::Problem,
};
use uuid::Uuid;

use super::{ChangeResult, Upload, attempt::UnitError, request::ChangeRequest};
use crate::{
    app::{
        App, AppError,
        idempotency::Key,
        transact::{End, Locks, Unit, result},
    },
    ids,
    store::{
        Reads, StoreError, Transaction,
        arbitrations::write::{self as arbitrations, Surroundings},
        claims::write::{self as claims, Parts, Snapshot},
        documents::write as documents,
        transaction::{
            idempotency::{self, Remembered},
            locks::{self, Held, Lock},
        },
    },
};

/// The result of judging a change.
enum Judged {
    /// It was done before under the same idempotency key.
    DoneBefore(Box<ChangeResult>),
    /// It can be done: what follows from it, and the claim as it was read.
    Open(Box<Decision>, Box<Snapshot>),
}

/// The claim, if it is visible to the caller, and the result recorded under the idempotency key.
type Found = (Option<Snapshot>, Option<Remembered>);

/// Reads the claim and the result recorded under the key.
async fn find(on: &impl Reads, request: &ChangeRequest<'_>) -> Result<Found, StoreError> {
    let key = request.key.map(Key::named);
    match (request.claim_id, key) {
        (Some(id), key) => {
            let parts = if request.command.ignores_lines() { Parts::WithoutLines } else { Parts::Whole };
            claims::find(on, request.caller, id, parts, key).await
        }
        (None, Some((subject, key))) => Ok((None, idempotency::find(on, subject, key).await?)),
        (None, None) => Ok((None, None)),
    }
}

/// The same under the locks: after waiting for them, it sees what was done meanwhile, also under the same key.
async fn lock_and_find(transaction: &Transaction, request: &ChangeRequest<'_>) -> Result<Found, StoreError> {
    let lock = if request.command.concerns_rivals() { Lock::Exclusive } else { Lock::Shared };
    let held = match request.claim_id {
        Some(id) => locks::customer_of(transaction, request.caller, id, lock).await?,
        None => Held::Nothing,
    };
    let (read, remembered) = find(transaction, request).await?;
    match (held, &read) {
        // The claim has become visible since, and is not locked; or a draft was moved to another customer while this
        // waited for the lock on the previous one.
        (Held::Nothing, Some(_)) => Err(StoreError::Retry),
        (Held::Customer(id), Some(read)) if read.claim.tenant_id != id => Err(StoreError::Retry),
        _ => Ok((read, remembered)),
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
        command: Command,
        key: Option<String>,
    ) -> Result<ChangeResult, AppError> {
        let rule = lifecycle::may_ever(command.action(), caller)?;
        let changed = async {
            let key = Key::new(caller, key.as_deref(), rule.action.as_str(), &(claim_id, expected_version, &command))?;
            let (command, key) = (&command, key.as_ref());
            self.make(&ChangeRequest { caller, claim_id, expected_version, command, rule, key }).await
        };
        Ok(result(changed.await)?.about(claim_id))
    }

    /// Attaches an uploaded file to a claim as a document (P1).
    ///
    /// # Errors
    /// As [`App::change_claim`]; errors of the document store.
    pub async fn attach_proof(
        &self,
        caller: &Caller,
        claim_id: Option<Uuid>,
        file: Upload,
        key: Option<String>,
    ) -> Result<ChangeResult, AppError> {
        let rule = lifecycle::may_ever(ClaimAction::AttachProof, caller)?;
        let Upload { name, content } = file;
        let document = NewDocument {
            id: ids::new(),
            name: domain::proof::clean_name(&name),
            media_type: content.media_type.map(str::to_owned),
            size: content.size,
            sha256: content.sha256.clone(),
        };
        let id = document.id;
        let command = Command::AttachProof(document);
        let attached = async {
            let key = Key::new(caller, key.as_deref(), rule.action.as_str(), &(claim_id, &command))?;
            let (command, key) = (&command, key.as_ref());
            let request = ChangeRequest { caller, claim_id, expected_version: None, command, rule, key };
            Box::pin(self.upload(&request, id, &content)).await
        };
        Ok(result(attached.await)?.about(claim_id))
    }

    /// Makes the change.
    pub(super) async fn make(&self, request: &ChangeRequest<'_>) -> Result<ChangeResult, UnitError> {
        if request.command.ignores_lines() {
            match Box::pin(self.try_at_once(request)).await {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) | Err(UnitError::Store(StoreError::Retry)) => {}
                Err(failure) => return Err(failure),
            }
        }
        self.transact(Locks::Own, |unit| self.make_under_locks(unit, request)).await
    }

    /// Makes a change that is of its claim only; `None` if another one came in between.
    async fn try_at_once(&self, request: &ChangeRequest<'_>) -> Result<Option<ChangeResult>, UnitError> {
        let found = find(self.db(), request).await?;
        let (decision, read) = match self.judge(self.db(), request, found).await? {
            Judged::DoneBefore(answer) => return Ok(Some(*answer)),
            Judged::Open(decision, read) => (*decision, *read),
        };
        let decided = self.decided_change(request, decision, read, Surroundings::default())?;
        match decided.plan.store_at_once(self.db()).await {
            Ok(()) => {
                self.committed(decided.plan.after_commit()).await;
                Ok(Some(decided.into_result()))
            }
            Err(StoreError::Retry | StoreError::Unique(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the change in one transaction.
    async fn make_under_locks(
        &self,
        mut unit: Unit,
        request: &ChangeRequest<'_>,
    ) -> Result<End<ChangeResult>, UnitError> {
        let found = lock_and_find(&unit, request).await?;
        let (decision, read) = match Box::pin(self.judge(&unit, request, found)).await? {
            Judged::DoneBefore(answer) => return Ok(unit.roll_back(*answer)),
            Judged::Open(decision, read) => (*decision, *read),
        };
        let around = if request.command.concerns_rivals() {
            Box::pin(arbitrations::around(&unit, &read.claim, &decision.claim)).await?
        } else {
            Surroundings::default()
        };
        let decided = self.decided_change(request, decision, read, around)?;
        Box::pin(decided.plan.store(&mut unit)).await?;
        Ok(unit.commit(decided.into_result()))
    }

    /// Checks whether the change could be made, without making it; returns the recorded result if it was made before.
    pub(super) async fn try_without_storing(
        &self,
        request: &ChangeRequest<'_>,
    ) -> Result<Option<ChangeResult>, UnitError> {
        let found = find(self.db(), request).await?;
        Ok(match Box::pin(self.judge(self.db(), request, found)).await? {
            Judged::DoneBefore(answer) => Some(*answer),
            Judged::Open(..) => None,
        })
    }

    /// Decides on what was found.
    async fn judge(
        &self,
        on: &impl Reads,
        request: &ChangeRequest<'_>,
        (read, remembered): Found,
    ) -> Result<Judged, UnitError> {
        if let (Some(key), Some(remembered)) = (request.key, remembered) {
            let recorded = key.answer(&remembered)??;
            return Ok(Judged::DoneBefore(Box::new(self.read_again(request.caller, recorded).await?)));
        }
        let read = read.ok_or_else(|| Problem::not_found("claim", "claimId"))?;
        let claim = &read.claim;
        if let Some(expected) = request.expected_version {
            at_version(claim, expected)?;
        }
        // The status is checked before the values: an edit in a closed status gets the status problem, not one about a
        // field.
        let open = lifecycle::open(request.rule, claim, request.caller, self.now())?;
        let needs = request.command.needs(claim, Ids(&ids::new))?;
        let given = Box::pin(self.circumstances(on, request.caller, claim, needs)).await?;
        let mut decision = open.decide(request.command.clone(), &given)?;
        let notices = std::mem::take(&mut decision.effects.notices);
        decision.effects.notices = self.with_reviewers(on, notices).await?;
        Ok(Judged::Open(Box::new(decision), Box::new(read)))
    }

    /// What the command is judged by; only what it needs is looked up.
    async fn circumstances(
        &self,
        on: &impl Reads,
        caller: &Caller,
        claim: &Claim,
        needs: Needs,
    ) -> Result<Circumstances<'_>, UnitError> {
        let mut given = Circumstances::new(self.policy(), self.now(), Ids(&ids::new));
        if let Some(intent) = &needs.facts_of {
            given.facts = self.facts(on, intent).await?;
        }
        if let Some(edited) = &needs.edited {
            given.reference_taken = claims::reference_taken(on, edited).await?;
        }
        if needs.associations {
            given.taken = claims::taken(on, claim).await?;
        }
        if let Some(id) = needs.document {
            let found = documents::find(on, claim.id, id).await?;
            given.document = found.map(|document| OldDocument { id, name: document.name, sha256: document.sha256 });
        }
        if let Some(subject) = needs.assignee {
            given.assignee = self.assignee(on, caller, &subject).await?;
        }
        Ok(given)
    }
}

/// Refuses a change that was meant for another version of the claim.
pub(in crate::app) fn at_version(claim: &Claim, expected: i32) -> Result<(), Problem> {
    if expected == claim.version { Ok(()) } else { Err(Problem::version_conflict(expected, claim.version)) }
}
