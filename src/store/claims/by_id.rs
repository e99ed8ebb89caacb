//! One claim by its id: the read that is asked for most often.

use domain::caller::Caller;
use entity::claim::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, ExprTrait, JoinType, QueryFilter, QueryResult, QueryTrait, Statement,
    StatementBuilder, Value,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{ClaimRow, lines, row::Wanted};
use crate::store::{
    Db, Reads as _, StoreError, gather,
    kept::{Form, Scope, company},
    rows::{Cells, Rows},
    scope,
    sql::{id_array, numbers},
};

/// What the SQL of such a read follows from.
type Kind = (Wanted, Scope);
/// A claim's id, and the company of the caller who asks for it; blank if that does not matter.
type Asked = (Uuid, Uuid);
/// The claims that are waited for by id.
pub(in crate::store) type Groups = gather::Groups<Kind, Asked, Option<ClaimRow>>;
type Lead = gather::Lead<Kind, Asked, Option<ClaimRow>>;

/// The claim, if the caller sees it; with its lines if they are wanted.
///
/// # Errors
/// As [`super::page()`].
pub(super) async fn one(db: &Db, caller: &Caller, id: Uuid, wanted: Wanted) -> Result<Option<ClaimRow>, StoreError> {
    if db.is_postgres() && db.connection().is_busy() {
        let asked = (id, company(caller).unwrap_or_default());
        let (reading, caller) = (db.clone(), caller.clone());
        let form = (wanted, Scope::of(&caller));
        let read_for = async move |lead: Lead| {
            let statement = |asked: &[Asked]| statement_for(&reading, &caller, asked, wanted);
            lead.read(&reading, statement, |rows, count| read(rows, count, wanted)).await;
        };
        return db.claims.ask(form, asked, read_for).await;
    }
    let backend = db.connection().get_database_backend();
    let statement = db.kept.seen_by(caller, Form::Claim(wanted), id.into(), |caller, id| {
        let query = Rows::<Entity>::all().filter(scope::claims(caller)).filter(Column::Id.eq(id));
        StatementBuilder::build(&lines::statement(query, wanted), &backend)
    });
    lines::read_one(&db.connection().query_all_raw(statement).await?, wanted)
}

/// The claims in the order in which they were asked for. What is wrong with one claim concerns only those who asked for it.
fn read(
    rows: &[QueryResult],
    count: usize,
    wanted: Wanted,
) -> Result<Vec<Result<Option<ClaimRow>, StoreError>>, StoreError> {
    in_places(rows, count, |claim, cells| {
        if let Ok(so_far) = claim
            && let Err(error) = lines::read(so_far, cells, wanted)
        {
            *claim = Err(error);
        }
    })
}

/// Reads rows that begin with the place of the member that they are for.
pub(super) fn in_places<T>(
    rows: &[QueryResult],
    count: usize,
    mut read: impl FnMut(&mut Result<Option<T>, StoreError>, &mut Cells<'_>),
) -> Result<Vec<Result<Option<T>, StoreError>>, StoreError> {
    let mut read_so_far: Vec<Result<Option<T>, StoreError>> = (0..count).map(|_| Ok(None)).collect();
    for row in rows {
        let mut cells = Cells::of::<Entity>(row)?;
        let place: i32 = cells.get()?;
        let place = usize::try_from(place).ok().and_then(|place| read_so_far.get_mut(place));
        read(place.ok_or_else(|| cells.corrupt())?, &mut cells);
    }
    Ok(read_so_far)
}

/// The statement for what callers of one scope ask for; `caller` is any of them.
fn statement_for(db: &Db, caller: &Caller, members: &[Asked], wanted: Wanted) -> Statement {
    let ids = id_array(members.iter().map(|(id, _)| *id));
    let companies = id_array(members.iter().map(|(_, company)| *company));
    let places = numbers((0..).zip(members).map(|(place, _)| place));
    db.kept.of_scope((Form::Claims(wanted), Scope::of(caller)), [ids, companies, places], |[ids, companies, places]| {
        let query = asked(vec![("id", ids), ("company", companies), ("place", places)]);
        let query = query.filter(scope::claims_by_company(caller, |_| Expr::col(("asked", "company"))));
        StatementBuilder::build(&lines::statement(query, wanted), &db.connection().get_database_backend())
    })
}

/// The claims of a group's members, each after the place of the member, from arrays of what they ask for: the `id` of the claim,
/// the `place`, and whatever else the statement uses.
///
/// Because the arrays are sub-selects, PostgreSQL does not look at their lengths when it plans: it expects few rows, and keeps one plan
/// for any number.
pub(super) fn asked(columns: Vec<(&'static str, Value)>) -> Rows<Entity> {
    let mut table = Query::select();
    for (column, array) in columns {
        table.expr_as(Expr::cust_with_values("unnest((SELECT $1))", [array]), column);
    }
    let of_asked = |column: &'static str| Expr::col(("asked", column));
    let on = of_asked("id").equals(Column::Id.as_column_ref());
    let mut query = Rows::<Entity>::all();
    QueryTrait::query(&mut query).expr(of_asked("place")).join_subquery(JoinType::InnerJoin, table, "asked", on);
    query
}
