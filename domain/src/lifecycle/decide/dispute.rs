//! Disputes of the partner and the customer's decline (D1, N3).

use std::collections::BTreeSet;

use super::{Decision, Effects, Step, ending};
use crate::{
    claim::{Claim, Dispute, Line, Subject},
    deadline,
    eligibility::{self, Intent},
    history::FieldChange,
    kinds::{DeadlineKind, DisputeStatus, HistoryAction, LineOutcome, RejectionReason},
    notice,
    problem::{Problem, ProblemCode},
    text,
};

impl Step<'_> {
    /// Opens a dispute: the claim comes back unassigned, its lost lines are open again (D1, D2).
    pub(super) fn dispute(&self, justification: Option<&str>) -> Result<Decision, Vec<Problem>> {
        let justification =
            text::optional("justification", justification, text::LONG_MAX).map_err(|problem| vec![problem])?;
        let rejection = self.before.rejection.as_ref();
        let mut problems = self.claimed_anew();
        if justification.is_none() && !rejection.is_some_and(|rejection| rejection.new_proof) {
            problems.push(
                Problem::invalid(
                    ["justification"],
                    "The dispute has neither a business justification nor new proof of execution.",
                )
                .remedy("Explain why the rejection is wrong, or attach new proof to the rejected claim first."),
            );
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let clock = deadline::start(DeadlineKind::AnswerDispute, self.given.now, self.given.policy);
        let mut next = with_open_lines(&self.next());
        next.reviewer = None;
        next.rejection = None;
        next.decided_at = None;
        next.deadline = Some(clock);
        next.dispute = Some(Dispute {
            status: DisputeStatus::Open,
            justification: justification.clone(),
            opened_at: self.given.now,
            answer_by: clock.due_at,
            answered_at: None,
            rejected_by: rejection.and_then(|rejection| rejection.rejected_by.clone()),
        });
        let mut event = self.event(HistoryAction::Disputed, &next);
        event.changes.extend(FieldChange::of("dispute.answerBy", None, Some(clock.due_at.to_string())));
        event.note = justification;
        let lines_changed = next.lines != self.before.lines;
        let notices = vec![notice::disputed(&next, event.note.as_deref(), clock.due_at)];
        Ok(Decision::new(next, vec![event], Effects { lines_changed, notices, ..Effects::default() }))
    }

    /// The newer live claims of the partner on the same subjects (D2, E9, E15). The facts are for the claim with all its
    /// lines open again.
    fn claimed_anew(&self) -> Vec<Problem> {
        let intent = Intent::of(&with_open_lines(self.before));
        let newer = |problem: &Problem| {
            matches!(problem.code, ProblemCode::SubscriptionAlreadyClaimed | ProblemCode::DuplicateClaim)
        };
        eligibility::check_tenant_proven(&intent, &self.given.facts, self.given.now).into_iter().filter(newer).collect()
    }

    /// The customer declines: rejected, never disputable (N3, D3).
    pub(super) fn decline(&self, reason: Option<&str>, by_link: bool) -> Result<Decision, Vec<Problem>> {
        let reason = text::optional("reason", reason, text::LONG_MAX).map_err(|problem| vec![problem])?;
        let now = self.given.now;
        let mut next = self.next();
        if let Some(consent) = &mut next.consent {
            consent.status = crate::kinds::ConsentStatus::Declined;
            consent.settled_at = Some(now);
        }
        let detail = reason.unwrap_or_else(|| "The customer declined the association.".to_owned());
        let (mut events, effects) = ending::reject(
            self.before,
            &mut next,
            RejectionReason::CustomerDeclined,
            detail,
            None,
            HistoryAction::ConsentDeclined,
            self.given.policy,
            now,
        );
        // M3: the history says how the customer declined.
        if by_link && let Some(event) = events.first_mut() {
            event.changes.extend(FieldChange::of(DECLINED_BY, None, Some("LINK".to_owned())));
        }
        Ok(Decision::new(next, events, effects))
    }
}

/// The field of history entries that records how the customer declined (M3).
pub const DECLINED_BY: &str = "consent.declinedBy";

/// The claim with its lost lines open again (D1). A subject that was lost and then added again is open in one line only, the newest
/// (X0).
#[must_use]
pub(crate) fn with_open_lines(claim: &Claim) -> Claim {
    let is_lost = |line: &Line| line.outcome == LineOutcome::Lost;
    let held = claim.lines.iter().filter(|line| !is_lost(line));
    let mut subjects: BTreeSet<Subject> = held.filter_map(|line| claim.subject(line)).collect();
    let mut open = claim.clone();
    for line in open.lines.iter_mut().rev().filter(|line| is_lost(line)) {
        if claim.subject(line).is_none_or(|subject| subjects.insert(subject)) {
            line.outcome = LineOutcome::Pending;
        }
    }
    open
}
