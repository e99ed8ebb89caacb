//! The root list of claims and its count.
//!
//! Reviewers see nearly all claims, so their lists are shaped for the index that serves them; the lists of the other sides
//! are small enough that any index on the partner or the customer will do.

use domain::caller::Caller;
use entity::claim::Column;
use sea_orm::{
    ColumnTrait, Condition, DbBackend, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use super::{
    ClaimFilter, ClaimOrder, ClaimOrderField, ClaimRow, Wanted, activity,
    first::{self, FEW, FEW_AT_FIRST, Reading, Way, may_come_soon, may_lie_far},
    ordered, projected, search, seen, seen_in, tally,
};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Page, PageRequest},
    projection::{self, Since},
    range_first::range_first,
    rows::Rows,
    sql::is_among_few,
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
    if order.field == ClaimOrderField::Name
        && let Some(words) = search::words_of_many(caller, &filter)
    {
        let soon = page_of_first(db, caller, (&filter, order), request, wanted).await?;
        return match soon {
            Some(soon) => Ok(soon),
            None => search::page_by_name(db, caller, (&filter, &words, order), request, wanted).await,
        };
    }
    let in_projection = projected::condition(&filter).filter(|_| may_lie_far(caller, &filter, order));
    let tries_first = in_projection.is_some() || may_come_soon(caller, &filter, order);
    let few = if tries_first { FEW_AT_FIRST } else { FEW };
    let mut way = first::way(db, caller, &filter, order, few).await?;
    if tries_first && way != Way::Filter {
        let soon = page_of_first(db, caller, (&filter, order), request, wanted).await?;
        if let Some(soon) = soon {
            return Ok(soon);
        }
        if let Some(condition) = in_projection
            && let Some(since) = projection::usable(db).await?
        {
            return page_by_projection(db, caller, (condition, order, since), request, wanted).await;
        }
        way = first::way(db, caller, &filter, order, FEW).await?;
    }
    page_this_way(db, caller, (&filter, order, way), request, wanted).await
}

/// How many claims of an order are looked at before the projection is: where one in twenty matches, they fill a page.
const FIRST: u64 = 1_000;

/// The page, if the first claims of the order fill it.
async fn page_of_first(
    db: &Db,
    caller: &Caller,
    (filter, order): (&ClaimFilter, ClaimOrder),
    request: &PageRequest,
    wanted: Wanted,
) -> Result<Option<Page<ClaimRow>>, StoreError> {
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let mut keyset = order.keyset(caller, &keys);
    let backend = db.connection().get_database_backend();
    let (query, columns) = ordered(db, caller, &filter.range_of(order.field), order, Way::Any);
    if let Some(columns) = columns {
        keyset.columns = columns.to_vec();
    }
    let first = PageRequest { limit: FIRST, peeks: false, ..request.clone() };
    let first = keyset.limit(query.column(Column::Id).into_query(), &first);
    let mut query = seen_in(db, caller, filter, Reading { order: Some(order), way: Way::Order }).filter(is_among_few(
        Column::Id,
        first,
        backend,
    ));
    activity::join(&mut query, caller, order.field, backend);
    let wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    let request = PageRequest { peeks: true, ..request.clone() };
    let page = keyset::page(db, query, &keyset, &request, &wanted).await?;
    let is_full = if request.backward { page.has_previous } else { page.has_next };
    Ok(is_full.then_some(page))
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
        let backend = db.connection().get_database_backend();
        if let Some(found) = first::by_clock(db, caller, filter, order) {
            query = query.filter(is_among_few(Column::Id, found, backend));
        }
        query = range_first(query, Column::Id, &keyset, request);
        activity::join(&mut query, caller, order.field, backend);
    }
    let wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    keyset::page(db, query, &keyset, request, &wanted).await
}

/// One page of a reviewers' list, whose claims are found by looking through the projection: that takes the same time for
/// whatever filter and order, and never as long as an order can take to come to the first match.
pub(in crate::store) async fn page_by_projection(
    db: &Db,
    caller: &Caller,
    (condition, order, since): (Condition, ClaimOrder, Since),
    request: &PageRequest,
    wanted: Wanted,
) -> Result<Page<ClaimRow>, StoreError> {
    let backend = db.connection().get_database_backend();
    let keys = |row: &ClaimRow| order.keys(caller, row);
    let mut keyset = order.keyset(caller, &keys);
    if order.field == ClaimOrderField::LastActivityAt
        && let Some(first) = keyset.columns.first_mut()
    {
        *first = Expr::cust("claim.active_at");
    }
    let found = found(&keyset, &condition, since, backend, request);
    let mut query = Rows::all().filter(Column::Id.in_subquery(found));
    if let Some(columns) = activity::join(&mut query, caller, order.field, backend) {
        keyset.columns = columns.to_vec();
    }
    let wanted = if request.cursors { order.with_keys(wanted, caller) } else { wanted };
    keyset::page(db, query, &keyset, request, &wanted).await
}

/// The ids of the page: of the claims that did not change since they were folded in, and of the others. So many more of the former
/// are read as there may be of the latter, so that each need not be looked for among these.
fn found(
    keyset: &Keyset<'_, ClaimRow>,
    condition: &Condition,
    since: Since,
    backend: DbBackend,
    request: &PageRequest,
) -> SelectStatement {
    const KEYS: [&str; 2] = ["first_key", "second_key"];
    let limit = request.limit.saturating_add(request.peeks.into());
    let direction = keyset.direction(request);
    let part = |mut claims: SelectStatement, limit: u64| {
        claims.expr_as(Expr::cust("claim.id"), "id").cond_where(condition.clone());
        keyset.bound(&mut claims, request);
        for (name, column) in KEYS.into_iter().zip(&keyset.columns) {
            claims.expr_as(column.clone(), name).order_by_expr(column.clone(), direction.clone());
        }
        claims.limit(limit);
        Query::select().expr(Expr::cust("part.*")).from_subquery(claims, "part").take()
    };
    let mut both = part(projection::folded(), limit + since.most());
    both.and_where(since.has_changed("part.id", backend).not());
    both.union(UnionType::All, part(since.fresh(backend), limit));
    let mut first = Query::select().column("id").from_subquery(both, "found").take();
    for (name, _) in KEYS.into_iter().zip(&keyset.columns) {
        first.order_by(name, direction.clone());
    }
    first.limit(limit).take()
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
