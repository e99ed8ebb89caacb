//! The reviewers' work (L3, L4, L6, L7).

use super::{ACTING_FOR, Assignee, Decision, Effects, Step, ending};
use crate::{
    claim::{ActionRequest, Consent, Evaluation, Reviewer},
    deadline,
    eligibility::{self, Intent},
    history::{Event, FieldChange},
    kinds::{
        ActionReason, ClaimStatus, ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus, HistoryAction,
        LineOutcome, RejectionReason, Role,
    },
    lifecycle::{access, clock},
    notice,
    problem::{Problem, ProblemCode},
    text,
};

/// The reasons that a reviewer may choose; the others are set by what happened (L7).
const CHOSEN: &[RejectionReason] = &[
    RejectionReason::InsufficientPoe,
    RejectionReason::MissingCustomerAcknowledgement,
    RejectionReason::MissingProducts,
    RejectionReason::PoeUnavailable,
    RejectionReason::Other,
];

impl Step<'_> {
    fn myself(&self) -> Reviewer {
        Reviewer { subject: self.caller.subject.clone(), name: self.caller.name.clone() }
    }

    pub(super) fn start_review(&self) -> Decision {
        let mut next = self.next();
        next.reviewer = Some(self.myself());
        next.deadline = Some(deadline::start(DeadlineKind::Decide, self.given.now, self.given.policy));
        next.missed_at = None;
        let event = self.event(HistoryAction::ReviewStarted, &next);
        Decision::new(next, vec![event], Effects::default())
    }

    /// A reviewer takes an unassigned claim or hands an own one back; a lead gives anyone's to anyone (L3, R2).
    pub(super) fn assign(&self) -> Result<Decision, Vec<Problem>> {
        let Assignee { reviewer: to, absent } = self.given.assignee.clone();
        let to_me = to.as_ref().is_some_and(|to| to.subject == self.caller.subject);
        if !self.caller.is(Role::ReviewLead) && !to_me && to.is_some() {
            return Err(vec![
                Problem::new(
                    ProblemCode::NotAllowed,
                    "A reviewer may assign only unassigned claims, and only to themselves.",
                )
                .at(["reviewerSubject"])
                .remedy("Ask a review lead to assign the claim."),
            ]);
        }
        if to.is_none() && absent.is_none() && self.before.reviewer.is_none() {
            return Err(vec![
                Problem::invalid(["reviewerSubject"], "The claim has no reviewer to remove.")
                    .remedy("Give the subject of the reviewer to assign."),
            ]);
        }
        Ok(self.assigned(if to_me { Some(self.myself()) } else { to }, absent))
    }

    /// Moves the review of one reviewer to another, unless it is no longer theirs, or the other may not decide it (R3, D2).
    pub(super) fn reassign(&self, from: &str) -> Result<Decision, Vec<Problem>> {
        let to = self.given.assignee.reviewer.clone();
        if self.before.reviewer.as_ref().is_none_or(|reviewer| reviewer.subject != from) {
            return Err(vec![
                Problem::new(ProblemCode::NotAllowed, "The review was assigned to another reviewer in the meantime.")
                    .remedy("Read the claim again."),
            ]);
        }
        if to.as_ref().is_some_and(|to| access::rejected_by(self.before, &to.subject)) {
            return Err(vec![
                Problem::new(
                    ProblemCode::NotAllowed,
                    "The new reviewer gave the disputed rejection and may not decide the dispute.",
                )
                .at(["toSubject"])
                .remedy("Assign the claim to another reviewer."),
            ]);
        }
        Ok(self.assigned(to, None))
    }

    fn assigned(&self, to: Option<Reviewer>, absent: Option<String>) -> Decision {
        let mut next = self.next();
        next.reviewer = to;
        let mut event = self.event(HistoryAction::Assigned, &next);
        if absent.is_some() && next.reviewer.is_none() {
            event = event.note("The reviewer is absent and has no deputy.");
        }
        event.changes.extend(FieldChange::of(ACTING_FOR, None, absent));
        Decision::new(next, vec![event], Effects::default())
    }

    /// Asks the partner, with reasons and a message that is posted as a comment (L4, T3).
    pub(super) fn request_action(
        &self,
        mut reasons: Vec<ActionReason>,
        message: &str,
    ) -> Result<Decision, Vec<Problem>> {
        reasons.sort_unstable();
        reasons.dedup();
        let mut problems = Vec::new();
        if reasons.is_empty() {
            problems.push(
                Problem::invalid(["reasons"], "The request has no reason.")
                    .remedy("Give at least one reason; use OTHER if none of them fits."),
            );
        }
        let message = text::required("message", message, text::LONG_MAX).unwrap_or_else(|problem| {
            problems.push(problem);
            String::new()
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let clock = deadline::start(DeadlineKind::PartnerResponse, self.given.now, self.given.policy);
        let mut next = self.next();
        let words = reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let mut event = self.event(HistoryAction::ActionRequested, &next);
        let comment = self.shared(message.clone());
        event.comment_id = Some(comment.id);
        event.changes.extend(FieldChange::of("actionRequest.reasons", None, Some(words)));
        event.changes.extend(FieldChange::of("actionRequest.respondBy", None, Some(clock.due_at.to_string())));
        let incumbent = next.status == ClaimStatus::Approved;
        let notice = notice::action_required(&next, &reasons, &message, clock.due_at, incumbent);
        next.action_request = Some(ActionRequest {
            reasons,
            message,
            requested_at: self.given.now,
            respond_by: clock.due_at,
            answered: false,
        });
        next.missed_at = None;
        next.deadline = if incumbent { clock::of_approved(&next) } else { Some(clock) };
        let effects = Effects { comments: vec![comment], notices: vec![notice], ..Effects::default() };
        Ok(Decision::new(next, vec![event], effects))
    }

    /// Approves, unless a product fails E3-E8 by now or belongs to another claim (L6, X6).
    pub(super) fn approve(&self, note: Option<&str>) -> Result<Decision, Vec<Problem>> {
        let note = text::optional("note", note, text::LONG_MAX).map_err(|problem| vec![problem])?;
        let mut problems = eligibility::for_approval(&Intent::of(self.before), &self.given.facts, self.given.now);
        problems.extend(self.contested());
        if !problems.is_empty() {
            return Err(problems);
        }
        let now = self.given.now;
        let mut next = self.next();
        next.decided_at = Some(now);
        next.approved_at = next.approved_at.or(next.decided_at);
        next.rejection = None;
        next.missed_at = None;
        // The old request was for the review, which is decided; an incumbent gets a new request (X3).
        if let Some(request) = &mut next.action_request {
            request.answered = true;
        }
        let decline_until = deadline::start(DeadlineKind::Consent, now, self.given.policy).due_at;
        let consent = Consent { status: ConsentStatus::Pending, requested_at: now, decline_until, settled_at: None };
        next.consent = Some(consent.clone());
        let recorded = |status| matches!(status, EvaluationStatus::Sent | EvaluationStatus::RevenueOnly);
        let recorded_before = self.before.evaluation.filter(|evaluation| recorded(evaluation.status));
        // I1: sent exactly once, also where a claim is approved again after a dispute.
        next.evaluation =
            recorded_before.or(Some(Evaluation { status: EvaluationStatus::WaitingForConsent, sent_at: None }));
        let mut event = self.event(HistoryAction::Approved, &next);
        event.note = note;
        let mut events = vec![event];
        if self.before.disputed() {
            events.push(ending::answer_dispute(&mut next, DisputeStatus::Upheld, now));
        }
        for line in &mut next.lines {
            line.associated = line.outcome != LineOutcome::Lost;
        }
        next.deadline = clock::of_approved(&next);
        events.push(Event::new(HistoryAction::AssociationStarted));
        let until = FieldChange::of("consent.declineUntil", None, Some(decline_until.to_string()));
        events.push(Event::new(HistoryAction::ConsentRequested).changes(until.into_iter().collect()));
        let notices = vec![notice::consent_requested(&next, &consent), notice::approved(&next, decline_until)];
        Ok(Decision::new(
            next,
            events,
            Effects { associations_start: true, evaluation_changed: true, notices, ..Effects::default() },
        ))
    }

    /// The lines whose subject another claim is associated with (X6).
    fn contested(&self) -> Vec<Problem> {
        let taken = |line| self.before.subject(line).is_some_and(|subject| self.given.taken.contains(&subject));
        self.before
            .standing_lines()
            .enumerate()
            .filter(|(_, line)| taken(*line))
            .map(|(index, _)| {
                Problem::new(
                    ProblemCode::InArbitration,
                    "This product is in arbitration, or another claim has the association for it.",
                )
                .at(["lines".to_owned(), index.to_string()])
                .remedy("Wait until a review lead awards the arbitration or only one claim is left.")
            })
            .collect()
    }

    /// Rejects for one of the reasons that a reviewer may choose (L7).
    pub(super) fn reject(&self, reason: RejectionReason, detail: &str) -> Result<Decision, Vec<Problem>> {
        let mut problems = Vec::new();
        if !CHOSEN.contains(&reason) {
            let allowed = CHOSEN.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            problems.push(
                Problem::invalid(["reason"], format!("{reason} is set only by the server."))
                    .param("reason", reason)
                    .remedy(format!("Choose one of {allowed}.")),
            );
        }
        let detail = text::required("detail", detail, text::LONG_MAX).unwrap_or_else(|problem| {
            problems.push(problem);
            String::new()
        });
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut next = self.next();
        next.decided_at = Some(self.given.now);
        let (events, effects) = ending::reject(
            self.before,
            &mut next,
            reason,
            detail,
            Some(self.caller.subject.clone()),
            HistoryAction::Rejected,
            self.given.policy,
            self.given.now,
        );
        Ok(Decision::new(next, events, effects))
    }
}
