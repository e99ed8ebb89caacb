//! Rules of `domain` as SQL conditions, each beside the function that it repeats. `tests/it/predicates.rs` compares them on
//! every combination of the columns that they look at. What a caller may see is in [`super::scope`].

use domain::{
    kinds::{ClaimStatus, DeadlineKind, LineOutcome},
    time::Timestamp,
};
use entity::{association, claim, claim_line};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};

use super::{
    claims::{ClaimOrder, ClaimOrderField},
    scope,
};

/// The claim's clock has run out: `DeadlineState::Overdue` of [`domain::lifecycle::running_clock`]. At `due_at` it is too late
/// (T); a dispute window that has closed is not overdue (D3), and an arbitration extends the reviewers' clocks (T2).
pub(super) fn overdue(now: Timestamp) -> Condition {
    // The kind is there wherever the time is: so that this is never NULL, and its negation leaves every other claim.
    Condition::all()
        .add(ClaimOrder { field: ClaimOrderField::DueAt, descending: false }.key().lte(now.micros()))
        .add(is_no_window())
        .add(waits_for_arbitration().not())
}

/// The clock is not a dispute window. Written out, so that the index of the clocks that can be overdue serves it.
fn is_no_window() -> Expr {
    Expr::cust(format!("\"claim\".\"deadline_kind\" <> '{}'", DeadlineKind::DisputeWindow))
}

/// The claim's clock is one that an arbitration extends, and the claim is in one (T2).
pub(super) fn waits_for_arbitration() -> Condition {
    let extended = [DeadlineKind::Decide, DeadlineKind::AnswerDispute].map(DeadlineKind::as_str);
    Condition::all().add(claim::Column::ContestedSince.is_not_null()).add(claim::Column::DeadlineKind.is_in(extended))
}

/// The same as [`lives`], for statements that are written as text.
pub(super) const LIVES: &str = "association.ended_at IS NULL";

/// The claim's clock can still fire: [`domain::lifecycle::fire`] changes such a claim once `due_at` has come. Left out are the
/// clocks that run out without anything happening (a dispute window, a review in arbitration), and those that have fired. It is the
/// condition of the index `claim_by_waiting_clock`, word for word: only so do the databases use it.
pub(super) const WAITING: &str = "deleted_at IS NULL AND due_at IS NOT NULL AND deadline_kind <> 'DISPUTE_WINDOW' \
    AND (contested_since IS NULL OR deadline_kind NOT IN ('DECIDE', 'ANSWER_DISPUTE')) \
    AND (missed_at IS NULL OR missed_at < due_at)";

/// The association has not ended: `Line::associated` (X6).
pub(super) fn lives() -> Expr {
    association::Column::EndedAt.is_null()
}

/// The claim competes for the subject of its line: [`domain::claim::Claim::contends`] (X1). For lines joined with their claims.
pub(super) fn contends() -> Condition {
    let being_decided = [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired];
    let associated = association::Entity::find()
        .select_only()
        .column(association::Column::Id)
        .filter(scope::same(association::Column::LineId, claim_line::Column::Id))
        .filter(lives());
    let holds = Condition::any()
        .add(claim::Column::Status.is_in(being_decided.map(ClaimStatus::as_str)))
        .add(Expr::exists(associated.into_query()));
    Condition::all().add(claim_line::Column::Outcome.ne(LineOutcome::Lost.as_str())).add(holds)
}
