//! Keyset pages in SQL: a page starts after the keys of a row, not after a number of rows, so that inserts never move
//! it and the last page is as quick as the first.
//!
//! The keys are compared as row values, `(a, b) > (x, y)`, which both databases answer from an index.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, ModelTrait, Order, QuerySelect, QueryTrait,
    Select, StatementBuilder,
    sea_query::{Asterisk, Expr, Func, OverStatement, SelectStatement, WindowStatement},
};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    page::{Cursor, Key, ListOrder, Page, PageRequest},
};

/// How a list is sorted in SQL, and how the keys are read off a row.
pub struct Keyset<'a, M> {
    /// The list and its order.
    pub order: ListOrder,
    /// What it is sorted by, all in the same direction.
    pub columns: Vec<Expr>,
    /// The values of those columns in a row.
    pub keys: &'a (dyn Fn(&M) -> Vec<Key> + Sync),
}

/// A row of the entity, as the domain has it.
type Convert<E, T> = fn(<E as EntityTrait>::Model) -> Result<T, StoreError>;

/// One page of what the query selects.
pub async fn page<E: EntityTrait, T>(
    db: &Db,
    mut query: Select<E>,
    keyset: &Keyset<'_, E::Model>,
    request: &PageRequest,
    convert: Convert<E, T>,
) -> Result<Page<T>, StoreError> {
    let order = keyset.bound(QueryTrait::query(&mut query), request);
    let statement = QueryTrait::query(&mut query);
    for column in &keyset.columns {
        statement.order_by_expr(column.clone(), order.clone());
    }
    statement.limit(request.limit.saturating_add(1));
    let rows = query.all(db.connection()).await?;
    let items = rows.into_iter().map(|row| keyset.placed(row, convert)).collect::<Result<_, _>>()?;
    Ok(Page::of(items, request))
}

/// One page for each of the parents, in one statement: the rows of each parent are numbered, and only the first taken.
///
/// The query must select rows of these parents only. A parent without rows has an empty page.
pub async fn pages<E: EntityTrait, T>(
    db: &Db,
    query: Select<E>,
    parents: Children<'_, E>,
    keyset: &Keyset<'_, E::Model>,
    request: &PageRequest,
    convert: Convert<E, T>,
) -> Result<HashMap<Uuid, Page<T>>, StoreError> {
    let statement = numbered(query, parents.column, keyset, request);
    let backend = db.connection().get_database_backend();
    let rows = db.connection().query_all_raw(StatementBuilder::build(&statement, &backend)).await?;
    let mut found: HashMap<Uuid, Vec<(Cursor, T)>> = HashMap::new();
    for row in rows {
        let row = E::Model::from_query_result(&row, "")?;
        let parent = (parents.of)(&row);
        let item = keyset.placed(row, convert)?;
        found.entry(parent).or_default().push(item);
    }
    let page = |parent: &Uuid| Page::of(found.remove(parent).unwrap_or_default(), request);
    Ok(parents.ids.iter().copied().zip(parents.ids.iter().map(page)).collect())
}

/// Rows that belong to parents.
pub struct Children<'a, E: EntityTrait> {
    /// The column that names the parent.
    pub column: E::Column,
    /// The parent of a row.
    pub of: fn(&E::Model) -> Uuid,
    /// The parents.
    pub ids: &'a [Uuid],
}

const NUMBERED: &str = "numbered";
const PLACE: &str = "place_of_row";

/// `SELECT * FROM (SELECT .., ROW_NUMBER() OVER (PARTITION BY parent ORDER BY ..) ..) WHERE place_of_row <= limit + 1`
fn numbered<E: EntityTrait>(
    mut query: Select<E>,
    parent: E::Column,
    keyset: &Keyset<'_, E::Model>,
    request: &PageRequest,
) -> SelectStatement {
    let order = keyset.bound(QueryTrait::query(&mut query), request);
    let mut window = WindowStatement::new();
    window.add_partition_by(Expr::col(parent.as_column_ref()));
    for column in &keyset.columns {
        window.order_by_expr(column.clone(), order.clone());
    }
    let mut rows = query.into_query();
    rows.expr_window_as(Func::cust("ROW_NUMBER"), window, PLACE);
    SelectStatement::new()
        .column(Asterisk)
        .from_subquery(rows, NUMBERED)
        .and_where(Expr::col(PLACE).lte(request.limit.saturating_add(1)))
        .order_by(PLACE, Order::Asc)
        .take()
}

impl<M: ModelTrait> Keyset<'_, M> {
    /// Takes only what the cursors leave, and says in which direction it is to be read.
    fn bound(&self, query: &mut SelectStatement, request: &PageRequest) -> Order {
        let keys = || Expr::tuple(self.columns.clone());
        let place = |cursor: &Cursor| Expr::tuple(cursor.keys().iter().map(value));
        if let Some(after) = &request.after {
            query.and_where(if self.order.descending { keys().lt(place(after)) } else { keys().gt(place(after)) });
        }
        if let Some(before) = &request.before {
            query.and_where(if self.order.descending { keys().gt(place(before)) } else { keys().lt(place(before)) });
        }
        if self.order.descending == request.backward { Order::Asc } else { Order::Desc }
    }

    fn placed<T>(&self, row: M, convert: fn(M) -> Result<T, StoreError>) -> Result<(Cursor, T), StoreError> {
        let cursor = Cursor::new(&self.order, (self.keys)(&row));
        Ok((cursor, convert(row)?))
    }
}

fn value(key: &Key) -> Expr {
    match key {
        Key::Int(number) => Expr::val(*number),
        Key::Text(text) => Expr::val(text.as_str()),
        Key::Id(id) => Expr::val(*id),
    }
}

/// How many rows the query selects.
pub async fn count<E: EntityTrait>(db: &Db, query: Select<E>) -> Result<u64, StoreError> {
    let count = query.select_only().expr(Expr::col(Asterisk).count()).into_tuple::<i64>().one(db.connection()).await?;
    Ok(count.map_or(0, natural))
}

/// How many rows of each parent the query selects, in one statement. A parent without rows has 0.
pub async fn counts<E: EntityTrait>(
    db: &Db,
    query: Select<E>,
    parent: E::Column,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let rows = query
        .select_only()
        .column(parent)
        .expr(Expr::col(Asterisk).count())
        .group_by(parent)
        .into_tuple::<(Uuid, i64)>()
        .all(db.connection())
        .await?;
    let mut counts: HashMap<Uuid, u64> = ids.iter().map(|id| (*id, 0)).collect();
    counts.extend(rows.into_iter().map(|(id, count)| (id, natural(count))));
    Ok(counts)
}

/// A count of the database, which is never below 0.
pub fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// All rows that the query selects, without an order.
pub async fn all<E: EntityTrait, T>(
    on: &impl Reads,
    query: Select<E>,
    convert: Convert<E, T>,
) -> Result<Vec<T>, StoreError> {
    let rows = query.all(on.connection()).await?;
    rows.into_iter().map(convert).collect()
}
