//! What a change leaves behind beside the claims: the content of documents, the idempotency key, the result.

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
    request::{ChangeRequest, RecordedResult},
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

/// A decided change: what to store, and its result as an idempotency key records it.
pub(super) struct DecidedChange {
    pub(super) plan: Plan,
    recorded: RecordedResult,
}

impl DecidedChange {
    /// The result of the change, once it is stored: the recorded one, with the objects that the plan has.
    pub(super) fn into_result(self) -> ChangeResult {
        let Self { mut plan, recorded } = self;
        ChangeResult {
            document: plan.document.take(),
            comment: recorded.comment_id.and_then(|id| plan.take_comment(id)),
            claim: recorded.claim_id.and_then(|id| plan.into_claim(id)),
            deleted_claim_id: recorded.deleted_claim_id,
            problems: recorded.problems,
        }
    }
}

impl App {
    /// All that follows from a decision on a claim, as it is to be stored with the idempotency key.
    pub(super) fn decided_change(
        &self,
        request: &ChangeRequest<'_>,
        decision: Decision,
        read: Snapshot,
        mut around: Surroundings,
    ) -> Result<DecidedChange, StoreError> {
        let (now, actor, id) = (self.now(), request.caller.actor(), read.claim.id);
        let is_deleted = decision.effects.deleted;
        let problems = decision.problems.clone();
        let mut plan = if request.command.concerns_rivals() {
            self.planned(request.caller, decision, read, around)?
        } else {
            around.heads.insert(id, read.head);
            around.contest.claims.insert(id, read.claim);
            carry::plan(&actor, now, Aftermath::of(decision), around, self.state_of_new_notices())?
        };
        let mine = |comment: &&Comment| comment.claim_id == id && comment.author == actor;
        let recorded = RecordedResult {
            claim_id: (!is_deleted).then_some(id),
            document_id: plan.document.as_ref().map(|document| document.id),
            comment_id: plan.comments.iter().find(mine).map(|comment| comment.id),
            deleted_claim_id: is_deleted.then_some(id),
            problems,
            new: None,
        };
        if let Some(key) = request.key {
            plan.remember(id, key.row(&recorded, now)?);
        }
        Ok(DecidedChange { plan, recorded })
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

    /// The result of an earlier execution, whose objects are read again (J1).
    pub(super) async fn read_again(
        &self,
        caller: &Caller,
        recorded: RecordedResult,
    ) -> Result<ChangeResult, UnitError> {
        let ids: Vec<Uuid> = recorded.claim_id.into_iter().collect();
        let claim = store::claims::by_ids(self.db(), caller, &ids, Wanted::ROW).await?.pop().map(ClaimRow::into_claim);
        if claim.is_none() && recorded.claim_id.is_some() {
            return Err(Problem::not_found("claim", "claimId").into());
        }
        let documents: Vec<Uuid> = recorded.document_id.into_iter().collect();
        let comments: Vec<Uuid> = recorded.comment_id.into_iter().collect();
        Ok(ChangeResult {
            claim,
            document: store::documents::by_ids(self.db(), caller, &documents).await?.pop(),
            comment: store::comments::by_ids(self.db(), caller, &comments).await?.pop(),
            deleted_claim_id: recorded.deleted_claim_id,
            problems: recorded.problems,
        })
    }
}
