//! How a claim comes to be rejected, whatever the cause (L7, L9, N3, T3, X5).

use super::{Effects, one_change};
use crate::{
    claim::{Claim, Rejection},
    deadline,
    history::{self, Event},
    kinds::{ConsentStatus, DeadlineKind, DisputeStatus, EvaluationStatus, HistoryAction, RejectionReason},
    notice,
    policy::Policy,
    time::Timestamp,
};

/// Whether a rejection for this reason may be disputed at all (D3).
const fn disputable(reason: RejectionReason) -> bool {
    !matches!(reason, RejectionReason::PartnerRequest | RejectionReason::CustomerDeclined)
}

/// Makes `next`, whose status is already set, a rejected claim: the rejection and its window (D1), the end of a dispute
/// (D2), of the associations and of an evaluation that waits.
#[expect(
    clippy::too_many_arguments,
    reason = "every rejection has all of these, and a struct would only name them twice"
)]
pub(crate) fn reject(
    before: &Claim,
    next: &mut Claim,
    reason: RejectionReason,
    detail: String,
    by: Option<String>,
    action: HistoryAction,
    policy: &Policy,
    now: Timestamp,
) -> (Vec<Event>, Effects) {
    let disputed = before.disputed();
    let window = (disputable(reason) && !disputed).then(|| deadline::start(DeadlineKind::DisputeWindow, now, policy));
    next.deadline = window;
    next.missed_at = None;
    let rejection = Rejection {
        reason,
        detail: detail.clone(),
        rejected_at: now,
        disputable_until: window.map(|window| window.due_at),
        rejected_by: by,
        new_proof: false,
    };
    // A claim that is no longer approved does not wait for the customer's consent (N2).
    next.consent = next.consent.take().filter(|consent| consent.status != ConsentStatus::Pending);
    let mut effects = Effects { notices: vec![notice::rejected(next, &rejection)], ..Effects::default() };
    next.rejection = Some(rejection);
    let mut changes = history::changes(Some(before), next);
    changes.extend(one_change("rejection.reason", None, Some(reason.to_string())));
    let event = Event::new(action).moving(before.status, next.status).changes(changes).note(detail);
    let mut events = vec![event];
    if disputed {
        events.push(answer_dispute(next, DisputeStatus::Dismissed, now));
    }
    events.extend(end_associations(next, &mut effects));
    (events, effects)
}

/// Ends every association of the claim that lives, and cancels an evaluation that waits (I1, L9).
fn end_associations(next: &mut Claim, effects: &mut Effects) -> Option<Event> {
    if let Some(evaluation) = &mut next.evaluation
        && evaluation.status == EvaluationStatus::WaitingForConsent
    {
        evaluation.status = EvaluationStatus::Cancelled;
        effects.evaluation_changed = true;
    }
    let ended: Vec<_> = next.lines.iter_mut().filter(|line| line.associated).collect();
    if ended.is_empty() {
        return None;
    }
    for line in ended {
        line.associated = false;
        effects.associations_end.push(line.id);
    }
    Some(Event::new(HistoryAction::AssociationEnded))
}

/// The reviewers' answer to a dispute (D2).
pub(crate) fn answer_dispute(next: &mut Claim, status: DisputeStatus, now: Timestamp) -> Event {
    if let Some(dispute) = &mut next.dispute {
        dispute.status = status;
        dispute.answered_at = Some(now);
    }
    Event::new(HistoryAction::DisputeAnswered).changes(one_change(
        "dispute.status",
        Some(DisputeStatus::Open.to_string()),
        Some(status.to_string()),
    ))
}
