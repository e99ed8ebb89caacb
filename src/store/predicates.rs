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
    projection::ClaimTraits,
    scope,
};

/// What the rules on a claim's clock look at beside `due_at`, as a table has it.
pub(super) struct Clock {
    /// It is not a dispute window.
    no_window: Expr,
    /// It is one that an arbitration extends.
    extended: Expr,
    /// The claim is in an arbitration.
    contested: Expr,
}

impl Clock {
    /// The clocks that an arbitration extends (T2).
    const EXTENDED: [DeadlineKind; 2] = [DeadlineKind::Decide, DeadlineKind::AnswerDispute];

    /// In the table `claim`.
    pub(super) fn of_claim() -> Self {
        Self {
            // Written out, so that the index of the clocks that can be overdue serves it.
            no_window: Expr::cust(format!("\"claim\".\"deadline_kind\" <> '{}'", DeadlineKind::DisputeWindow)),
            extended: claim::Column::DeadlineKind.is_in(Self::EXTENDED.map(DeadlineKind::as_str)),
            contested: claim::Column::ContestedSince.is_not_null(),
        }
    }

    /// In the projection.
    pub(super) fn projected() -> Self {
        Self {
            no_window: ClaimTraits::of([DeadlineKind::DisputeWindow]).has_none(),
            extended: ClaimTraits::of(Self::EXTENDED).has_any(),
            contested: ClaimTraits::CONTESTED.has_any(),
        }
    }

    /// It has run out: `DeadlineState::Overdue` of [`domain::lifecycle::running_clock`]. At `due_at` it is too late (T); a
    /// dispute window that has closed is not overdue (D3), and an arbitration extends the reviewers' clocks (T2).
    pub(super) fn overdue(self, now: Timestamp) -> Condition {
        // The kind is there wherever the time is: so that this is never NULL, and its negation leaves every other claim.
        Condition::all()
            .add(ClaimOrder { field: ClaimOrderField::DueAt, descending: false }.key().lte(now.micros()))
            .add(self.no_window.clone())
            .add(self.waits_for_arbitration().not())
    }

    /// It is one that an arbitration extends, and the claim is in one (T2).
    pub(super) fn waits_for_arbitration(self) -> Condition {
        Condition::all().add(self.contested).add(self.extended)
    }
}

/// The claim's clock has run out: [`Clock::overdue`] in the table `claim`.
pub(super) fn overdue(now: Timestamp) -> Condition {
    Clock::of_claim().overdue(now)
}

/// The claim waits for an arbitration: [`Clock::waits_for_arbitration`] in the table `claim`.
pub(super) fn waits_for_arbitration() -> Condition {
    Clock::of_claim().waits_for_arbitration()
}

/// The claim is approved, and nobody had asked its partner to act before: [`domain::statistics::is_first_pass`] (S2). For claims
/// joined with [`ASKED`].
pub(super) const FIRST_PASS: &str = "claim.status = 'APPROVED' \
    AND (claim_origin.asked_at IS NULL OR claim_origin.asked_at >= claim.decided_at)";

/// Joins a claim with the time at which its partner was asked first, if it was: `LEFT JOIN claim_origin ON ..`.
pub(super) const ASKED: &str = "claim_origin.claim_id = claim.id AND claim_origin.asked_at IS NOT NULL";

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

/// The line has a living association. For statements that read lines.
///
/// The sub-select looks one association up by the index of its claim. For an `EXISTS` below an `OR`, PostgreSQL would read all living
/// associations into a hash table.
pub(super) fn is_associated() -> Expr {
    let association = association::Entity::find()
        .select_only()
        .column(association::Column::Id)
        .filter(scope::same(association::Column::ClaimId, claim_line::Column::ClaimId))
        .filter(scope::same(association::Column::LineId, claim_line::Column::Id))
        .filter(lives())
        .limit(1);
    Expr::SubQuery(None, Box::new(association.into_query().into())).is_not_null()
}

/// The claim competes for the subject of its line: [`domain::claim::Claim::contends`] (X1). For lines joined with their claims.
pub(super) fn contends() -> Condition {
    let being_decided = [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired];
    let holds =
        Condition::any().add(claim::Column::Status.is_in(being_decided.map(ClaimStatus::as_str))).add(is_associated());
    Condition::all().add(claim_line::Column::Outcome.ne(LineOutcome::Lost.as_str())).add(holds)
}
