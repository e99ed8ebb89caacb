//! A change of one claim: lock, load, decide, store, all in one transaction (H1).

use std::collections::HashSet;

use domain::{
    caller::Caller,
    claim::Claim,
    eligibility::{Facts, Intent},
    lifecycle::{self, Circumstances, Command, Decision, Edit, OldDocument},
    problem::Problem,
};
use uuid::Uuid;

use super::{
    Answer, Change, EditInput,
    ask::{Ask, Done},
    attempt::{Failure, repeatedly},
    create::new_lines,
    upload::Stored,
};
use crate::{
    app::{App, AppError, idempotency::Key},
    ids,
    store::{
        StoreError, Transaction,
        write::{
            arbitrations::{self, Surroundings},
            claims::{self, Locked},
            documents,
            locks::{self, Turn},
        },
    },
};

/// What came of judging a change.
enum Judged {
    /// It was done before under the same idempotency key.
    DoneBefore(Box<Answer>),
    /// It can be done: what follows from it, and the claim as it was.
    Open(Box<Decision>, Box<Locked>),
}

/// Takes the turn on the customer first, and then the claim (see `locks`).
async fn lock(transaction: &Transaction, ask: &Ask<'_>, id: Uuid) -> Result<Option<Locked>, StoreError> {
    let turn = if ask.change.is_wide() { Turn::Alone } else { Turn::Shared };
    let Some(customer) = locks::customer_of(transaction, ask.caller, id, turn).await? else { return Ok(None) };
    let locked = claims::lock(transaction, ask.caller, id).await?;
    // A draft was moved to another customer while this waited for its turn on the one before.
    if locked.as_ref().is_some_and(|locked| locked.claim.tenant_id != customer) {
        return Err(StoreError::Retry);
    }
    Ok(locked)
}

impl App {
    /// Changes one claim. `claim_id` is nothing where the given id names no claim at all; `expected_version` is nothing
    /// where the mutation asks for none.
    ///
    /// # Errors
    /// `FORBIDDEN` when none of the caller's roles may ever do it, or the scope is missing; the database's.
    pub async fn change_claim(
        &self,
        caller: &Caller,
        claim_id: Option<Uuid>,
        expected_version: Option<i32>,
        change: Change,
        key: Option<String>,
    ) -> Result<Answer, AppError> {
        lifecycle::may_ever(change.action(), caller)?;
        let stored = Stored::of(&change);
        let input = (claim_id, expected_version, change.input(stored.as_ref()));
        let key = match Key::new(caller, key.as_deref(), change.action().as_str(), &input) {
            Ok(key) => key,
            Err(problem) => return Ok(Answer::refused(vec![problem])),
        };
        let ask =
            Ask { caller, claim_id, expected_version, change: &change, stored: stored.as_ref(), key: key.as_ref() };
        match &stored {
            Some(stored) => Box::pin(self.upload(&ask, stored)).await,
            None => repeatedly(|| self.try_to_change(&ask)).await,
        }
    }

    /// Makes the change, in one transaction.
    pub(super) async fn try_to_change(&self, ask: &Ask<'_>) -> Result<Answer, Failure> {
        let transaction = self.db().begin().await?;
        let (decision, locked) = match Box::pin(self.judge(&transaction, ask)).await? {
            Judged::DoneBefore(answer) => return Ok(*answer),
            Judged::Open(decision, locked) => (*decision, *locked),
        };
        let around = if ask.change.is_wide() {
            Box::pin(arbitrations::around(&transaction, &locked.claim, &decision.claim)).await?
        } else {
            Surroundings::default()
        };
        Box::pin(self.store(transaction, ask, decision, locked, around)).await
    }

    /// Says whether the change could be made, and makes nothing of it; the answer where it was made before.
    pub(super) async fn try_without_storing(&self, ask: &Ask<'_>) -> Result<Option<Answer>, Failure> {
        let transaction = self.db().begin().await?;
        Ok(match Box::pin(self.judge(&transaction, ask)).await? {
            Judged::DoneBefore(answer) => Some(*answer),
            Judged::Open(..) => None,
        })
    }

    /// Locks the claim and decides.
    async fn judge(&self, transaction: &Transaction, ask: &Ask<'_>) -> Result<Judged, Failure> {
        let locked = match ask.claim_id {
            Some(id) => Box::pin(lock(transaction, ask, id)).await?,
            None => None,
        };
        // Only after the lock: whoever waited for it sees what was done under the same key meanwhile.
        if let Some(key) = ask.key
            && let Some(done) = key.earlier::<Done>(transaction).await??
        {
            return Ok(Judged::DoneBefore(Box::new(self.again(ask.caller, done).await?)));
        }
        let Locked { claim, head } = locked.ok_or_else(|| Problem::not_found("claim", "claimId"))?;
        if let Some(expected) = ask.expected_version
            && expected != claim.version
        {
            return Err(Problem::version_conflict(expected, claim.version).into());
        }
        // The status comes before the values: an edit in a closed status is told so, not that a field is wrong.
        let rule = lifecycle::may_ever(ask.change.action(), ask.caller).map_err(AppError::from)?;
        lifecycle::guard(rule, &claim, ask.caller, self.now())?;
        let command = Box::pin(self.command(transaction, &claim, ask)).await?;
        let given = Box::pin(self.circumstances(transaction, &claim, &command)).await?;
        let decision = lifecycle::decide(&claim, command, ask.caller, &given)?;
        Ok(Judged::Open(Box::new(decision), Box::new(Locked { claim, head })))
    }

    /// The change as a command, its ids given and its references looked up.
    async fn command(&self, transaction: &Transaction, claim: &Claim, ask: &Ask<'_>) -> Result<Command, Failure> {
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
                Command::RemoveProof { document: removable(transaction, claim, document_id).await? }
            }
            Change::DeleteDraft => Command::DeleteDraft,
            Change::Submit => Command::Submit,
            Change::StartReview => Command::StartReview,
            Change::Assign { subject } => Command::Assign { subject },
            Change::RequestPartnerAction { reasons, message } => {
                Command::RequestPartnerAction { reasons, message, comment_id }
            }
            Change::Respond { message } => Command::Respond { message, comment_id },
            Change::Approve { note } => Command::Approve { note },
            Change::Reject { reason, detail } => Command::Reject { reason, detail },
            Change::Withdraw { detail } => Command::Withdraw { detail },
            Change::Dispute { justification } => Command::Dispute { justification },
            Change::DeclineConsent { reason } => Command::DeclineConsent { reason },
            Change::Comment { body, visibility } => Command::Comment { body, visibility, comment_id },
        })
    }

    /// What the command is judged by; only what it needs is looked up.
    async fn circumstances(
        &self,
        transaction: &Transaction,
        claim: &Claim,
        command: &Command,
    ) -> Result<Circumstances<'_>, Failure> {
        let (facts, reference_taken) = match command {
            Command::Edit(edited) => (
                self.facts(transaction, &edited.intent).await?,
                claims::reference_taken(transaction, &edited.claim).await?,
            ),
            Command::Submit | Command::Respond { .. } | Command::Approve { .. } => {
                (self.facts(transaction, &Intent::of(claim)).await?, false)
            }
            Command::Dispute { .. } => {
                (self.facts(transaction, &Intent::of(&lifecycle::with_open_lines(claim))).await?, false)
            }
            _ => (Facts::default(), false),
        };
        let taken = match command {
            Command::Approve { .. } => claims::taken(transaction, claim).await?,
            _ => HashSet::new(),
        };
        Ok(Circumstances { policy: self.policy(), now: self.now(), facts, reference_taken, taken })
    }
}

async fn removable(transaction: &Transaction, claim: &Claim, id: Option<Uuid>) -> Result<Option<OldDocument>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let found = documents::find(transaction, claim.id, id).await?;
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
