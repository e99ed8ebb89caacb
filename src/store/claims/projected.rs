//! The filter as a condition on the projection, which has all claims that reviewers see, and nothing else.

use domain::kinds::{ClaimStatus, ConsentStatus, DeadlineState};
use domain::time::Timestamp;
use entity::claim::Column;
use sea_orm::{ColumnTrait, Condition, ExprTrait, sea_query::Expr};

use super::{ClaimFilter, DeadlineStates, TimeRange};
use crate::store::{predicates::Clock, projection::ClaimTraits, sql::never};

/// The condition; nothing if the filter asks for what the projection does not have.
pub(in crate::store) fn condition(filter: &ClaimFilter) -> Option<Condition> {
    let others = ClaimFilter {
        status: None,
        solution_area: None,
        activity: None,
        unassigned: None,
        overdue: None,
        in_arbitration: None,
        submitted_at: None,
        created_at: None,
        due_at: None,
        updated_at: None,
        decided_at: None,
        last_activity_at: None,
        deadline_state: None,
        rejection_reason: None,
        consent_status: None,
        dispute_status: None,
        evaluation_status: None,
        ..filter.clone()
    };
    (others == ClaimFilter::default()).then(|| of_traits(filter).add(of_times(filter)).add(of_clocks(filter)))
}

fn of_traits(filter: &ClaimFilter) -> Condition {
    let has = |traits: ClaimTraits, wanted: bool| if wanted { traits.has_any() } else { traits.has_none() };
    Condition::all()
        .add_option(filter.status.clone().map(|all| ClaimTraits::of(all).has_any()))
        .add_option(filter.solution_area.map(|area| ClaimTraits::of([area]).has_any()))
        .add_option(filter.activity.map(|activity| ClaimTraits::of([activity]).has_any()))
        .add_option(filter.unassigned.map(|nobodys| has(ClaimTraits::ASSIGNED, !nobodys)))
        .add_option(filter.in_arbitration.map(|contested| has(ClaimTraits::CONTESTED, contested)))
        .add_option(
            filter
                .rejection_reason
                .clone()
                .map(|all| ClaimTraits::of(all).has_any().and(ClaimTraits::of([ClaimStatus::Rejected]).has_any())),
        )
        .add_option(filter.consent_status.as_deref().map(consents))
        .add_option(filter.dispute_status.clone().map(|all| ClaimTraits::of(all).has_any()))
        .add_option(filter.evaluation_status.clone().map(|all| ClaimTraits::of(all).has_any()))
}

/// As the filter of claims has it: a consent that is waited for belongs to an approved claim only (N2).
fn consents(statuses: &[ConsentStatus]) -> Expr {
    let settled = statuses.iter().copied().filter(|status| *status != ConsentStatus::Pending);
    let settled = ClaimTraits::of(settled).has_any();
    if statuses.contains(&ConsentStatus::Pending) {
        let pending = ClaimTraits::of([ConsentStatus::Pending]).has_any();
        settled.or(pending.and(ClaimTraits::of([ClaimStatus::Approved]).has_any()))
    } else {
        settled
    }
}

fn of_times(filter: &ClaimFilter) -> Condition {
    let holds = |key: Expr| move |range: TimeRange| range.holds_key(&key);
    // A claim without the time is in no range of it, open at both ends or not.
    let holds_if_any = |key: Expr| move |range: TimeRange| range.holds_key(&key).add(key.is_not_null());
    let column = |name: &str| Expr::cust(format!("claim.{name}"));
    Condition::all()
        .add_option(filter.created_at.map(holds(column("created_at"))))
        .add_option(filter.submitted_at.map(holds_if_any(column("submitted_at"))))
        .add_option(filter.decided_at.map(holds_if_any(column("decided_at"))))
        .add_option(filter.due_at.map(holds_if_any(column("due_at"))))
        .add_option(filter.updated_at.map(holds(column("updated_at"))))
        .add_option(filter.last_activity_at.map(holds(column("active_at"))))
}

fn of_clocks(filter: &ClaimFilter) -> Condition {
    let late = |(late, now): (bool, Timestamp)| if late { overdue(now) } else { overdue(now).not() };
    Condition::all().add_option(filter.overdue.map(late)).add_option(filter.deadline_state.as_ref().map(in_states))
}

/// As `predicates::overdue`; never unknown.
pub(super) fn overdue(now: Timestamp) -> Condition {
    Clock::projected().overdue(now)
}

/// As `deadlines` has them.
fn in_states(states: &DeadlineStates) -> Condition {
    let due = || Expr::col(Column::DueAt.as_column_ref());
    let (now, bound) = (states.now.micros(), states.at_risk_until.micros());
    states.states.iter().fold(Condition::any().add(never()), |any, state| {
        any.add(match state {
            DeadlineState::OnTrack => Condition::all().add(due().gt(Ord::max(now, bound))),
            DeadlineState::AtRisk => Condition::all().add(due().gt(now)).add(due().lte(bound)),
            DeadlineState::Overdue => overdue(states.now),
            DeadlineState::Extended => Clock::projected().waits_for_arbitration().add(due().lte(now)),
            // No clock that runs is met.
            DeadlineState::Met => Condition::all().add(never()),
        })
    })
}
