//! Pages of the children of many parents, in one statement.
//!
//! The database looks up each parent's page by itself, through the index that serves the page of a single parent: by
//! `LATERAL` on PostgreSQL, by a sub-select for each parent on SQLite. What it reads depends on the size of the pages, not
//! on how many children there are.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityName, EntityTrait, ExprTrait, Iterable, JoinType,
    PrimaryKeyToColumn, QueryFilter, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Alias, Asterisk, Expr, Func, SelectStatement, ValueTuple},
};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    keyset::{self, Keyset, selected},
    page::{Page, PageRequest},
    rows::{Shape, read_all},
};

/// Rows that belong to parents.
pub struct Children<'a, E: EntityTrait, T> {
    /// The column that names the parent.
    pub column: E::Column,
    /// The parent of a record.
    pub of: fn(&T) -> Uuid,
    /// The parents.
    pub ids: &'a [Uuid],
}

/// One page for each of the parents. The query selects the rows of any parent; a parent without rows has an empty page.
pub async fn pages<S: Shape>(
    db: &Db,
    query: Select<S::Entity>,
    parents: Children<'_, S::Entity, S::Record>,
    keyset: &Keyset<'_, S::Record>,
    request: &PageRequest,
    shape: &S,
) -> Result<HashMap<Uuid, Page<S::Record>>, StoreError> {
    if parents.ids.is_empty() {
        return Ok(HashMap::new());
    }
    if let [only] = parents.ids {
        let page = keyset::page(db, query.filter(parents.column.eq(*only)), keyset, request, shape).await?;
        return Ok(HashMap::from([(*only, page)]));
    }
    let statement = match db.connection().get_database_backend() {
        DbBackend::Postgres => lateral(query, &parents, keyset, request, shape),
        _ => by_sub_selects(query, &parents, keyset, request, shape),
    };
    let rows = db.connection().query_all(&statement).await?;
    let mut found: HashMap<Uuid, Vec<_>> = parents.ids.iter().map(|id| (*id, Vec::new())).collect();
    for record in read_all(&rows, shape)? {
        found.entry((parents.of)(&record)).or_default().push(record);
    }
    Ok(found.into_iter().map(|(parent, records)| (parent, Page::of(keyset.placed(records), request))).collect())
}

const PARENT: &str = "parent";

/// `SELECT child.* FROM unnest($1) AS parent JOIN LATERAL (.. WHERE column = parent ORDER BY .. LIMIT n) AS child`
///
/// A lateral sub-select with a limit can only run once for each parent, so its rows come in its own order.
fn lateral<S: Shape>(
    query: Select<S::Entity>,
    parents: &Children<'_, S::Entity, S::Record>,
    keyset: &Keyset<'_, S::Record>,
    request: &PageRequest,
    shape: &S,
) -> SelectStatement {
    let child = Alias::new("child");
    let own = query.filter(is_of(parents.column, PARENT));
    let ids: Vec<Value> = parents.ids.iter().map(|id| Value::from(*id)).collect();
    let ids = Value::Array(Value::from(Uuid::nil()).array_type(), Some(Box::new(ids)));
    SelectStatement::new()
        .column((child.clone(), Asterisk))
        .from_function(Func::cust("unnest").arg(Expr::val(ids)), Alias::new(PARENT))
        .join_lateral(JoinType::InnerJoin, keyset.limit(selected(own, shape), request), child, Expr::cust("TRUE"))
        .take()
}

/// `SELECT .. FROM (VALUES (..), ..) AS parent CROSS JOIN child ON child.key IN (SELECT key .. ORDER BY .. LIMIT n)`
///
/// SQLite keeps the order of a CROSS JOIN: the parents first, then the keys of each. The list of parents is filled up to a
/// power of two with NULL, so that lists of all lengths share few prepared statements.
fn by_sub_selects<S: Shape>(
    query: Select<S::Entity>,
    parents: &Children<'_, S::Entity, S::Record>,
    keyset: &Keyset<'_, S::Record>,
    request: &PageRequest,
    shape: &S,
) -> SelectStatement {
    let mut ids: Vec<ValueTuple> = parents.ids.iter().map(|id| ValueTuple::One(Value::from(*id))).collect();
    ids.resize(ids.len().next_power_of_two(), ValueTuple::One(Value::from(None::<Uuid>)));
    let mut statement = SelectStatement::new();
    statement.from_values(ids, Alias::new(PARENT));
    if let Some(key) = <S::Entity as EntityTrait>::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) {
        let own = query.filter(is_of(parents.column, "column1")).select_only().column(key).into_query();
        let keys = Expr::col(key.as_column_ref()).in_subquery(keyset.limit(own, request));
        statement.join(JoinType::CrossJoin, S::Entity::default().table_ref(), keys);
    }
    shape.select(&mut statement);
    for column in &keyset.columns {
        statement.order_by_expr(column.clone(), keyset.direction(request));
    }
    statement
}

fn is_of<C: ColumnTrait>(column: C, name: &str) -> Expr {
    Expr::col(column.as_column_ref()).equals((Alias::new(PARENT), Alias::new(name)))
}
