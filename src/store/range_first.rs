//! Pages of a list whose filter leaves few rows, which the index of the order would find late.

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, StatementBuilder,
    sea_query::{BinOper, Expr, ExprTrait, SelectStatement},
};

use super::{
    Db, Reads, StoreError,
    keyset::Keyset,
    page::{KeyKind, PageRequest},
    rows::Rows,
};

/// The rows whose ids are on the page. The ids are found by an index of the filter: `+ 0` or `|| ''` keeps the order's index out
/// of it, which could have to be walked through all that the filter leaves out. What the filter and the order need is in one
/// index, so that rows are read for the page alone.
pub fn range_first<E: EntityTrait, T>(
    query: Rows<E>,
    id: E::Column,
    keyset: &Keyset<'_, T>,
    request: &PageRequest,
) -> Rows<E> {
    let inner = page_of(query.column(id).into_query(), keyset, request);
    Rows::all().filter(id.in_subquery(inner))
}

/// Leaves the rows of one page, found as [`range_first`] finds them.
pub fn page_of<T>(mut inner: SelectStatement, keyset: &Keyset<'_, T>, request: &PageRequest) -> SelectStatement {
    let direction = keyset.bound(&mut inner, request);
    for (place, column) in keyset.columns.iter().enumerate() {
        let column = match (place, keyset.order.kinds.first()) {
            (0, Some(KeyKind::Int)) => column.clone().add(0),
            (0, _) => column.clone().binary(BinOper::Custom("||"), Expr::cust("''")),
            _ => column.clone(),
        };
        inner.order_by_expr(column, direction.clone());
    }
    inner.limit(request.limit.saturating_add(request.peeks.into())).take()
}

/// The two counts that a statement gives.
pub async fn two_counts(db: &Db, query: &SelectStatement) -> Result<(i64, i64), StoreError> {
    let backend = db.connection().get_database_backend();
    let row = db.connection().query_one_raw(StatementBuilder::build(query, &backend)).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
}
