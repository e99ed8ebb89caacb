//! What a change leaves behind beside the claims: the content of documents, the idempotency key, the answer.

use domain::{
    arbitration::{self, Aftermath},
    caller::Caller,
    lifecycle::Decision,
    problem::Problem,
};
use uuid::Uuid;

use super::{
    ChangeResult,
    attempt::UnitError,
    carry::{self, Plan},
    request::{ChangeRequest, Done},
};
use crate::{
    app::App,
    ids,
    store::{
        self, StoreError,
        arbitrations::write::Surroundings,
        claims::{ClaimRow, Wanted, write::Snapshot},
        comments::Comment,
    },
};

/// A decided change: what to store, and the result to return.
pub(super) struct Decided {
    pub(super) plan: Plan,
    claim_id: Uuid,
    comment: Option<Comment>,
    is_deleted: bool,
    problems: Vec<Problem>,
}

impl Decided {
    /// The result of the change, once it is stored.
    pub(super) fn into_result(self) -> ChangeResult {
        let Self { mut plan, claim_id, comment, is_deleted, problems } = self;
        let document = plan.document.take();
        let claim = plan.into_claim(claim_id).filter(|_| !is_deleted);
        ChangeResult { claim, document, comment, deleted_claim_id: is_deleted.then_some(claim_id), problems }
    }

    /// The result as it is recorded under an idempotency key.
    fn done(&self) -> Done {
        Done {
            claim_id: (!self.is_deleted).then_some(self.claim_id),
            document_id: self.plan.document.as_ref().map(|document| document.id),
            comment_id: self.comment.as_ref().map(|comment| comment.id),
            deleted_claim_id: self.is_deleted.then_some(self.claim_id),
            problems: self.problems.clone(),
            result: None,
        }
    }
}

impl App {
    /// All that follows from a decision on a claim, as it is to be stored with the idempotency key.
    pub(super) fn decided(
        &self,
        request: &ChangeRequest<'_>,
        decision: Decision,
        read: Snapshot,
        mut around: Surroundings,
    ) -> Result<Decided, StoreError> {
        let (now, actor, id) = (self.now(), request.caller.actor(), read.claim.id);
        let is_deleted = decision.effects.deleted;
        let problems = decision.problems.clone();
        let plan = if request.command.concerns_rivals() {
            self.planned(request.caller, decision, read, around)?
        } else {
            around.heads.insert(id, read.head);
            around.contest.claims.insert(id, read.claim);
            carry::plan(&actor, now, Aftermath::of(decision), around, self.state_of_new_notices())?
        };
        let mine = |comment: &&Comment| comment.claim_id == id && comment.author == actor;
        let comment = plan.comments.iter().find(mine).cloned();
        let mut decided = Decided { plan, claim_id: id, comment, is_deleted, problems };
        if let Some(key) = request.key {
            let row = key.row(&decided.done(), now)?;
            decided.plan.remember(id, row);
        }
        Ok(decided)
    }

    /// What is to be stored of a decision and of what follows from it for the claims around (X1).
    pub(in crate::app) fn planned(
        &self,
        caller: &Caller,
        decision: Decision,
        read: Snapshot,
        mut around: Surroundings,
    ) -> Result<Plan, StoreError> {
        let (now, id) = (self.now(), read.claim.id);
        around.heads.insert(id, read.head);
        around.contest.claims.insert(id, read.claim);
        let aftermath = arbitration::reconcile(&around.contest, Some(decision), self.policy(), now, &mut ids::new);
        carry::plan(&caller.actor(), now, aftermath, around, self.state_of_new_notices())
    }

    /// Deletes content that no row refers to any longer. If that fails, the failure is logged and the content stays,
    /// unused.
    pub(in crate::app) async fn remove_content(&self, key: &str) {
        if let Err(error) = self.documents().delete(key).await {
            tracing::warn!(
                document = key,
                error = error.for_the_log(),
                "the content of a removed document could not be deleted"
            );
        }
    }

    /// The result of what was done: now, or by an earlier execution (J1).
    pub(super) async fn result_of(&self, caller: &Caller, done: Done) -> Result<ChangeResult, UnitError> {
        match done.result {
            Some(result) => Ok(*result),
            None => self.read_again(caller, done).await,
        }
    }

    /// The result of the earlier execution, read again (J1).
    pub(super) async fn read_again(&self, caller: &Caller, done: Done) -> Result<ChangeResult, UnitError> {
        let ids: Vec<Uuid> = done.claim_id.into_iter().collect();
        let claim = store::claims::by_ids(self.db(), caller, &ids, Wanted::ROW).await?.pop().map(ClaimRow::into_claim);
        if claim.is_none() && done.claim_id.is_some() {
            return Err(Problem::not_found("claim", "claimId").into());
        }
        let documents: Vec<Uuid> = done.document_id.into_iter().collect();
        let comments: Vec<Uuid> = done.comment_id.into_iter().collect();
        Ok(ChangeResult {
            claim,
            document: store::documents::by_ids(self.db(), caller, &documents).await?.pop(),
            comment: store::comments::by_ids(self.db(), caller, &comments).await?.pop(),
            deleted_claim_id: done.deleted_claim_id,
            problems: done.problems,
        })
    }
}
