//! Conditions on the deadlines of claims.

use domain::{caller::Caller, kinds::DeadlineState, time::Timestamp};
use sea_orm::{Condition, ExprTrait, sea_query::Expr};

use super::order::{ClaimOrder, ClaimOrderField, LAST_ASCENDING, hides_clocks};
use crate::store::{predicates::waits_for_arbitration, sql::never};

pub(super) use crate::store::predicates::overdue;

/// States of clocks, and what they are judged by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeadlineStates {
    /// One of these.
    pub states: Vec<DeadlineState>,
    /// By now.
    pub now: Timestamp,
    /// A clock that runs out by then, and not yet, is at risk.
    pub at_risk_until: Timestamp,
}

impl DeadlineStates {
    /// Whether they are nothing but a range of `due_at`.
    pub(super) fn is_range(&self) -> bool {
        self.states.iter().all(|state| matches!(state, DeadlineState::OnTrack | DeadlineState::AtRisk))
    }

    /// As `domain::lifecycle::running_clock` and `domain::deadline` have them, in a list of this order if it is one.
    pub(super) fn condition(&self, caller: &Caller, order: Option<ClaimOrderField>) -> Condition {
        if hides_clocks(caller) {
            return Condition::all().add(never());
        }
        let due = ClaimOrder { field: ClaimOrderField::DueAt, descending: false }.key();
        // Most clocks are on track: `+ 0` lets the index of the order find such claims, and not that of the time.
        let is_seldom = !self.states.contains(&DeadlineState::OnTrack);
        let by_time = match order {
            None | Some(ClaimOrderField::DueAt) => true,
            Some(field) => is_seldom || comes_with_due_at(field),
        };
        let due = if by_time { due } else { due.add(0) };
        self.states.iter().fold(Condition::any().add(never()), |any, state| any.add(self.is_in(*state, &due)))
    }

    fn is_in(&self, state: DeadlineState, due: &Expr) -> Condition {
        let (now, bound) = (self.now.micros(), self.at_risk_until.micros());
        let running = Condition::all().add(due.clone().lt(LAST_ASCENDING));
        match state {
            DeadlineState::OnTrack => running.add(due.clone().gt(Ord::max(now, bound))),
            DeadlineState::AtRisk => running.add(due.clone().gt(now)).add(due.clone().lte(bound)),
            DeadlineState::Overdue => overdue(self.now),
            DeadlineState::Extended => waits_for_arbitration().add(due.clone().lte(now)),
            // No clock that runs is met.
            DeadlineState::Met => Condition::all().add(never()),
        }
    }
}

/// Whether the index of `due_at` also has what this order needs.
pub(super) const fn comes_with_due_at(field: ClaimOrderField) -> bool {
    matches!(field, ClaimOrderField::CreatedAt | ClaimOrderField::SubmittedAt)
}
