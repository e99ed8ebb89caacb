//! Stores decisions: claims, lines, associations, arbitrations, documents, comments, notices and history, in one
//! transaction or not at all (H1). Mutations, awards and clocks all use it: [`plan`] computes what to store without the
//! database; the [`Plan`] is then stored.

use domain::{
    arbitration::{Aftermath, Moves},
    caller::Actor,
    claim::{Claim, Line},
    kinds::DeliveryState,
    lifecycle::{Decision, Effects, NewComment, NewDocument},
    time::Timestamp,
};
use uuid::Uuid;

use crate::{
    app::transact::{AfterCommit, Unit},
    ids,
    store::{
        Db, StoreError, Transaction,
        arbitrations::write::{self as arbitrations, Surroundings},
        associations::write as associations,
        claims::write::{self as claims, Snapshot},
        comments::{Comment, write as comments},
        documents::{Document, write as documents},
        evaluations::write as evaluations,
        history::write as log,
        notices::write::{self as notices, About},
        transaction::{change::ClaimChange, idempotency::KeyRow},
    },
};

/// What to store.
#[derive(Debug)]
pub(in crate::app) struct Plan {
    now: Timestamp,
    claims: Vec<Planned>,
    moves: Moves,
    /// Whether the notices are to be delivered.
    notices: DeliveryState,
    /// The comments that are posted.
    pub(in crate::app) comments: Vec<Comment>,
    /// The document that is attached.
    pub(in crate::app) document: Option<Document>,
}

/// What to store for one claim.
#[derive(Debug)]
struct Planned {
    claim: Claim,
    effects: Effects,
    lines_before: Vec<Line>,
    change: ClaimChange,
}

/// The decision as rows to store; `around` has the claims as they were read, `notices` is the initial state of notices.
pub(in crate::app) fn plan(
    actor: &Actor,
    now: Timestamp,
    aftermath: Aftermath,
    around: Surroundings,
    notices: DeliveryState,
) -> Result<Plan, StoreError> {
    let Surroundings { mut contest, mut heads } = around;
    let moves = aftermath.moves;
    let mut plan = Plan { now, claims: Vec::new(), moves, notices, comments: Vec::new(), document: None };
    for (id, decision) in aftermath.decisions {
        let (Some(claim), Some(head)) = (contest.claims.remove(&id), heads.remove(&id)) else {
            return Err(StoreError::Corrupt("claim", id.to_string()));
        };
        plan.claim(actor, Snapshot { claim, head }, decision);
    }
    Ok(plan)
}

impl Plan {
    fn claim(&mut self, actor: &Actor, before: Snapshot, decision: Decision) {
        let (now, Decision { claim, events, mut effects, .. }) = (self.now, decision);
        let posted: Vec<Comment> =
            std::mem::take(&mut effects.comments).into_iter().map(|new| comment(actor, claim.id, new, now)).collect();
        let placed = log::place(before.head.clone(), claim.id, actor, now, events, &posted);
        let columns = if effects.deleted { claims::deleted(&claim) } else { claims::differing(&before.claim, &claim) };
        let mut change = ClaimChange::new(&before, &claim, columns, placed);
        change.insert(posted.iter().map(comments::row));
        change.insert(notices::rows(About::from(&claim), &effects.notices, self.notices, now));
        if let Some(new) = effects.document.take() {
            let document = document(actor, claim.id, new, now);
            change.insert([documents::row(&document)]);
            self.document = Some(document);
        }
        self.comments.extend(posted);
        self.claims.push(Planned { claim, effects, lines_before: before.claim.lines, change });
    }

    /// Whether it has a notice.
    fn has_notices(&self) -> bool {
        self.claims.iter().any(|planned| !planned.effects.notices.is_empty())
    }

    /// Remembers an idempotency key with the change of this claim (J1).
    pub(in crate::app) fn remember(&mut self, claim_id: Uuid, key: KeyRow) {
        if let Some(planned) = self.claims.iter_mut().find(|planned| planned.claim.id == claim_id) {
            planned.change.insert([key]);
        }
    }

    /// The one change, where nothing is stored beside it.
    pub(in crate::app) fn alone(&self) -> Option<&ClaimChange> {
        match &self.claims[..] {
            [planned] if self.moves == Moves::default() && planned.is_alone() => Some(&planned.change),
            _ => None,
        }
    }

    /// What follows once it is committed.
    pub(in crate::app) fn after_commit(&self) -> AfterCommit {
        AfterCommit { has_events: true, has_notices: self.has_notices(), unused_content: Vec::new() }
    }

    /// Stores everything in a transaction that holds the locks.
    pub(in crate::app) async fn store(&self, unit: &mut Unit) -> Result<(), StoreError> {
        // What ends comes before what starts: a subject changes hands within one transaction (X6).
        for planned in self.claims.iter().filter(|planned| !planned.effects.associations_end.is_empty()) {
            associations::end(unit, &planned.effects.associations_end, self.now).await?;
        }
        let mut unused = Vec::new();
        for planned in &self.claims {
            planned.beside(unit, self.now, &mut unused).await?;
            planned.change.store(unit).await?;
        }
        arbitrations::save(unit, &self.moves, self.now).await?;
        unit.after.add(AfterCommit { unused_content: unused, ..self.after_commit() });
        Ok(())
    }

    /// Stores the one change in a transaction of its own.
    pub(in crate::app) async fn store_at_once(&self, db: &Db) -> Result<(), StoreError> {
        match self.alone() {
            Some(change) => change.store_at_once(db).await,
            None => Err(StoreError::Retry),
        }
    }

    /// One of the comments that are posted.
    pub(in crate::app) fn take_comment(&mut self, id: Uuid) -> Option<Comment> {
        let place = self.comments.iter().position(|comment| comment.id == id)?;
        Some(self.comments.swap_remove(place))
    }

    /// The claim as it will be; `None` if it is not changed.
    pub(in crate::app) fn into_claim(self, id: Uuid) -> Option<Claim> {
        self.claims.into_iter().map(|planned| planned.claim).find(|claim| claim.id == id)
    }
}

impl Planned {
    /// Whether all of it is in the one statement of its change.
    fn is_alone(&self) -> bool {
        let notices = self.effects.notices.clone();
        self.effects == Effects { notices, ..Effects::default() }
    }

    /// Stores what is not part of the change itself.
    async fn beside(
        &self,
        transaction: &Transaction,
        now: Timestamp,
        content: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        let Self { claim, effects, lines_before, .. } = self;
        if effects.lines_changed {
            claims::save_lines(transaction, lines_before, claim).await?;
        }
        if effects.associations_start {
            associations::start(transaction, claim, ids::new, now).await?;
        }
        if effects.associations_official {
            associations::make_official(transaction, claim.id).await?;
        }
        if let Some(evaluation) = claim.evaluation.filter(|_| effects.evaluation_changed) {
            evaluations::save(transaction, claim, evaluation, now).await?;
        }
        if effects.deleted {
            content.extend(documents::storage_keys(transaction, claim.id).await?);
            claims::delete_contents(transaction, claim.id).await?;
        }
        if let Some(id) = effects.removed_document {
            content.extend(documents::remove(transaction, id).await?);
        }
        Ok(())
    }
}

fn comment(actor: &Actor, claim_id: Uuid, new: NewComment, now: Timestamp) -> Comment {
    let author = if new.by_system { Actor::system() } else { actor.clone() };
    Comment { id: new.id, claim_id, author, body: new.body, visibility: new.visibility, created_at: now }
}

fn document(actor: &Actor, claim_id: Uuid, new: NewDocument, now: Timestamp) -> Document {
    Document {
        id: new.id,
        claim_id,
        name: new.name,
        media_type: new.media_type.unwrap_or_default(),
        size: i64::try_from(new.size).unwrap_or(i64::MAX),
        sha256: new.sha256,
        storage_key: content_key(new.id),
        uploaded_at: now,
        uploaded_by: actor.clone(),
    }
}

/// The key under which the content of a new document is kept.
pub(super) fn content_key(document: Uuid) -> String {
    document.to_string()
}
