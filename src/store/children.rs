//! Pages of the children of many parents.
//!
//! The database looks up each parent's page by itself, through the index that serves the page of a single parent: by
//! `LATERAL` on PostgreSQL, by a part of its own for each parent on SQLite. What it reads depends on the size of the pages, not
//! on how many children there are.

use domain::caller::Caller;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, JoinType, QueryFilter, Statement,
    StatementBuilder, Value,
    sea_query::{Alias, Asterisk, Expr, Func, SelectStatement},
};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    kept::Form,
    keyset::{self, Keyset, selected},
    page::{Page, PageRequest},
    rows::{ById, Rows, Shape, read_all},
    sql::id_array,
};

/// Rows that belong to parents.
pub struct Children<'a, E: EntityTrait, T> {
    /// The column that names the parent.
    pub column: E::Column,
    /// The parent of a record.
    pub of: fn(&T) -> Uuid,
    /// The parents.
    pub ids: &'a [Uuid],
    /// Under what the statement is kept, and for which caller, if the request is of the first or last rows of each.
    pub kept: Option<(&'a Caller, Form)>,
}

/// One page for each of the parents, in one statement; on SQLite one for every 256 parents. The query selects the rows of any parent; a parent without rows has an empty page.
pub async fn pages<S: Shape>(
    db: &Db,
    query: Rows<S::Entity>,
    parents: Children<'_, S::Entity, S::Record>,
    keyset: &Keyset<'_, S::Record>,
    request: &PageRequest,
    shape: &S,
) -> Result<ById<Page<S::Record>>, StoreError> {
    if parents.ids.is_empty() {
        return Ok(ById::default());
    }
    if let [only] = parents.ids {
        let page = keyset::page(db, query.filter(parents.column.eq(*only)), keyset, request, shape).await?;
        return Ok([(*only, page)].into_iter().collect());
    }
    let mut rows = Vec::new();
    if db.is_postgres() {
        let ids = id_array(parents.ids.iter().copied());
        let write = |ids| {
            let statement = lateral(query.clone(), parents.column, ids, keyset, (request, shape));
            StatementBuilder::build(&statement, &DbBackend::Postgres)
        };
        let statement = match parents.kept {
            Some((caller, form)) if request.after.is_none() && request.before.is_none() => {
                db.kept.seen_by(caller, form, ids, |_, ids| write(ids))
            }
            _ => write(ids),
        };
        rows = db.connection().query_all_raw(statement).await?;
    } else {
        for ids in parents.ids.chunks(MOST_TERMS) {
            let statement = one_after_the_other(query.clone(), parents.column, ids, keyset, (request, shape));
            rows.extend(db.connection().query_all_raw(statement).await?);
        }
    }
    let page = |records| Page::of(keyset.placed(records, request), request);
    let mut found: ById<Page<S::Record>> = parents.ids.iter().map(|id| (*id, page(Vec::new()))).collect();
    // A parent's rows are consecutive: a LATERAL sub-select and a part of UNION ALL each run for one parent at a time.
    let mut records = read_all(&rows, shape)?.into_iter().peekable();
    while let Some(first) = records.next() {
        let parent = (parents.of)(&first);
        let mut own = vec![first];
        while let Some(next) = records.next_if(|record| (parents.of)(record) == parent) {
            own.push(next);
        }
        found.insert(parent, page(own));
    }
    Ok(found)
}

const PARENT: &str = "parent";

/// How many parents one statement of SQLite has: it takes up to 500 terms.
const MOST_TERMS: usize = 256;

/// `SELECT child.* FROM unnest($1) AS parent JOIN LATERAL (.. WHERE column = parent ORDER BY .. LIMIT n) AS child`
///
/// A lateral sub-select with a limit can only run once for each parent, so its rows come in its own order.
fn lateral<S: Shape>(
    query: Rows<S::Entity>,
    column: <S::Entity as EntityTrait>::Column,
    ids: Value,
    keyset: &Keyset<'_, S::Record>,
    (request, shape): (&PageRequest, &S),
) -> SelectStatement {
    let child = Alias::new("child");
    let parent = Alias::new(PARENT);
    let own = query.filter(Expr::col(column.as_column_ref()).equals((parent.clone(), parent.clone())));
    SelectStatement::new()
        .column((child.clone(), Asterisk))
        .from_function(Func::cust("unnest").arg(Expr::val(ids)), parent)
        .join_lateral(JoinType::InnerJoin, keyset.limit(selected(own, shape), request), child, Expr::cust("TRUE"))
        .take()
}

/// `SELECT * FROM (.. WHERE column = ? ORDER BY .. LIMIT n) UNION ALL SELECT * FROM (..)`
///
/// The statement of one parent is written once and repeated. Its count is filled up to a power of two with a parent that
/// nobody asked for, so that lists of all lengths share few prepared statements.
fn one_after_the_other<S: Shape>(
    query: Rows<S::Entity>,
    column: <S::Entity as EntityTrait>::Column,
    ids: &[Uuid],
    keyset: &Keyset<'_, S::Record>,
    (request, shape): (&PageRequest, &S),
) -> Statement {
    const ANY: Uuid = Uuid::max();
    let own = query.filter(column.eq(ANY));
    let one = StatementBuilder::build(&keyset.limit(selected(own, shape), request), &DbBackend::Sqlite);
    let padded = padded(ids);
    let sql = vec![format!("SELECT * FROM ({})", one.sql); padded.len()].join(" UNION ALL ");
    let values = one.values.map_or_else(Vec::new, |values| values.0);
    let any = Value::from(ANY);
    let of = |value: &Value, id: Uuid| if *value == any { Value::from(id) } else { value.clone() };
    let bound: Vec<Value> = padded
        .into_iter()
        .flat_map(|id| values.iter().map(move |value| (value, id)))
        .map(|(value, id)| of(value, id))
        .collect();
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, bound)
}

/// The ids, filled up to a power of two with one that is not among them.
fn padded(ids: &[Uuid]) -> Vec<Uuid> {
    // One of so many is not among them.
    let other = (0..).take(ids.len() + 1).map(Uuid::from_u128).find(|id| !ids.contains(id)).unwrap_or_default();
    let mut padded = ids.to_vec();
    padded.resize(ids.len().next_power_of_two(), other);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_filled_up_with_an_id_that_nobody_asked_for() {
        let [nil, one, two, max] = [Uuid::nil(), Uuid::from_u128(1), Uuid::from_u128(2), Uuid::max()];
        assert_eq!(padded(&[one, two]), [one, two]);
        assert_eq!(padded(&[max, nil, one]), [max, nil, one, two]);
        assert_eq!(padded(&[one, two, max, one, two])[5..], [nil; 3]);
    }
}
