//! The partner's work on the content: edit, documents, deletion, submission (L1, L2, L8, P1).

use uuid::Uuid;

use super::{Decision, Effects, Step, one_change};
use crate::{
    claim::Claim,
    deadline,
    eligibility::{self, Outcome},
    history::Event,
    kinds::{ClaimStatus, DeadlineKind, HistoryAction},
    lifecycle::clock,
    lifecycle::command::{Edited, NewDocument},
    problem::Problem,
    proof,
};

impl Step<'_> {
    /// A draft is kept, its problems beside it; later an edit may leave no problem (E, L8).
    pub(super) fn edit(&self, edited: Edited) -> Result<Decision, Vec<Problem>> {
        let outcome = eligibility::check(&edited.intent, &self.given.facts, self.given.now);
        let mut next = edited.claim;
        let problems = judge(&next, &outcome, self.given.reference_taken)?;
        next.version += 1;
        next.updated_at = self.given.now;
        if next.status != ClaimStatus::Editing {
            resolve(&mut next, &outcome);
        }
        let event = self.event(HistoryAction::Edited, &next);
        self.mark_answered(&mut next, !event.changes.is_empty());
        let effects = Effects { lines_changed: next.lines != self.before.lines, ..Effects::default() };
        Ok(Decision { problems, ..Decision::new(next, vec![event], effects) })
    }

    pub(super) fn attach_proof(&self, document: NewDocument) -> Result<Decision, Vec<Problem>> {
        let policy = &self.given.policy.documents;
        let problems = proof::check(document.size, document.media_type.as_deref(), self.before.documents, policy);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut next = self.next();
        next.documents += 1;
        if let Some(rejection) = &mut next.rejection {
            rejection.new_proof = true;
        }
        self.mark_answered(&mut next, true);
        let shown = format!("{} sha256:{}", document.name, document.sha256);
        let event = Event::new(HistoryAction::ProofAttached).changes(one_change("proofOfExecution", None, Some(shown)));
        Ok(Decision::new(next, vec![event], Effects { document: Some(document), ..Effects::default() }))
    }

    pub(super) fn remove_proof(&self) -> Result<Decision, Vec<Problem>> {
        let document = self
            .given
            .document
            .as_ref()
            .ok_or_else(|| vec![Problem::not_found("document of this claim", "documentId")])?;
        let mut next = self.next();
        next.documents = next.documents.saturating_sub(1);
        let shown = format!("{} sha256:{}", document.name, document.sha256);
        let event = Event::new(HistoryAction::ProofRemoved).changes(one_change("proofOfExecution", Some(shown), None));
        Ok(Decision::new(next, vec![event], Effects { removed_document: Some(document.id), ..Effects::default() }))
    }

    pub(super) fn delete_draft(&self) -> Decision {
        let event = Event::new(HistoryAction::Deleted);
        Decision::new(self.next(), vec![event], Effects { deleted: true, ..Effects::default() })
    }

    /// No eligibility problem and at least one document; then both clocks start (L2, T1, T4).
    pub(super) fn submit(&self) -> Result<Decision, Vec<Problem>> {
        let outcome = self.eligibility();
        let problems = all_problems(self.before, &outcome);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (now, policy) = (self.given.now, self.given.policy);
        let mut next = self.next();
        resolve(&mut next, &outcome);
        next.submitted_at = Some(now);
        next.deadline = Some(deadline::start(DeadlineKind::StartReview, now, policy));
        next.decision_due_at = Some(deadline::decision_due(now, policy));
        let event = self.event(HistoryAction::Submitted, &next);
        Ok(Decision::new(next, vec![event], Effects { lines_changed: true, ..Effects::default() }))
    }

    /// Eligibility of the claim in its current state.
    pub(super) fn eligibility(&self) -> Outcome {
        eligibility::check(&eligibility::Intent::of(self.before), &self.given.facts, self.given.now)
    }

    /// Remembers that the partner brought something since it was asked (L5, X3).
    pub(super) fn mark_answered(&self, next: &mut Claim, brought: bool) {
        let asked = self.before.status == ClaimStatus::PartnerActionRequired || self.before.is_asked_as_incumbent();
        if let Some(request) = &mut next.action_request
            && asked
            && brought
        {
            request.answered = true;
        }
        if next.status == ClaimStatus::Approved {
            next.deadline = clock::of_approved(next);
        }
    }
}

/// What stays as a warning beside a draft, be it new or edited; a claim that was submitted may have no problem at all (E).
///
/// # Errors
/// What refuses it at once (E1, `LOCATION_NOT_YOURS`, an unknown product, a subject twice, a taken reference), or, after
/// submission, every problem.
pub fn judge(next: &Claim, outcome: &Outcome, reference_taken: Option<Uuid>) -> Result<Vec<Problem>, Vec<Problem>> {
    let all = all_problems(next, outcome);
    let refused_at_once = !outcome.refused.is_empty() || reference_taken.is_some();
    if !refused_at_once && (next.status == ClaimStatus::Editing || all.is_empty()) {
        return Ok(all);
    }
    // A draft is not refused for what it still lacks; only invalid values are reported.
    let told = if next.status == ClaimStatus::Editing { outcome.problems.clone() } else { all };
    Err(refusals(reference_taken, told))
}

/// Every problem of the claim's content: E1-E13, E15, and missing parts (E14).
pub(super) fn all_problems(claim: &Claim, outcome: &Outcome) -> Vec<Problem> {
    outcome.problems.iter().cloned().chain(eligibility::missing(claim)).collect()
}

fn refusals(reference_taken: Option<Uuid>, mut problems: Vec<Problem>) -> Vec<Problem> {
    if let Some(other) = reference_taken {
        problems.push(
            Problem::invalid(["externalReference"], "Another claim of your company has this external reference.")
                .remedy("Choose another reference, or continue with that claim.")
                .of_claim(other),
        );
    }
    problems
}

/// Fixes the subscription of each line (E10), so that from submission on it does not change with the directory.
fn resolve(claim: &mut Claim, outcome: &Outcome) {
    let stands: Vec<bool> = claim.lines.iter().map(|line| claim.stands(line)).collect();
    let standing = claim.lines.iter_mut().zip(stands).filter_map(|(line, stands)| stands.then_some(line));
    for (line, resolved) in standing.zip(&outcome.resolved) {
        line.subscription_id = *resolved;
    }
}
