//! How a reviewers' list is read: through the index of its order, or through that of its filter.
//!
//! Following the order fills a page quickly if many claims match the filter, and slowly if few do or they lie at the far end.
//! Finding every match first and then sorting costs as much as there are matches.

use domain::caller::Caller;
use entity::claim::Column;
use sea_orm::{
    Condition, ConnectionTrait, ExprTrait, QuerySelect, QueryTrait, StatementBuilder,
    sea_query::{Alias, Asterisk, Expr, Query, SelectStatement},
};

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField, DeadlineStates, TimeRange, activity, deadlines::comes_with_due_at, seen,
};
use crate::store::{Db, Reads, StoreError, sql::as_case};

/// The most matches that are found first: each costs a look-up, because the index of the filter lacks what the order needs.
pub(super) const FEW: u64 = 15_000;

/// The same if the list can be read from the projection instead, or its order comes to enough matches soon: for more matches that is
/// faster.
pub(super) const FEW_AT_FIRST: u64 = 8_000;

/// How a statement finds the claims of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) enum Way {
    /// As the database plans it.
    #[default]
    Any,
    /// Every match first, then sorted.
    Filter,
    /// In the list's order. The database plans without the values, so it would expect any range of time to be short.
    Order,
}

/// The order of a statement, and how it finds its claims.
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

    /// A range of such a time. If the list follows its order, the database is kept from the index of the range, and from
    /// expecting that few claims are in it: of a `CASE` it expects that half of them are.
    pub(super) fn in_range(self, field: ClaimOrderField, range: Condition) -> Condition {
        if self.way != Way::Order || self.is_by(field) {
            return range;
        }
        Condition::all().add(as_case(range))
    }
}

/// Decides for one list, of whose filter up to `few` matches are found first. Only reviewers' lists are long enough to matter.
pub(super) async fn way(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    order: ClaimOrder,
    few: u64,
) -> Result<Way, StoreError> {
    if !caller.reviews() || filter.is_selective() {
        return Ok(Way::Any);
    }
    let by_states = filter.deadline_state.as_ref().is_some_and(DeadlineStates::is_range);
    if by_states && comes_with_due_at(order.field) {
        return Ok(Way::Filter);
    }
    for part in seldom(filter, order.field) {
        if part != ClaimFilter::default() && is_few(db, ids(db, caller, &part), few).await? {
            return Ok(Way::Filter);
        }
    }
    let mut way = Way::Any;
    for (field, range) in ranges(filter).filter(|(field, _)| *field != order.field) {
        match way_of_range(db, caller, (field, range), order, few).await? {
            Way::Filter => return Ok(Way::Filter),
            other => way = other,
        }
    }
    Ok(way)
}

/// Whether the first claims in an order of texts may fill a page although many match the filter, which is nothing but a part that is
/// counted: names and numbers have little to do with times and outcomes, so that matches are spread evenly.
pub(super) fn may_come_soon(caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> bool {
    let ranges = ranges(filter).map(|(field, range)| only(field, range));
    let mut counted = ranges.chain(seldom(filter, order.field)).filter(|part| *part != ClaimFilter::default());
    caller.reviews() && order.is_of_text() && counted.any(|part| part == *filter)
}

/// Whether an order may have all matches at its far end, as far as is known without looking. Only reviewers' lists are long enough
/// to matter, and not where an index has both the filter and the order, or where matches are frequent everywhere.
pub(super) fn may_lie_far(caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> bool {
    let is_even = ClaimFilter { status: None, ..filter.clone() }.is_of_kind() && filter.overdue.is_none();
    let has_index = match filter.status.as_deref() {
        None => true,
        Some([_]) => {
            matches!(order.field, ClaimOrderField::CreatedAt | ClaimOrderField::SubmittedAt | ClaimOrderField::DueAt)
        }
        Some(_) => false,
    };
    let is_served = is_even && has_index;
    caller.reviews() && !order.is_of_text() && !filter.is_selective() && !is_served
}

/// The claims with a clock as the filter asks for it, in an order of texts: PostgreSQL expects a third of all claims to have one, and
/// would read them all to sort the few.
pub(super) fn by_clock(db: &Db, caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> Option<SelectStatement> {
    let ClaimFilter { overdue, deadline_state, .. } = seldom(filter, order.field).into_iter().next()?;
    let part = ClaimFilter { overdue, deadline_state, ..ClaimFilter::default() };
    (order.is_of_text() && part != ClaimFilter::default()).then(|| ids(db, caller, &part))
}

/// Parts of the filter that few claims match, and whose index does not serve this order.
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

/// The ids of the claims that the caller sees and that match the filter.
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

/// Decides for a filter by this range.
async fn way_of_range(
    db: &Db,
    caller: &Caller,
    (field, range): (ClaimOrderField, TimeRange),
    order: ClaimOrder,
    few: u64,
) -> Result<Way, StoreError> {
    let is_apart = |field| matches!(field, ClaimOrderField::UpdatedAt | ClaimOrderField::LastActivityAt);
    if !is_apart(field) && !is_apart(order.field) && !order.is_of_text() {
        // The index of the one time has the other ones, too.
        return Ok(if range.is_short(None) { Way::Filter } else { Way::Any });
    }
    let backend = db.connection().get_database_backend();
    let claims = activity::range_apart(caller, (field, range), Reading::default(), backend);
    let are_few = is_few(db, claims.unwrap_or_else(|| ids(db, caller, &only(field, range))), few).await?;
    Ok(if are_few { Way::Filter } else { Way::Order })
}

/// A filter with nothing but this range.
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

/// Whether the statement selects so few rows; it stops counting beyond that.
async fn is_few(db: &Db, mut rows: SelectStatement, few: u64) -> Result<bool, StoreError> {
    let part = rows.limit(few + 1).take();
    let count = Query::select().expr(Expr::col(Asterisk).count()).from_subquery(part, Alias::new("part")).take();
    let backend = db.connection().get_database_backend();
    let row = db.connection().query_one_raw(StatementBuilder::build(&count, &backend)).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or_default() <= few)
}
