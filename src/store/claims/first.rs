//! Whether a reviewers' list is read by its filter or by its order.
//!
//! Read by its order, a list soon comes to what the filter leaves, unless that is little, or lies at the far end. Read by its
//! filter, all that it leaves is found first, and of that the page, which costs as much as it leaves.

use domain::caller::Caller;
use entity::claim::Column;
use sea_orm::{
    ConnectionTrait, ExprTrait, QuerySelect, QueryTrait, StatementBuilder,
    sea_query::{Alias, Asterisk, Expr, Query, SelectStatement},
};

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField, DeadlineStates, TimeRange, activity, deadlines::comes_with_due_at, seen,
};
use crate::store::{Db, Reads, StoreError};

/// The most claims that are looked up one by one, because what the list needs of them is not in the index of the filter.
const FEW: u64 = 15_000;

/// Which way a list comes to its claims.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) enum Way {
    /// The one that the database expects to be shortest.
    #[default]
    Any,
    /// It finds all that the filter leaves first.
    Filter,
    /// It follows its order. The database, which plans without the values, would take a range of time for a short one.
    Order,
}

/// How a statement reads claims: in which order, and which way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    pub order: Option<ClaimOrder>,
    pub way: Way,
}

impl Reading {
    /// Whether the order is by this.
    pub(super) fn is_by(self, field: ClaimOrderField) -> bool {
        self.order.is_some_and(|order| order.field == field)
    }

    /// The key of a range, which no index finds if the list has to follow its order.
    pub(super) fn key(self, field: ClaimOrderField, key: Expr) -> Expr {
        if self.way == Way::Order && !self.is_by(field) { key.add(0) } else { key }
    }
}

/// The way of a reviewers' list; those of others are short.
pub(super) async fn way(db: &Db, caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> Result<Way, StoreError> {
    if !caller.reviews() || filter.is_selective() {
        return Ok(Way::Any);
    }
    let by_states = filter.deadline_state.as_ref().is_some_and(DeadlineStates::is_range);
    if by_states && comes_with_due_at(order.field) {
        return Ok(Way::Filter);
    }
    for part in seldom(filter, order.field) {
        if part != ClaimFilter::default() && is_few(db, ids(db, caller, &part)).await? {
            return Ok(Way::Filter);
        }
    }
    let mut way = Way::Any;
    for (field, range) in ranges(filter).filter(|(field, _)| *field != order.field) {
        match way_of_range(db, caller, filter, (field, range), order).await? {
            Way::Filter => return Ok(Way::Filter),
            other => way = other,
        }
    }
    Ok(way)
}

/// Parts of the filter that often leave little, and have an index that does not help this order.
fn seldom(filter: &ClaimFilter, order: ClaimOrderField) -> Vec<ClaimFilter> {
    let none = ClaimFilter::default;
    let mut parts = Vec::new();
    if order != ClaimOrderField::DueAt {
        let overdue = filter.overdue.filter(|(late, _)| *late);
        let deadline_state = filter.deadline_state.clone().filter(DeadlineStates::is_seldom);
        parts.push(ClaimFilter { overdue, deadline_state, ..none() });
    }
    if order != ClaimOrderField::CreatedAt {
        parts.extend([
            ClaimFilter { rejection_reason: filter.rejection_reason.clone(), ..none() },
            ClaimFilter { consent_status: filter.consent_status.clone(), ..none() },
            ClaimFilter { dispute_status: filter.dispute_status.clone(), ..none() },
            ClaimFilter { evaluation_status: filter.evaluation_status.clone(), ..none() },
        ]);
    }
    parts
}

/// The ids of the claims that the caller sees and the filter leaves.
fn ids(db: &Db, caller: &Caller, filter: &ClaimFilter) -> SelectStatement {
    seen(db, caller, filter).column(Column::Id).into_query()
}

/// The filter's ranges of time.
fn ranges(filter: &ClaimFilter) -> impl Iterator<Item = (ClaimOrderField, TimeRange)> {
    let ranges = [
        (ClaimOrderField::SubmittedAt, filter.submitted_at),
        (ClaimOrderField::CreatedAt, filter.created_at),
        (ClaimOrderField::DueAt, filter.due_at),
        (ClaimOrderField::DecidedAt, filter.decided_at),
        (ClaimOrderField::UpdatedAt, filter.updated_at),
        (ClaimOrderField::LastActivityAt, filter.last_activity_at),
    ];
    ranges.into_iter().filter_map(|(field, range)| Some((field, range?)))
}

/// Whether the claims of this range are found first.
async fn way_of_range(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    (field, range): (ClaimOrderField, TimeRange),
    order: ClaimOrder,
) -> Result<Way, StoreError> {
    let is_apart = |field| matches!(field, ClaimOrderField::UpdatedAt | ClaimOrderField::LastActivityAt);
    if !is_apart(field) && !is_apart(order.field) && !order.is_of_text() {
        // The index of the one time has the other ones, too.
        let is_narrow = range.is_short(None) || filter.is_range_only();
        return Ok(if is_narrow { Way::Filter } else { Way::Any });
    }
    let backend = db.connection().get_database_backend();
    let claims = activity::range_apart(caller, (field, range), Reading::default(), backend);
    let few = is_few(db, claims.unwrap_or_else(|| ids(db, caller, &only(field, range)))).await?;
    Ok(if few { Way::Filter } else { Way::Order })
}

/// The filter with nothing but this range.
fn only(field: ClaimOrderField, range: TimeRange) -> ClaimFilter {
    let if_of = |of| (field == of).then_some(range);
    ClaimFilter {
        submitted_at: if_of(ClaimOrderField::SubmittedAt),
        created_at: if_of(ClaimOrderField::CreatedAt),
        due_at: if_of(ClaimOrderField::DueAt),
        decided_at: if_of(ClaimOrderField::DecidedAt),
        updated_at: if_of(ClaimOrderField::UpdatedAt),
        last_activity_at: if_of(ClaimOrderField::LastActivityAt),
        ..ClaimFilter::default()
    }
}

/// Whether the statement selects few rows. It is read no further than that.
async fn is_few(db: &Db, mut rows: SelectStatement) -> Result<bool, StoreError> {
    let part = rows.limit(FEW + 1).take();
    let count = Query::select().expr(Expr::col(Asterisk).count()).from_subquery(part, Alias::new("part")).take();
    let backend = db.connection().get_database_backend();
    let row = db.connection().query_one_raw(StatementBuilder::build(&count, &backend)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or_default() <= FEW)
}
