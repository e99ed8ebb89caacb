//! The root list of claims and its count.
//!
//! Reviewers see nearly all claims, so their lists are shaped for the index that serves them; the lists of the other sides
//! are small enough that any index on the partner or the customer will do.

use domain::caller::Caller;
use entity::claim::Column;

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField, ClaimRow, DeadlineStates, TimeRange, Wanted, activity,
    deadlines::comes_with_due_at, ordered, search, seen, tally,
};
use crate::store::{
    Db, Reads, StoreError, keyset,
    page::{Page, PageRequest},
    range_first::range_first,
};

/// One page of the claims that the caller sees.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &ClaimFilter,
    order: ClaimOrder,
    request: &PageRequest,
    wanted: Wanted,
) -> Result<Page<ClaimRow>, StoreError> {
    let filter = search::narrowed(db, caller, filter).await?;
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let mut keyset = order.keyset(caller, &keys);
    let (mut query, columns) = ordered(db, caller, &filter, order);
    if let Some(columns) = columns {
        keyset.columns = columns.to_vec();
    }
    if ranges_come_first(caller, &filter, order) {
        query = range_first(query, Column::Id, &keyset, request);
        activity::join(&mut query, caller, order.field, db.connection().get_database_backend());
    }
    let wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    keyset::page(db, query, &keyset, request, &wanted).await
}

/// How many claims the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &ClaimFilter) -> Result<u64, StoreError> {
    let filter = search::narrowed(db, caller, filter).await?;
    if let Some(query) = tally::count(db, caller, &filter) {
        return tally::difference(db, &query).await;
    }
    if let Some(words) = search::alone(caller, &filter) {
        return search::count(db, caller, &words).await;
    }
    keyset::count(db, seen(db, caller, &filter)).await
}

/// Whether all claims of a range of time are found first, and of them the page. The order's index could have to be walked
/// through all that lies outside the range.
fn ranges_come_first(caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> bool {
    let is_number_or_time = !matches!(order.field, ClaimOrderField::Name | ClaimOrderField::Number);
    let is_narrow = |range: TimeRange| range.is_short(None) || filter.is_range_only();
    let by_states = filter.deadline_state.as_ref().is_some_and(DeadlineStates::is_range);
    caller.reviews()
        && !filter.is_selective()
        && is_number_or_time
        && (of_another_time(filter, order.field).is_some_and(is_narrow)
            || (by_states && comes_with_due_at(order.field)))
}

/// A range of the filter that is of another time than the order.
fn of_another_time(filter: &ClaimFilter, field: ClaimOrderField) -> Option<TimeRange> {
    let ranges = [
        (ClaimOrderField::SubmittedAt, filter.submitted_at),
        (ClaimOrderField::CreatedAt, filter.created_at),
        (ClaimOrderField::DueAt, filter.due_at),
        (ClaimOrderField::DecidedAt, filter.decided_at),
        (ClaimOrderField::UpdatedAt, filter.updated_at),
        (ClaimOrderField::LastActivityAt, filter.last_activity_at),
    ];
    ranges.into_iter().find_map(|(of, range)| range.filter(|_| of != field))
}
