//! Carrying decisions out: claims, lines, associations, arbitrations, documents, comments, notices and history, in one
//! transaction or not at all (H1). Mutations, awards and clocks all end here.

use std::collections::HashMap;

use domain::{
    arbitration::Aftermath,
    caller::Actor,
    claim::Claim,
    lifecycle::{Decision, NewComment},
    time::Timestamp,
};
use uuid::Uuid;

use super::upload::Stored;
use crate::{
    ids,
    store::{
        StoreError, Transaction,
        records::{Comment, Document},
        write::{
            arbitrations, associations, claims, comments, documents, evaluations,
            history::{self as log, Head},
            notices,
        },
    },
};

/// What was stored.
#[derive(Debug, Default)]
pub(in crate::app) struct Carried {
    /// The claims as they are now.
    pub(in crate::app) claims: Vec<Claim>,
    /// The comments that were posted.
    pub(in crate::app) comments: Vec<Comment>,
    /// The document that was attached.
    pub(in crate::app) document: Option<Document>,
    /// The content that no row speaks of any more once this is committed.
    pub(in crate::app) content_to_remove: Vec<String>,
}

/// Stores everything that was decided, claim by claim; `heads` are those of the claims' histories.
pub(in crate::app) async fn out(
    transaction: &Transaction,
    actor: &Actor,
    now: Timestamp,
    aftermath: Aftermath,
    mut heads: HashMap<Uuid, Head>,
    stored: Option<&Stored>,
) -> Result<Carried, StoreError> {
    let mut carried = Carried::default();
    // What ends comes before what starts: a subject changes hands within one transaction (X6).
    for decision in aftermath.decisions.values() {
        if !decision.effects.associations_end.is_empty() {
            associations::end(transaction, &decision.effects.associations_end, now).await?;
        }
    }
    for (id, decision) in aftermath.decisions {
        let head = heads.remove(&id).unwrap_or_default();
        let step = Step { transaction, actor, now, stored };
        step.claim(decision, head, &mut carried).await?;
    }
    arbitrations::save(transaction, &aftermath.moves, now).await?;
    Ok(carried)
}

struct Step<'a> {
    transaction: &'a Transaction,
    actor: &'a Actor,
    now: Timestamp,
    stored: Option<&'a Stored>,
}

impl Step<'_> {
    async fn claim(&self, decision: Decision, head: Head, carried: &mut Carried) -> Result<(), StoreError> {
        let Decision { claim, events, effects, .. } = decision;
        let (transaction, now) = (self.transaction, self.now);
        let posted: Vec<Comment> = effects.comments.into_iter().map(|new| self.comment(claim.id, new)).collect();
        for comment in &posted {
            comments::insert(transaction, comment).await?;
        }
        if let Some(stored) = effects.document.and(self.stored) {
            let document = stored.record(claim.id, self.actor.clone(), now);
            documents::insert(transaction, &document).await?;
            carried.document = Some(document);
        }
        if effects.lines_changed {
            claims::save_lines(transaction, &claim).await?;
        }
        if effects.associations_start {
            associations::start(transaction, &claim, ids::new, now).await?;
        }
        if effects.associations_official {
            associations::make_official(transaction, claim.id).await?;
        }
        if let Some(evaluation) = claim.evaluation.filter(|_| effects.evaluation_changed) {
            evaluations::save(transaction, &claim, evaluation, now).await?;
        }
        notices::insert(transaction, claim.id, &effects.notices, now).await?;
        let placed = log::place(head, claim.id, self.actor, now, events, &posted)?;
        if effects.deleted {
            carried.content_to_remove.extend(documents::storage_keys(transaction, claim.id).await?);
            claims::bury(transaction, &claim, &placed.head).await?;
        } else {
            claims::save(transaction, &claim, &placed.head).await?;
        }
        if let Some(id) = effects.removed_document {
            carried.content_to_remove.extend(documents::remove(transaction, id).await?);
        }
        log::insert(transaction, placed).await?;
        carried.comments.extend(posted);
        carried.claims.push(claim);
        Ok(())
    }

    fn comment(&self, claim_id: Uuid, new: NewComment) -> Comment {
        let author = if new.by_system { Actor::system() } else { self.actor.clone() };
        Comment { id: new.id, claim_id, author, body: new.body, visibility: new.visibility, created_at: self.now }
    }
}
