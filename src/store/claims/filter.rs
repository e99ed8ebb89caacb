//! The filter of a list of claims.

use domain::{
    caller::{Caller, Side},
    directory, identifier,
    kinds::{Activity, ClaimStatus, ConsentStatus, DisputeStatus, EvaluationStatus, RejectionReason, SolutionArea},
    time::Timestamp,
};
use entity::{claim::Column, claim_line, customer, partner_location};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SubQueryStatement},
};
use uuid::Uuid;

use super::{
    deadlines::{DeadlineStates, overdue},
    first::Reading,
    order::{ClaimOrder, ClaimOrderField, LAST_ASCENDING, hides_clocks},
    origin::created_by,
    search::holds_words,
    words::words,
    written,
};
use crate::store::{
    rows::Rows,
    scope::same,
    sql::{any_of, contains, findable, is_one_of, never},
};

/// A stretch of time; an open end leaves everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TimeRange {
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Only before this.
    pub before: Option<Timestamp>,
}

impl TimeRange {
    /// Whether the column lies in it, which is never null.
    pub(in crate::store) fn holds(self, column: impl ColumnTrait) -> Condition {
        self.holds_key(&Expr::col(column.as_column_ref()))
    }

    /// The same of what a list is ordered by, so that the order's index serves the filter, too.
    pub(super) fn holds_key(self, key: &Expr) -> Condition {
        Condition::all()
            .add_option(self.from.map(|from| key.clone().gte(from.micros())))
            .add_option(self.before.map(|before| key.clone().lt(before.micros())))
    }

    /// The same of a time that may be missing; without one, the claim is not in the range.
    fn holds_optional(self, field: ClaimOrderField, reading: Reading) -> Condition {
        let key = |descending| ClaimOrder { field, descending }.key();
        // Of both directions, so that either order's index serves it.
        let range = self.holds_key(&key(false)).add(self.holds_key(&key(true)));
        reading.in_range(field, range.add_option(self.before.is_none().then(|| key(false).lt(LAST_ASCENDING))))
    }

    /// Whether it spans few enough rows that reading all of them is cheap.
    pub(in crate::store) fn is_short(self, now: Option<Timestamp>) -> bool {
        const SHORT: i64 = 45 * 24 * 60 * 60 * 1_000_000;
        let end = self.before.or(now);
        self.from.zip(end).is_some_and(|(from, end)| end.micros().saturating_sub(from.micros()) <= SHORT)
    }
}

/// A filter of claims; omitted conditions match everything. An empty list, such as of `ids`, matches nothing.
///
/// A condition on something that the caller may not see matches nothing, so that the result does not reveal it (A4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClaimFilter {
    /// One of these.
    pub ids: Option<Vec<Uuid>>,
    /// With this number.
    pub number: Option<String>,
    /// In one of these statuses.
    pub status: Option<Vec<ClaimStatus>>,
    /// On this customer.
    pub tenant_id: Option<Uuid>,
    /// Of this partner.
    pub partner_id: Option<Uuid>,
    /// With a line for this product.
    pub sku_id: Option<Uuid>,
    /// With this external reference: partners only.
    pub external_reference: Option<String>,
    /// In this solution area.
    pub solution_area: Option<SolutionArea>,
    /// With this among its activities.
    pub activity: Option<Activity>,
    /// Assigned to the caller, or not: reviewers only.
    pub assigned_to_me: Option<bool>,
    /// Assigned to nobody, or to a reviewer: for reviewers only.
    pub unassigned: Option<bool>,
    /// Whether its clock has run out by the time given; not for customers.
    pub overdue: Option<(bool, Timestamp)>,
    /// Whether a line of it is in an open arbitration; not for customers.
    pub in_arbitration: Option<bool>,
    /// Handed in then.
    pub submitted_at: Option<TimeRange>,
    /// Made then.
    pub created_at: Option<TimeRange>,
    /// Its clock runs out then; not for customers.
    pub due_at: Option<TimeRange>,
    /// The words of a search (L14).
    pub search: Option<String>,
    /// With one of these external references: partners only.
    pub external_references: Option<Vec<String>>,
    /// By the location with this MPN id.
    pub mpn_id: Option<String>,
    /// Assigned to the reviewer with this subject: reviewers only.
    pub reviewer_subject: Option<String>,
    /// Made by the caller, or not.
    pub created_by_me: Option<bool>,
    /// Last changed then.
    pub updated_at: Option<TimeRange>,
    /// Decided then.
    pub decided_at: Option<TimeRange>,
    /// Then something last happened that the caller may see (L17).
    pub last_activity_at: Option<TimeRange>,
    /// With a clock in one of these states; not for customers.
    pub deadline_state: Option<DeadlineStates>,
    /// Rejected, and for one of these reasons; not for customers.
    pub rejection_reason: Option<Vec<RejectionReason>>,
    /// With the customer's consent in one of these states.
    pub consent_status: Option<Vec<ConsentStatus>>,
    /// With the last dispute in one of these states; not for customers.
    pub dispute_status: Option<Vec<DisputeStatus>>,
    /// With the incentive evaluation in one of these states; not for customers.
    pub evaluation_status: Option<Vec<EvaluationStatus>>,
}

impl ClaimFilter {
    /// Whether it leaves so few claims that reading all of them is cheap.
    pub(super) fn is_selective(&self) -> bool {
        self.ids.is_some()
            || self.number.is_some()
            || self.tenant_id.is_some()
            || self.partner_id.is_some()
            || self.sku_id.is_some()
            || self.external_reference.is_some()
            || self.external_references.is_some()
            || self.mpn_id.is_some()
            || self.reviewer_subject.is_some()
            || self.created_by_me == Some(true)
            || self.assigned_to_me == Some(true)
            || self.in_arbitration == Some(true)
    }

    /// Whether it asks for a range of time so short that its claims are best found by the index on that time.
    pub(super) fn has_short_range(&self, now: Timestamp) -> bool {
        let ranges =
            [self.submitted_at, self.created_at, self.due_at, self.updated_at, self.decided_at, self.last_activity_at];
        ranges.into_iter().flatten().any(|range| range.is_short(Some(now)))
    }

    /// A filter with nothing but this one's range of the time that a list is ordered by.
    pub(super) fn range_of(&self, field: ClaimOrderField) -> Self {
        let if_of = |of, range: Option<TimeRange>| range.filter(|_| field == of);
        Self {
            submitted_at: if_of(ClaimOrderField::SubmittedAt, self.submitted_at),
            created_at: if_of(ClaimOrderField::CreatedAt, self.created_at),
            due_at: if_of(ClaimOrderField::DueAt, self.due_at),
            decided_at: if_of(ClaimOrderField::DecidedAt, self.decided_at),
            updated_at: if_of(ClaimOrderField::UpdatedAt, self.updated_at),
            last_activity_at: if_of(ClaimOrderField::LastActivityAt, self.last_activity_at),
            ..Self::default()
        }
    }

    /// Whether it asks for nothing but what the counters know (see `tally`), and for what few claims are left out by.
    pub(super) fn is_of_kind(&self) -> bool {
        let Self { status, solution_area, activity, assigned_to_me, unassigned, overdue, in_arbitration, .. } =
            self.clone();
        let known = Self {
            status,
            solution_area,
            activity,
            assigned_to_me,
            unassigned,
            overdue,
            in_arbitration,
            ..Self::default()
        };
        known == *self
    }

    /// The filter as a condition on `claim`.
    pub(super) fn condition(&self, caller: &Caller, backend: DbBackend, reading: Reading) -> Condition {
        // No reviewer sees a draft; with this condition, the database does not look for one.
        let drafts_only = self.status.as_deref().is_some_and(|all| all.iter().all(|one| *one == ClaimStatus::Editing));
        of_kind(self)
            .add_option((caller.reviews() && drafts_only).then(never))
            .add(self.named(backend))
            .add(self.of_review(caller))
            .add(self.of_time(caller, reading))
            .add(self.of_outcome(caller))
            .add_option(
                self.external_reference.as_ref().map(|one| referenced(caller, std::slice::from_ref(one), backend)),
            )
            .add_option(self.external_references.as_ref().map(|some| referenced(caller, some, backend)))
            .add_option(self.created_by_me.map(|mine| created_by(caller, mine)))
            .add_option(self.search.as_deref().map(|text| search(caller, text, backend)))
    }

    /// By what the claim names.
    fn named(&self, backend: DbBackend) -> Condition {
        let number = |number: &String| written(number).map_or_else(never, |number| Column::Number.eq(number));
        Condition::all()
            .add_option(self.ids.as_ref().map(|ids| any_of(Column::Id, ids.iter().copied(), backend)))
            .add_option(self.number.as_ref().map(number))
            .add_option(self.tenant_id.map(|id| Column::TenantId.eq(id)))
            .add_option(self.partner_id.map(|id| Column::PartnerId.eq(id)))
            .add_option(self.sku_id.map(with_product))
            .add_option(self.mpn_id.as_deref().map(by_location))
    }

    /// By the state of the review.
    fn of_review(&self, caller: &Caller) -> Condition {
        let reviewer = Column::ReviewerSubject;
        let mine = |mine: bool| match (caller.reviews(), mine) {
            (false, _) => Condition::all().add(never()),
            (true, true) => Condition::all().add(reviewer.eq(caller.subject.as_str())),
            (true, false) => Condition::any().add(reviewer.is_null()).add(reviewer.ne(caller.subject.as_str())),
        };
        let nobodys = |nobodys: bool| match (caller.reviews(), nobodys) {
            (false, _) => never(),
            (true, true) => reviewer.is_null(),
            (true, false) => reviewer.is_not_null(),
        };
        let contested = |contested: bool| match (hides_clocks(caller), contested) {
            (true, _) => never(),
            (false, true) => Column::ContestedSince.is_not_null(),
            (false, false) => Column::ContestedSince.is_null(),
        };
        let of_reviewer = |subject: &String| match findable(&identifier::subject(subject)) {
            Some(subject) if caller.reviews() => reviewer.eq(subject),
            _ => never(),
        };
        Condition::all()
            .add_option(self.reviewer_subject.as_ref().map(of_reviewer))
            .add_option(self.assigned_to_me.map(mine))
            .add_option(self.unassigned.map(nobodys))
            .add_option(self.in_arbitration.map(contested))
    }

    /// By its times.
    fn of_time(&self, caller: &Caller, reading: Reading) -> Condition {
        let unless_hidden = |condition: Condition| {
            if hides_clocks(caller) { Condition::all().add(never()) } else { condition }
        };
        let late = |(late, now): (bool, Timestamp)| {
            let overdue = overdue(now);
            unless_hidden(if late { overdue } else { overdue.not() })
        };
        let holds = |field, range: TimeRange| range.holds_optional(field, reading);
        let created = |range: TimeRange| {
            let key = Expr::col(Column::CreatedAt.as_column_ref());
            reading.in_range(ClaimOrderField::CreatedAt, range.holds_key(&key))
        };
        Condition::all()
            .add_option(self.submitted_at.map(|range| holds(ClaimOrderField::SubmittedAt, range)))
            .add_option(self.created_at.map(created))
            .add_option(self.due_at.map(|range| unless_hidden(holds(ClaimOrderField::DueAt, range))))
            .add_option(self.decided_at.map(|range| holds(ClaimOrderField::DecidedAt, range)))
            .add_option(self.overdue.map(late))
    }

    /// By what became of it. A customer sees how its own consent stands, and nothing else of it (A3).
    fn of_outcome(&self, caller: &Caller) -> Condition {
        let hidden = hides_clocks(caller);
        let unless_hidden = |condition: Expr| if hidden { never() } else { condition };
        let is_rejected = |reasons: &Vec<RejectionReason>| {
            let reasons = is_one_of("claim", "rejection_reason", reasons.iter().map(|reason| reason.as_str()));
            unless_hidden(reasons.and(is_one_of("claim", "status", [ClaimStatus::Rejected.as_str()])))
        };
        let disputed = |all: &Vec<DisputeStatus>| {
            unless_hidden(is_one_of("claim", "dispute_status", all.iter().map(|status| status.as_str())))
        };
        let evaluated = |all: &Vec<EvaluationStatus>| {
            unless_hidden(is_one_of("claim", "evaluation_status", all.iter().map(|status| status.as_str())))
        };
        Condition::all()
            .add_option(self.rejection_reason.as_ref().map(is_rejected))
            .add_option(self.consent_status.as_ref().map(|all| consents(all)))
            .add_option(self.dispute_status.as_ref().map(disputed))
            .add_option(self.evaluation_status.as_ref().map(evaluated))
    }
}

/// Whether the customer's consent is in one of the states. One that is waited for belongs to an approved claim only (N2).
fn consents(statuses: &[ConsentStatus]) -> Condition {
    let settled = statuses.iter().filter(|status| **status != ConsentStatus::Pending);
    let settled = is_one_of("claim", "consent_status", settled.map(|status| status.as_str()));
    let pending = statuses.contains(&ConsentStatus::Pending).then(|| {
        is_one_of("claim", "consent_status", [ConsentStatus::Pending.as_str()]).and(is_one_of(
            "claim",
            "status",
            [ClaimStatus::Approved.as_str()],
        ))
    });
    Condition::any().add(settled).add_option(pending)
}

/// With one of the external references, which only the claim's partner sees.
fn referenced(caller: &Caller, references: &[String], backend: DbBackend) -> Expr {
    let Side::Partner(_) = caller.side else { return never() };
    let written = references.iter().map(|text| identifier::reference(text));
    any_of(Column::ExternalReference, written.filter(|text| findable(text).is_some()), backend)
}

/// By the location, whose partner an index finds.
fn by_location(mpn_id: &str) -> Condition {
    let Some(mpn_id) = directory::mpn_id("", mpn_id).ok().filter(|id| findable(id).is_some()) else {
        return Condition::all().add(never());
    };
    let partner = Rows::<partner_location::Entity>::all()
        .column(partner_location::Column::PartnerId)
        .filter(partner_location::Column::MpnId.eq(mpn_id.as_str()))
        .into_query();
    let partner = Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(partner)));
    Condition::all().add(Expr::col(Column::PartnerId.as_column_ref()).eq(partner)).add(Column::MpnId.eq(mpn_id))
}

/// By status, area and activity. The columns have the same names in `claim` and in the counters.
pub(super) fn of_kind(filter: &ClaimFilter) -> Condition {
    let statuses =
        |statuses: &Vec<ClaimStatus>| is_one_of("claim", "status", statuses.iter().map(|status| status.as_str()));
    Condition::all()
        .add_option(filter.status.as_ref().map(statuses))
        .add_option(filter.solution_area.map(|area| is_one_of("claim", "solution_area", [area.as_str()])))
        .add_option(filter.activity.map(has_activity))
}

/// Whether the activities include this one: they are compared with the few sets that include it.
fn has_activity(activity: Activity) -> Expr {
    is_one_of("claim", "activities", lists_with(activity).iter().map(String::as_str))
}

/// Every list of different activities, in any order, that has this one.
fn lists_with(activity: Activity) -> Vec<String> {
    let mut lists: Vec<Vec<&str>> = vec![vec![activity.as_str()]];
    for other in Activity::ALL.iter().filter(|other| **other != activity) {
        for list in lists.clone() {
            lists.extend((0..=list.len()).map(|place| {
                let mut longer = list.clone();
                longer.insert(place, other.as_str());
                longer
            }));
        }
    }
    lists.iter().map(|list| list.join(" ")).collect()
}

fn with_product(sku_id: Uuid) -> Expr {
    let lines = Rows::<claim_line::Entity>::all()
        .column(claim_line::Column::Id)
        .filter(same(claim_line::Column::ClaimId, Column::Id))
        .filter(claim_line::Column::SkuId.eq(sku_id));
    Expr::exists(lines.into_query())
}

/// Every word is in the claim's number or name, for partners in the external reference, or in the customer's name or
/// domains, or is the tenant id, the MPN id or the subscription id of a line (L14).
fn search(caller: &Caller, text: &str, backend: DbBackend) -> Condition {
    let Some(words) = words(text) else {
        return Condition::all().add(never());
    };
    if caller.reviews() {
        return Condition::all().add(holds_words(&words, backend));
    }
    let partner = caller.partner_id().is_some();
    words.iter().fold(Condition::all(), |all, word| {
        let customers = Rows::<customer::Entity>::all()
            .column(customer::Column::TenantId)
            .filter(same(customer::Column::TenantId, Column::TenantId))
            .filter(contains(customer::Column::SearchText, &word.text, backend));
        all.add(
            Condition::any()
                .add(contains(Column::SearchText, &word.text, backend))
                .add_option(partner.then(|| contains(Column::ReferenceSearchText, &word.text, backend)))
                .add(Expr::exists(customers.into_query()))
                .add_option(word.is_named()),
        )
    })
}
