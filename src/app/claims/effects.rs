//! What a change leaves behind beside the claims: the content of documents, the idempotency key, the answer.

use domain::{
    arbitration::{self, Aftermath},
    caller::Caller,
    lifecycle::Decision,
    problem::Problem,
};
use uuid::Uuid;

use super::{
    Answer,
    ask::{Ask, Done},
    attempt::Failure,
    carry,
};
use crate::{
    app::App,
    ids,
    store::{
        self, Transaction,
        claims::{ClaimRow, Wanted},
        records::Comment,
        write::{arbitrations::Surroundings, claims::Locked},
    },
};

impl App {
    /// Stores a decision with all that follows from it and commits.
    pub(super) async fn store(
        &self,
        transaction: Transaction,
        ask: &Ask<'_>,
        decision: Decision,
        locked: Locked,
        mut around: Surroundings,
    ) -> Result<Answer, Failure> {
        let (now, actor, id) = (self.now(), ask.caller.actor(), locked.claim.id);
        let deleted = decision.effects.deleted;
        let problems = decision.problems.clone();
        around.heads.insert(id, locked.head);
        around.contest.claims.insert(id, locked.claim);
        let aftermath = if ask.change.is_wide() {
            arbitration::reconcile(&around.contest, Some(decision), self.policy(), now, &mut ids::new)
        } else {
            Aftermath::of(decision)
        };
        let carried = Box::pin(carry::out(&transaction, &actor, now, aftermath, around.heads, ask.stored)).await?;
        let mine = |comment: &Comment| comment.claim_id == id && comment.author == actor;
        let comment = carried.comments.into_iter().find(mine);
        let done = Done {
            claim_id: (!deleted).then_some(id),
            document_id: carried.document.as_ref().map(|document| document.id),
            comment_id: comment.as_ref().map(|comment| comment.id),
            deleted_claim_id: deleted.then_some(id),
            problems,
        };
        if let Some(key) = ask.key {
            key.remember(&transaction, &done, now).await?;
        }
        transaction.commit().await?;
        self.tail().wake();
        for key in carried.content_to_remove {
            self.remove_content(&key).await;
        }
        Ok(Answer {
            deleted_claim_id: done.deleted_claim_id,
            claim: carried.claims.into_iter().find(|claim| claim.id == id && !deleted),
            document: carried.document,
            comment,
            problems: done.problems,
        })
    }

    /// Removes content that no row speaks of any more. Where that fails it stays behind unseen, and the log says so.
    pub(super) async fn remove_content(&self, key: &str) {
        if let Err(error) = self.documents().delete(key).await {
            tracing::warn!(
                document = key,
                error = error.for_the_log(),
                "the content of a removed document stayed behind"
            );
        }
    }

    /// The answer that was given when this was done before, read anew (J1).
    pub(super) async fn again(&self, caller: &Caller, done: Done) -> Result<Answer, Failure> {
        let ids: Vec<Uuid> = done.claim_id.into_iter().collect();
        let claim = store::claims::by_ids(self.db(), caller, &ids, Wanted::ROW).await?.pop().map(ClaimRow::into_claim);
        if claim.is_none() && done.claim_id.is_some() {
            return Err(Problem::not_found("claim", "claimId").into());
        }
        let documents: Vec<Uuid> = done.document_id.into_iter().collect();
        let comments: Vec<Uuid> = done.comment_id.into_iter().collect();
        Ok(Answer {
            claim,
            document: store::documents::by_ids(self.db(), caller, &documents).await?.pop(),
            comment: store::comments::by_ids(self.db(), caller, &comments).await?.pop(),
            deleted_claim_id: done.deleted_claim_id,
            problems: done.problems,
        })
    }
}
