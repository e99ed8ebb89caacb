//! The award of a review lead (X5).

use uuid::Uuid;

use super::{Aftermath, Closed, Contest, OpenArbitration, Round};
use crate::{
    claim::Claim,
    history::Event,
    kinds::{ArbitrationStatus, ClaimStatus, HistoryAction, LineOutcome, RejectionReason},
    lifecycle::{Effects, Open, ending},
    policy::Policy,
    time::Timestamp,
};

/// Gives the subject to one of the claims that take part, for which the table opened the action: its line has won, the others' have lost, an incumbent's
/// association for it ends, and a claim that lost its last line is rejected.
///
/// `None` if the winner takes no part in the arbitration.
#[must_use]
pub fn award(
    contest: &Contest,
    open: &OpenArbitration,
    winner: Open<'_>,
    rationale: String,
    policy: &Policy,
    now: Timestamp,
    ids: &mut dyn FnMut() -> Uuid,
) -> Option<Aftermath> {
    let winner = winner.claim().id;
    let mut round = Round::new(contest, policy, now, ids);
    let contenders = round.contenders(&open.subject);
    if !contenders.contains_key(&winner) || !open.parties.contains(&winner) {
        return None;
    }
    let status = ArbitrationStatus::Awarded;
    round.moves.closed.push(Closed { id: open.id, status, winner: Some(winner), rationale: Some(rationale) });
    for (claim, place) in contenders {
        let outcome = if claim == winner { LineOutcome::Won } else { LineOutcome::Lost };
        let change = round.set_outcome(claim, place, outcome);
        round.tell_settled(claim, place, change, false);
        if claim != winner {
            round.lose(claim, place);
        }
    }
    Some(round.finish(None))
}

impl Round<'_> {
    /// What follows from a lost line: its association ends, and a claim without another line is rejected.
    fn lose(&mut self, id: Uuid, place: usize) {
        let (policy, now) = (self.policy, self.now);
        let Some(decision) = self.decision(id) else { return };
        let before = decision.claim.clone();
        if let Some(line) = decision.claim.lines.get_mut(place)
            && line.associated
        {
            line.associated = false;
            decision.effects.associations_end.push(line.id);
            decision.events.push(Event::new(HistoryAction::AssociationEnded));
        }
        if decision.claim.standing_lines().next().is_none() {
            let (events, effects) = reject(&before, &mut decision.claim, policy, now);
            decision.events.extend(events);
            decision.effects.evaluation_changed |= effects.evaluation_changed;
            decision.effects.notices.extend(effects.notices);
            decision.effects.associations_end.extend(effects.associations_end);
        }
    }
}

fn reject(before: &Claim, next: &mut Claim, policy: &Policy, now: Timestamp) -> (Vec<Event>, Effects) {
    next.status = ClaimStatus::Rejected;
    next.decided_at = next.decided_at.or(Some(now));
    let detail = "Another claim won the last product of this claim in arbitration.".to_owned();
    ending::reject(before, next, RejectionReason::ArbitrationLost, detail, None, HistoryAction::Rejected, policy, now)
}
