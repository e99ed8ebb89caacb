//! Folds what the history says into the projection (`store::projection`), a few entries at a time.
//!
//! One step is one short transaction: readers of the history wait for those that write (H2). What a step reads of the claims may be
//! newer than the entries that it takes; the entries of such changes come after the cursor, so that readers take these claims as
//! they are. Counts change by what the same step took out of the projection and put into it.

use std::collections::{BTreeSet, HashSet};

use domain::calendar::Calendar;
use entity::{claim, history};
use sea_orm::{
    ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement, StatementBuilder,
    sea_query::{Alias, Expr, ExprTrait, InsertStatement, OnConflict, Query},
};
use uuid::Uuid;

use super::{
    counted::{self, CountedClaim},
    counts::{Counts, CountsByMember, Member, count},
    read::{self, Cursor},
};
use crate::store::{
    Db, Reads, StoreError, Transaction,
    history::{Position, log},
    rows::Rows,
    sql::any_of,
};

/// The most entries, and while the projection is built the most claims, of one step.
const STEP: u64 = 1000;

/// How many claims are counted at once where all are.
const PAGE: u64 = 5000;

/// Whether there is more to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Perhaps.
    Done,
    /// Everything is folded in, or another server is at it.
    Idle,
}

/// Whether so much happened that it should be folded in.
///
/// # Errors
/// The database's.
pub async fn is_behind(db: &Db) -> Result<bool, StoreError> {
    match read::cursor(db).await? {
        Some(Cursor { position, is_built: true, .. }) => Ok(read::entries_after(db, position, STEP).await? >= STEP),
        _ => Ok(true),
    }
}

/// Builds the projection on, or folds in the next entries.
///
/// # Errors
/// The database's.
pub async fn step(db: &Db, calendar: &Calendar<'_>) -> Result<Step, StoreError> {
    let transaction = db.begin().await?;
    if !lock(&transaction).await? {
        return Ok(Step::Idle);
    }
    let done = match read::cursor(&transaction).await? {
        None => {
            let position = log::end_on(transaction.connection()).await?;
            put(&transaction, Cursor { position, built_to: None, is_built: false }).await?;
            Step::Done
        }
        Some(cursor) if !cursor.is_built => build(&transaction, cursor, calendar).await?,
        Some(cursor) => fold(&transaction, cursor, calendar).await?,
    };
    transaction.commit().await?;
    Ok(done)
}

/// Takes the lock of whoever folds, if nobody has it.
async fn lock(transaction: &Transaction) -> Result<bool, StoreError> {
    if !transaction.is_postgres() {
        return Ok(true);
    }
    let connection = transaction.connection();
    // Another seed than those of `locks`.
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('projection', 3))";
    let row = connection.query_one_raw(Statement::from_string(connection.get_database_backend(), sql)).await?;
    Ok(row.map_or(Ok(false), |row| row.try_get_by_index(0))?)
}

/// Takes the next claims into the projection; after the last one, counts all of them.
async fn build(transaction: &Transaction, cursor: Cursor, calendar: &Calendar<'_>) -> Result<Step, StoreError> {
    let query = Rows::<claim::Entity>::all().column(claim::Column::Id).order_by_asc(claim::Column::Id).limit(STEP);
    let query = match cursor.built_to {
        Some(after) => query.filter(claim::Column::Id.gt(after)),
        None => query,
    };
    let ids: Vec<Uuid> = query.tuples(transaction.connection()).await?.into_iter().map(|(id,)| id).collect();
    let cursor = if let Some(last) = ids.last() {
        replace(transaction, &ids).await?;
        Cursor { built_to: Some(*last), ..cursor }
    } else {
        count_all(transaction, calendar).await?;
        Cursor { is_built: true, ..cursor }
    };
    put(transaction, cursor).await?;
    Ok(Step::Done)
}

/// Folds in the claims of the next entries.
async fn fold(transaction: &Transaction, cursor: Cursor, calendar: &Calendar<'_>) -> Result<Step, StoreError> {
    let connection = transaction.connection();
    let is_counted = is_counted(transaction, calendar).await?;
    let backend = connection.get_database_backend();
    let end = log::end_on(connection).await?;
    let entries = Rows::<history::Entity>::all()
        .columns([history::Column::Epoch, history::Column::Xid, history::Column::Pos, history::Column::ClaimId])
        .filter(log::after(cursor.position, backend))
        .filter(log::up_to(end, backend));
    let entries = log::in_order(entries.into_query(), backend).limit(STEP).take();
    let rows = connection.query_all_raw(StatementBuilder::build(&entries, &backend)).await?;
    let (mut ids, mut position) = (BTreeSet::new(), cursor.position);
    for row in &rows {
        position =
            Position { epoch: row.try_get_by_index(0)?, xid: row.try_get_by_index(1)?, pos: row.try_get_by_index(2)? };
        ids.insert(row.try_get_by_index::<Uuid>(3)?);
    }
    if rows.is_empty() && is_counted {
        return Ok(Step::Idle);
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let (before, now) = replace(transaction, &ids).await?;
    if is_counted {
        let mut changes = CountsByMember::new();
        count(&mut changes, &before, -1, None, calendar);
        count(&mut changes, &now, 1, None, calendar);
        changes.retain(|_, counts| !counts.is_empty());
        apply(transaction, changes, calendar).await?;
    } else {
        count_all(transaction, calendar).await?;
    }
    put(transaction, Cursor { position, ..cursor }).await?;
    Ok(if rows.len() as u64 == STEP { Step::Done } else { Step::Idle })
}

/// Puts the claims into the projection as they are now, and takes out those that reviewers do not see. Returns what was counted
/// of them before, and what is to be counted now.
async fn replace(
    transaction: &Transaction,
    ids: &[Uuid],
) -> Result<(Vec<CountedClaim>, Vec<CountedClaim>), StoreError> {
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let of_these = any_of(claim::Column::Id, ids.iter().copied(), backend);
    let before = Query::select()
        .expr(Expr::cust(counted::COLUMNS))
        .from_as(Alias::new(COUNTED), Alias::new("claim"))
        .and_where(of_these.clone())
        .take();
    let before = read(transaction, &before).await?;
    let projected = insert(PROJECTION, &PROJECTED, &of_these)?;
    connection.execute_raw(StatementBuilder::build(&projected, &backend)).await?;
    let columns: Vec<&str> = counted::COLUMNS.split(", ").collect();
    let mut counted = insert(COUNTED, &columns, &of_these)?;
    counted.returning(Query::returning().expr(Expr::cust(counted::COLUMNS)));
    let now = read(transaction, &counted).await?;
    let there: HashSet<Uuid> = now.iter().map(|facts| facts.id).collect();
    let gone: Vec<Uuid> = before.iter().map(|facts| facts.id).filter(|id| !there.contains(id)).collect();
    for table in [PROJECTION, COUNTED].into_iter().filter(|_| !gone.is_empty()) {
        let gone = Expr::col(Alias::new("id")).is_in(gone.iter().copied());
        let delete = Query::delete().from_table(Alias::new(table)).and_where(gone).take();
        connection.execute_raw(StatementBuilder::build(&delete, &backend)).await?;
    }
    Ok((before, now))
}

const PROJECTION: &str = "claim_projection";

const COUNTED: &str = "claim_counted";

/// The columns of the projection.
const PROJECTED: [&str; 8] =
    ["id", "created_at", "updated_at", "active_at", "traits", "submitted_at", "decided_at", "due_at"];

/// Copies these columns of claims as they are now, in place of what is there.
fn insert(table: &str, columns: &[&str], of_these: &Expr) -> Result<InsertStatement, StoreError> {
    let names = || columns.iter().copied().map(Alias::new);
    let again = OnConflict::column(Alias::new("id")).update_columns(names().skip(1)).to_owned();
    let claims = Query::select()
        .columns(names())
        .from_as(Alias::new("claim_unfolded"), Alias::new("claim"))
        .and_where(of_these.clone())
        .take();
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table)).columns(names()).on_conflict(again);
    insert.select_from(claims).map_err(|error| StoreError::Corrupt("claim_projection", error.to_string()))?;
    Ok(insert)
}

async fn read(transaction: &Transaction, statement: &impl StatementBuilder) -> Result<Vec<CountedClaim>, StoreError> {
    let connection = transaction.connection();
    let rows = connection.query_all_raw(statement.build(&connection.get_database_backend())).await?;
    rows.iter().map(|row| CountedClaim::read(row, 0)).collect()
}

/// Whether there are counts by this calendar.
async fn is_counted(transaction: &Transaction, calendar: &Calendar<'_>) -> Result<bool, StoreError> {
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let sql = if transaction.is_postgres() {
        "SELECT 1 FROM claim_figures WHERE calendar = $1 LIMIT 1"
    } else {
        "SELECT 1 FROM claim_figures WHERE calendar = ? LIMIT 1"
    };
    let found = connection.query_one_raw(Statement::from_sql_and_values(backend, sql, [calendar.key().into()])).await?;
    Ok(found.is_some())
}

/// Counts all claims of the projection by this calendar, in place of what was counted before.
async fn count_all(transaction: &Transaction, calendar: &Calendar<'_>) -> Result<(), StoreError> {
    let mut counts = CountsByMember::new();
    let mut last: Option<Uuid> = None;
    loop {
        let page = Query::select()
            .expr(Expr::cust(counted::COLUMNS))
            .from_as(Alias::new(COUNTED), Alias::new("claim"))
            .and_where_option(last.map(|last| Expr::col(claim::Column::Id.as_column_ref()).gt(last)))
            .order_by_expr(Expr::col(claim::Column::Id.as_column_ref()), sea_orm::Order::Asc)
            .limit(PAGE)
            .take();
        let page = read(transaction, &page).await?;
        count(&mut counts, &page, 1, None, calendar);
        match page.last() {
            Some(facts) => last = Some(facts.id),
            None => break,
        }
    }
    // There even if there are no claims: it says that everything is counted.
    counts.entry(Member::all()).or_default();
    transaction.connection().execute_unprepared("DELETE FROM claim_figures").await?;
    write(transaction, counts, calendar).await
}

/// Adds the changes to the counts.
async fn apply(transaction: &Transaction, changes: CountsByMember, calendar: &Calendar<'_>) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let mut counts = changes;
    let names: HashSet<&str> = counts.keys().map(|member| member.name.as_str()).collect();
    let kinds: HashSet<&str> = counts.keys().map(|member| member.group.as_str()).collect();
    let known = Query::select()
        .expr(Expr::cust("kind, member, figures"))
        .from(Alias::new("claim_figures"))
        .and_where(Expr::cust("calendar").eq(calendar.key()))
        .and_where(Expr::cust("kind").is_in(kinds))
        .and_where(Expr::cust("member").is_in(names))
        .take();
    for row in connection.query_all_raw(StatementBuilder::build(&known, &backend)).await? {
        let (kind, name): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let text: String = row.try_get_by_index(2)?;
        if let Some(changed) = Member::read(&kind, name).and_then(|member| counts.get_mut(&member)) {
            changed.merge(&Counts::from_text(&text)?);
        }
    }
    write(transaction, counts, calendar).await
}

/// Writes the counts in place of those that the groups had.
async fn write(transaction: &Transaction, counts: CountsByMember, calendar: &Calendar<'_>) -> Result<(), StoreError> {
    const ROWS: usize = 500;
    let connection = transaction.connection();
    let backend = connection.get_database_backend();
    let key = calendar.key();
    let columns = || ["calendar", "kind", "member", "figures"].map(Alias::new);
    let counts: Vec<(Member, Counts)> = counts.into_iter().collect();
    for some in counts.chunks(ROWS) {
        let again = OnConflict::columns(["calendar", "kind", "member"].map(Alias::new))
            .update_column(Alias::new("figures"))
            .to_owned();
        let mut insert = Query::insert();
        insert.into_table(Alias::new("claim_figures")).columns(columns()).on_conflict(again);
        for (member, counts) in some {
            let row = [
                key.as_str().into(),
                member.group.as_str().into(),
                member.name.as_str().into(),
                counts.to_text()?.into(),
            ];
            insert.values(row).map_err(|error| StoreError::Corrupt("claim_figures", error.to_string()))?;
        }
        connection.execute_raw(StatementBuilder::build(&insert, &backend)).await?;
    }
    Ok(())
}

/// Puts the cursor there.
async fn put(transaction: &Transaction, cursor: Cursor) -> Result<(), StoreError> {
    let Cursor { position: Position { epoch, xid, pos }, built_to, is_built } = cursor;
    let columns = ["epoch", "xid", "pos", "built_to", "is_built"];
    let again = OnConflict::column(Alias::new("id")).update_columns(columns.map(Alias::new)).to_owned();
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new("projection_cursor"))
        .columns(["id", "epoch", "xid", "pos", "built_to", "is_built"].map(Alias::new))
        .on_conflict(again)
        .values([1.into(), epoch.into(), xid.into(), pos.into(), built_to.into(), is_built.into()])
        .map_err(|error| StoreError::Corrupt("projection_cursor", error.to_string()))?;
    let connection = transaction.connection();
    connection.execute_raw(StatementBuilder::build(&insert, &connection.get_database_backend())).await?;
    Ok(())
}
