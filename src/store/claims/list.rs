//! The root list of claims and its count.
//!
//! Reviewers see nearly all claims, so their lists are shaped for the index that serves them; the lists of the other sides
//! are small enough that any index on the partner or the customer will do.

use domain::caller::Caller;
use entity::claim::Column;
use sea_orm::{
    ColumnTrait, ExprTrait, JoinType, QueryTrait,
    sea_query::{Alias, Expr},
};

use super::{ClaimFilter, ClaimOrder, ClaimOrderField, ClaimRow, TimeRange, Wanted, search, seen, tally};
use crate::store::{
    Db, StoreError, keyset,
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
    let mut query = seen(db, caller, &filter);
    match shape(db, caller, &filter, order) {
        Shape::Plain => {}
        Shape::ByChange => {
            let change = Alias::new("claim_change");
            let of_claim = Expr::cust("claim_change.claim_id").equals(Column::Id.as_column_ref());
            QueryTrait::query(&mut query).join(JoinType::InnerJoin, change, of_claim);
            keyset.columns = ["claim_change.updated_at", "claim_change.claim_id"].map(Expr::cust).to_vec();
        }
        Shape::RangeFirst => query = range_first(query, Column::Id, &keyset, request),
    }
    let wanted = if request.cursors { wanted.with(order.columns()) } else { wanted };
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

/// How a page is read.
enum Shape {
    /// As it is written: the database finds the index.
    Plain,
    /// By the table in which PostgreSQL keeps when claims last changed.
    ByChange,
    /// All claims of a range of time first, and of them the page. The order's index could have to be walked through all
    /// that lies outside the range.
    RangeFirst,
}

fn shape(db: &Db, caller: &Caller, filter: &ClaimFilter, order: ClaimOrder) -> Shape {
    if !caller.reviews() || filter.is_selective() {
        Shape::Plain
    } else if of_another_time(filter, order.field).is_some_and(|range| range.is_short(None) || filter.is_range_only()) {
        Shape::RangeFirst
    } else if order.field == ClaimOrderField::UpdatedAt && db.is_postgres() {
        Shape::ByChange
    } else {
        Shape::Plain
    }
}

/// A range of the filter that is of another time than the order.
fn of_another_time(filter: &ClaimFilter, field: ClaimOrderField) -> Option<TimeRange> {
    let ranges = [
        (ClaimOrderField::SubmittedAt, filter.submitted_at),
        (ClaimOrderField::CreatedAt, filter.created_at),
        (ClaimOrderField::DueAt, filter.due_at),
    ];
    ranges.into_iter().find_map(|(of, range)| range.filter(|_| of != field))
}
