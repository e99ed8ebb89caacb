//! Keyset pages in SQL: a page starts after the keys of a row, not after a number of rows, so that inserts never move
//! it and the last page is as quick as the first.
//!
//! The keys are compared as row values, `(a, b) > (x, y)`, which both databases answer from an index.

use std::collections::HashMap;

use domain::text;
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, Order, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, SelectStatement},
};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    page::{Cursor, Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Rows, Shape, read_all},
};

/// How a list is sorted in SQL, and how the keys are read off a record.
pub struct Keyset<'a, T> {
    /// The list and its order.
    pub order: ListOrder,
    /// What it is sorted by, all in the same direction.
    pub columns: Vec<Expr>,
    /// The values of those columns in a record.
    pub keys: &'a (dyn Fn(&T) -> Vec<Key> + Sync),
}

/// One page of what the query selects.
pub async fn page<S: Shape>(
    db: &Db,
    query: Rows<S::Entity>,
    keyset: &Keyset<'_, S::Record>,
    request: &PageRequest,
    shape: &S,
) -> Result<Page<S::Record>, StoreError> {
    let statement = keyset.limit(selected(query, shape), request);
    let rows = db.connection().query_all(&statement).await?;
    Ok(Page::of(keyset.placed(read_all(&rows, shape)?, request), request))
}

/// The query with the columns of the shape.
pub fn selected<S: Shape>(query: Rows<S::Entity>, shape: &S) -> SelectStatement {
    let mut statement = query.into_query();
    shape.select(&mut statement);
    statement
}

impl<T> Keyset<'_, T> {
    /// Leaves the rows of one page, and one more if there are more and the request peeks, in the order in which the
    /// page is read.
    pub fn limit(&self, mut statement: SelectStatement, request: &PageRequest) -> SelectStatement {
        let order = self.bound(&mut statement, request);
        for column in &self.columns {
            statement.order_by_expr(column.clone(), order.clone());
        }
        statement.limit(request.limit.saturating_add(request.peeks.into())).take()
    }

    /// Restricts a statement to the rows between the cursors, and returns the direction to read in.
    pub(in crate::store) fn bound(&self, query: &mut SelectStatement, request: &PageRequest) -> Order {
        let keys = || Expr::tuple(self.columns.clone());
        let name = |place: usize| self.order.kinds.get(place) == Some(&KeyKind::Name);
        let value = |(place, key): (usize, &Key)| value(key, name(place));
        let place = |cursor: &Cursor| Expr::tuple(cursor.keys().iter().enumerate().map(value));
        if let Some(after) = &request.after {
            query.and_where(if self.order.descending { keys().lt(place(after)) } else { keys().gt(place(after)) });
        }
        if let Some(before) = &request.before {
            query.and_where(if self.order.descending { keys().gt(place(before)) } else { keys().lt(place(before)) });
        }
        self.direction(request)
    }

    /// The direction in which the database reads the rows of a page.
    pub fn direction(&self, request: &PageRequest) -> Order {
        if self.order.descending == request.backward { Order::Asc } else { Order::Desc }
    }

    /// Each record with its cursor, if the request asks for cursors.
    pub fn placed(&self, records: Vec<T>, request: &PageRequest) -> Vec<(Cursor, T)> {
        let keys = |record: &T| if request.cursors { (self.keys)(record) } else { Vec::new() };
        records.into_iter().map(|record| (Cursor::new(&self.order, keys(&record)), record)).collect()
    }
}

/// A key as its column has it. A cursor holds a name as it is, so that it outlives a change of the collation.
fn value(key: &Key, is_name: bool) -> Expr {
    match key {
        Key::Text(name) if is_name => Expr::val(text::sort_key(name)),
        Key::Int(number) => Expr::val(*number),
        Key::Text(text) => Expr::val(text.as_str()),
        Key::Id(id) => Expr::val(*id),
    }
}

/// How many rows the query selects.
pub async fn count<E: EntityTrait>(db: &Db, query: Rows<E>) -> Result<u64, StoreError> {
    let counts: Vec<(i64,)> = query.expr(Expr::col(Asterisk).count()).tuples(db.connection()).await?;
    Ok(counts.first().map_or(0, |(count,)| natural(*count)))
}

/// How many rows of each parent the query selects, in one statement. A parent without rows has 0.
pub async fn counts<E: EntityTrait>(
    db: &Db,
    query: Rows<E>,
    parent: E::Column,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let query = query.column(parent).expr(Expr::col(Asterisk).count()).group_by(parent);
    let rows: Vec<(Uuid, i64)> = query.tuples(db.connection()).await?;
    let mut counts: HashMap<Uuid, u64> = ids.iter().map(|id| (*id, 0)).collect();
    counts.extend(rows.into_iter().map(|(id, count)| (id, natural(count))));
    Ok(counts)
}

/// A count of the database, which is never below 0.
pub fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// All rows that the query selects, in its own order, if it has one.
pub async fn all<S: Shape>(on: &impl Reads, query: Rows<S::Entity>, shape: &S) -> Result<Vec<S::Record>, StoreError> {
    read(on, &selected(query, shape), shape).await
}

/// All rows of a statement that selects the columns of the shape.
pub async fn read<S: Shape>(
    on: &impl Reads,
    statement: &SelectStatement,
    shape: &S,
) -> Result<Vec<S::Record>, StoreError> {
    read_all(&on.connection().query_all(statement).await?, shape)
}
