//! Conditions on the deadlines of claims.

use domain::{caller::Caller, kinds::DeadlineState, time::Timestamp};
use entity::claim::Column;
use sea_orm::{ColumnTrait, Condition, ExprTrait, sea_query::Expr};

use super::first::Reading;
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

    /// Whether few claims have a clock in one of them: most clocks are on track.
    pub(super) fn is_seldom(&self) -> bool {
        !self.states.contains(&DeadlineState::OnTrack)
    }

    /// As `domain::lifecycle::running_clock` and `domain::deadline` have them, in a list of this order if it is one.
    pub(super) fn condition(&self, caller: &Caller, reading: Reading) -> Condition {
        if hides_clocks(caller) {
            return Condition::all().add(never());
        }
        // Of the order's direction, so that the order's index serves it.
        let descending = reading.order.is_some_and(|order| order.field == ClaimOrderField::DueAt && order.descending);
        let due = ClaimOrder { field: ClaimOrderField::DueAt, descending }.key();
        // `+ 0` lets the index of the order find clocks that are on track, and not that of the time.
        let by_time = match reading.order.map(|order| order.field) {
            None | Some(ClaimOrderField::DueAt) => true,
            Some(field) => self.is_seldom() || comes_with_due_at(field),
        };
        let due = if by_time { due } else { due.add(0) };
        self.states.iter().fold(Condition::any().add(never()), |any, state| any.add(self.is_in(*state, &due)))
    }

    fn is_in(&self, state: DeadlineState, due: &Expr) -> Condition {
        let (now, bound) = (self.now.micros(), self.at_risk_until.micros());
        let running = Condition::all().add(due.clone().lt(LAST_ASCENDING)).add(Column::DueAt.is_not_null());
        match state {
            DeadlineState::OnTrack => running.add(due.clone().gt(Ord::max(now, bound))),
            DeadlineState::AtRisk => running.add(due.clone().gt(now)).add(due.clone().lte(bound)),
            DeadlineState::Overdue => overdue(self.now),
            DeadlineState::Extended => running.add(waits_for_arbitration()).add(due.clone().lte(now)),
            // No clock that runs is met.
            DeadlineState::Met => Condition::all().add(never()),
        }
    }
}

/// Whether the index of `due_at` also has what this order needs.
pub(super) const fn comes_with_due_at(field: ClaimOrderField) -> bool {
    matches!(field, ClaimOrderField::CreatedAt | ClaimOrderField::SubmittedAt)
}
