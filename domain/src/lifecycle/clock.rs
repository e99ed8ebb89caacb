//! The deadlines of a claim: which one runs, its state, and what happens when it has passed (T, N4, X3).

use super::decide::{Decision, Effects, ending};
use crate::{
    claim::Claim,
    deadline::{self, Deadline},
    history::{Event, FieldChange},
    kinds::{
        ClaimStatus, ConsentStatus, DeadlineKind, DeadlineState, EvaluationStatus, HistoryAction, LineOutcome,
        RejectionReason,
    },
    notice,
    policy::Policy,
    time::Timestamp,
};

/// Whether the clock is one of the reviewers' that an arbitration extends (T2).
const fn extends(kind: DeadlineKind) -> bool {
    matches!(kind, DeadlineKind::Decide | DeadlineKind::AnswerDispute)
}

/// The running deadline and its state; `None` once a dispute window has closed (T).
#[must_use]
pub fn running_clock(claim: &Claim, now: Timestamp, policy: &Policy) -> Option<(Deadline, DeadlineState)> {
    let clock = claim.deadline?;
    let late = clock.is_overdue(now);
    match clock.kind {
        DeadlineKind::DisputeWindow if late => None,
        kind if late && extends(kind) && claim.contested_since.is_some() => Some((clock, DeadlineState::Extended)),
        _ => Some((clock, clock.state(now, policy))),
    }
}

/// The clock of an approved claim: the earlier of the customer's and, as an incumbent that was asked, its own (X3).
pub(super) fn of_approved(claim: &Claim) -> Option<Deadline> {
    let consent = claim.consent.as_ref().filter(|consent| consent.status == ConsentStatus::Pending).map(|consent| {
        Deadline { kind: DeadlineKind::Consent, started_at: consent.requested_at, due_at: consent.decline_until }
    });
    // A deadline that is recorded as missed does not hide the other one.
    let noted = |clock: &Deadline| claim.missed_at.is_some_and(|missed| clock.due_at <= missed);
    let asked = claim.action_request.as_ref().filter(|_| claim.is_asked_as_incumbent()).map(|request| Deadline {
        kind: DeadlineKind::PartnerResponse,
        started_at: request.requested_at,
        due_at: request.respond_by,
    });
    match (consent, asked) {
        (Some(consent), Some(asked)) if !noted(&asked) && asked.due_at < consent.due_at => Some(asked),
        (consent, asked) => consent.or(asked),
    }
}

/// What happens by itself on a claim whose clock has run out; `None` if none has, or where it was noted already (T5).
#[must_use]
pub fn fire(claim: &Claim, policy: &Policy, now: Timestamp) -> Option<Decision> {
    let clock = claim.deadline.filter(|clock| clock.is_overdue(now))?;
    if claim.missed_at.is_some_and(|missed| missed >= clock.due_at) {
        return None;
    }
    match (clock.kind, claim.status) {
        (DeadlineKind::Consent, ClaimStatus::Approved) => Some(consent_lapses(claim, now)),
        (DeadlineKind::PartnerResponse, ClaimStatus::PartnerActionRequired) => Some(no_response(claim, policy, now)),
        (DeadlineKind::DisputeWindow, _) => None,
        (kind, _) if extends(kind) && claim.contested_since.is_some() => None,
        (kind, _) => Some(missed(claim, kind)),
    }
}

/// Late: recorded in the history and shown in the queue; nothing else changes (T1, T2, D2, X3).
fn missed(claim: &Claim, kind: DeadlineKind) -> Decision {
    let mut next = claim.clone();
    // The time of the clock, not of its noting: another clock may have run out by now as well, and is yet to fire (T5).
    next.missed_at = claim.deadline.map(|clock| clock.due_at);
    if next.status == ClaimStatus::Approved {
        next.deadline = of_approved(&next);
    }
    let event = Event::new(HistoryAction::DeadlineMissed)
        .changes(FieldChange::of("deadline", Some(kind.to_string()), None).into_iter().collect())
        .by_system();
    Decision { claim: next, events: vec![event], effects: Effects::default(), problems: Vec::new() }
}

/// No answer in time: rejected (T3).
fn no_response(claim: &Claim, policy: &Policy, now: Timestamp) -> Decision {
    let mut next = claim.clone();
    next.version += 1;
    next.updated_at = now;
    next.status = ClaimStatus::Rejected;
    next.decided_at = Some(now);
    let detail = "The partner did not respond to the reviewer's request in time.".to_owned();
    let (events, effects) = ending::reject(
        claim,
        &mut next,
        RejectionReason::NoPartnerResponse,
        detail,
        None,
        HistoryAction::Rejected,
        policy,
        now,
    );
    let events = events.into_iter().map(Event::by_system).collect();
    Decision { claim: next, events, effects, problems: Vec::new() }
}

/// Unanswered: the association becomes official and the claim is sent for evaluation, once (N4, I1).
fn consent_lapses(claim: &Claim, now: Timestamp) -> Decision {
    let mut next = claim.clone();
    next.updated_at = now;
    if let Some(consent) = &mut next.consent {
        consent.status = ConsentStatus::GrantedByLapse;
        consent.settled_at = Some(now);
    }
    next.deadline = of_approved(&next);
    let mut events = vec![Event::new(HistoryAction::ConsentLapsed).by_system()];
    let waiting = claim.evaluation.filter(|evaluation| evaluation.status == EvaluationStatus::WaitingForConsent);
    if let (Some(_), Some(evaluation)) = (waiting, &mut next.evaluation) {
        let associated = claim.lines.iter().any(|line| line.associated && line.outcome != LineOutcome::Lost);
        let pays = !crate::catalogue::programs(claim.solution_area, &claim.activities).is_empty();
        evaluation.status = match (associated, pays) {
            (false, _) => EvaluationStatus::Cancelled,
            (true, true) => EvaluationStatus::Sent,
            (true, false) => EvaluationStatus::RevenueOnly,
        };
        evaluation.sent_at = (evaluation.status == EvaluationStatus::Sent).then_some(now);
        if associated {
            let status = Some(evaluation.status.to_string());
            let changes = FieldChange::of("evaluation", Some(EvaluationStatus::WaitingForConsent.to_string()), status);
            events
                .push(Event::new(HistoryAction::SentForEvaluation).changes(changes.into_iter().collect()).by_system());
        }
    }
    let effects = Effects { associations_official: true, evaluation_changed: waiting.is_some(), ..Effects::default() };
    Decision { claim: next, events, effects, problems: Vec::new() }
}

/// The subscription of a line has ended: so does the association for it; the claim stays approved (I2).
#[must_use]
pub fn subscription_ended(
    claim: &Claim,
    line_id: uuid::Uuid,
    comment_id: uuid::Uuid,
    now: Timestamp,
) -> Option<Decision> {
    let mut next = claim.clone();
    next.updated_at = now;
    let line = next.lines.iter_mut().find(|line| line.id == line_id && line.associated)?;
    line.associated = false;
    let (sku_id, subscription_id) = (line.sku_id, line.subscription_id);
    let subscription = subscription_id.map(|id| id.to_string()).unwrap_or_default();
    let mut evaluation_changed = false;
    let none_left = !next.lines.iter().any(|line| line.associated);
    if none_left
        && let Some(evaluation) = &mut next.evaluation
        && evaluation.status == EvaluationStatus::WaitingForConsent
    {
        evaluation.status = EvaluationStatus::Cancelled;
        evaluation_changed = true;
    }
    let body = format!(
        "The subscription {subscription} has ended, and so has its association. Create a new claim for a new subscription."
    );
    let mut event = Event::new(HistoryAction::AssociationEnded)
        .changes(FieldChange::of("association", Some(subscription), None).into_iter().collect())
        .by_system();
    event.comment_id = Some(comment_id);
    let notices = vec![notice::subscription_ended(&next, sku_id, subscription_id, &body)];
    let comment = super::decide::NewComment {
        id: comment_id,
        body,
        visibility: crate::kinds::CommentVisibility::Shared,
        by_system: true,
    };
    let effects = Effects {
        comments: vec![comment],
        associations_end: vec![line_id],
        evaluation_changed,
        notices,
        ..Effects::default()
    };
    Some(Decision { claim: next, events: vec![event], effects, problems: Vec::new() })
}

/// A new clock for a claim that has left its last arbitration: what it waited does not count against the reviewers (T2, T4).
pub(crate) fn after_arbitration(claim: &mut Claim, since: Timestamp, now: Timestamp, policy: &Policy) {
    if let Some(clock) = claim.deadline
        && extends(clock.kind)
        && clock.is_overdue(now)
    {
        claim.deadline = Some(deadline::start(clock.kind, now, policy));
        claim.missed_at = None;
    }
    // A decision before the arbitration, such as an incumbent's approval, did not wait for it.
    if claim.decided_at.is_none_or(|decided| decided > since)
        && let Some(target) = claim.decision_due_at
    {
        let calendar = crate::calendar::Calendar::new(policy);
        let waited = u16::try_from(calendar.business_days_between(since, now)).unwrap_or(0);
        if waited > 0 {
            let before = Timestamp::from_micros(target.micros() - 1).unwrap_or(target);
            claim.decision_due_at = Some(calendar.due(before, crate::policy::Term::business(waited)));
        }
    }
    if claim.status == ClaimStatus::Approved {
        // The request to the incumbent was for this arbitration; a later one needs a new request (X3).
        if let Some(request) = &mut claim.action_request {
            request.answered = true;
        }
        claim.deadline = of_approved(claim);
    }
}
