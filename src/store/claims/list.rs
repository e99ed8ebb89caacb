//! The root list of claims and its count.
//!
//! Reviewers see nearly all claims, so their lists are shaped for the index that serves them; the lists of the other sides
//! are small enough that any index on the partner or the customer will do.

use domain::caller::Caller;
use entity::claim::Column;

use super::{
    ClaimFilter, ClaimOrder, ClaimRow, Wanted, activity,
    first::{Way, way},
    ordered, search, seen, tally,
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
    let filter = search::narrowed_for(db, caller, filter, order).await?;
    let way = way(db, caller, &filter, order).await?;
    page_this_way(db, caller, (&filter, order, way), request, wanted).await
}

/// One page, found in the given way.
pub(in crate::store) async fn page_this_way(
    db: &Db,
    caller: &Caller,
    (filter, order, way): (&ClaimFilter, ClaimOrder, Way),
    request: &PageRequest,
    wanted: Wanted,
) -> Result<Page<ClaimRow>, StoreError> {
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let mut keyset = order.keyset(caller, &keys);
    let (mut query, columns) = ordered(db, caller, filter, order, way);
    if let Some(columns) = columns {
        keyset.columns = columns.to_vec();
    }
    if way == Way::Filter {
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
    if let Some(query) = activity::count(caller, &filter, db.connection().get_database_backend()) {
        return tally::difference(db, &query).await;
    }
    if let Some(words) = search::alone(caller, &filter) {
        return search::count(db, caller, &words).await;
    }
    keyset::count(db, seen(db, caller, &filter)).await
}
