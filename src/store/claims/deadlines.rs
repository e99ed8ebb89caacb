//! Conditions on the deadlines of claims.

use domain::{
    caller::Caller,
    kinds::{DeadlineKind, DeadlineState},
    time::Timestamp,
};
use entity::claim::Column;
use sea_orm::{ColumnTrait, Condition, ExprTrait, sea_query::Expr};

use super::order::{ClaimOrder, ClaimOrderField, LAST_ASCENDING, hides_clocks};
use crate::store::sql::never;

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

/// The clock has run out: at `dueAt` it is too late (T). As `domain::lifecycle::running_clock` has it, a dispute window
/// that has closed is not overdue (D3), and an arbitration extends the reviewers' clocks (T2).
pub(super) fn overdue(now: Timestamp) -> Condition {
    // The kind is there wherever the time is: so that this is never NULL, and its negation leaves every other claim.
    Condition::all()
        .add(ClaimOrder { field: ClaimOrderField::DueAt, descending: false }.key().lte(now.micros()))
        .add(Column::DeadlineKind.ne(DeadlineKind::DisputeWindow.as_str()))
        .add(waits_for_arbitration().not())
}

/// The clock is one that an arbitration extends, and the claim is in one (T2).
fn waits_for_arbitration() -> Condition {
    let extended = [DeadlineKind::Decide, DeadlineKind::AnswerDispute].map(DeadlineKind::as_str);
    Condition::all().add(Column::ContestedSince.is_not_null()).add(Column::DeadlineKind.is_in(extended))
}
