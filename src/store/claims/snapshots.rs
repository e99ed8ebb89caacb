//! A claim as it is read for a change of it: whole, in one statement, with the head of its history and the result recorded under an
//! idempotency key.
//!
//! Outside a transaction this is done for several requests at once while all connections are in use, as reads by id are
//! ([`super::by_id`]).

use domain::{
    caller::Caller,
    claim::{Claim, Line},
};
use entity::{
    claim::{Column, Entity},
    claim_activity, idempotency,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, ExprTrait, JoinType, QueryFilter, QueryOrder, QueryResult,
    QueryTrait, Statement, StatementBuilder, sea_query::Expr,
};
use uuid::Uuid;

use super::by_id::{asked, in_places};
use crate::store::{
    Db, Reads, StoreError, gather,
    history::write::Head,
    kept::{Form, Scope, company},
    predicates::LIVES,
    rows::{Cells, Columns, Rows, select},
    scope,
    sql::{self, any_of, id_array, numbers, texts},
    transaction::{self, idempotency::Remembered},
};

/// A claim as it was read, with the head of its history, by which it is known whether it has changed since.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The claim, its lines and the number of its documents included.
    pub claim: Claim,
    /// The head of its history.
    pub head: Head,
}

/// How much of a claim is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parts {
    /// All of it.
    Whole,
    /// All but its lines, for what does not look at them: they are half of the work.
    WithoutLines,
}

/// Who used an idempotency key, and the key.
pub type KeyOf<'a> = (&'a str, &'a str);

/// The claim, and the result recorded under the key.
type Found = (Snapshot, Option<Remembered>);
/// What the SQL of such a read follows from: the last says whether there are keys.
type Kind = (Parts, Scope, bool);
/// What one request asks for.
#[derive(Clone, Debug)]
pub(in crate::store) struct Asked {
    id: Uuid,
    /// The company of the caller; blank if that does not matter.
    company: Uuid,
    subject: String,
    key: String,
}
/// The reads that wait for a connection.
pub(in crate::store) type Groups = gather::Groups<Kind, Asked, Option<Found>>;
type Lead = gather::Lead<Kind, Asked, Option<Found>>;

/// Reads a claim that the caller may see, and the result recorded under the idempotency key; `None` if it does not
/// exist or is not visible to the caller (A4).
///
/// In a transaction that will change it, [`crate::store::transaction::locks`] come first, so that the statement sees the changes of
/// previous holders.
///
/// # Errors
/// Database errors.
pub async fn find(
    on: &impl Reads,
    caller: &Caller,
    id: Uuid,
    parts: Parts,
    key: Option<KeyOf<'_>>,
) -> Result<(Option<Snapshot>, Option<Remembered>), StoreError> {
    let found = match on.db().filter(|db| db.is_postgres() && db.connection().is_busy()) {
        Some(db) => with_others(db, caller, id, parts, key).await?,
        None => alone(on, caller, id, parts, key).await?,
    };
    if let Some((snapshot, done)) = found {
        return Ok((Some(snapshot), done));
    }
    // A repeat may be about a claim that no longer exists: a deleted draft.
    let done = match key {
        Some((subject, key)) => transaction::idempotency::find(on, subject, key).await?,
        None => None,
    };
    Ok((None, done))
}

async fn alone(
    on: &impl Reads,
    caller: &Caller,
    id: Uuid,
    parts: Parts,
    key: Option<KeyOf<'_>>,
) -> Result<Option<Found>, StoreError> {
    let backend = on.connection().get_database_backend();
    let mut query = Rows::<Entity>::all().filter(scope::claims(caller)).filter(Column::Id.eq(id));
    if let Some((subject, key)) = key {
        with_key(&mut query, subject, key);
    }
    let row = on.connection().query_one_raw(statement(query, parts, key.is_some(), backend)).await?;
    row.map(|row| found(&mut Cells::of::<Entity>(&row)?, parts, key.is_some())).transpose()
}

/// Joins the result under the key.
fn with_key(query: &mut Rows<Entity>, subject: impl Into<Expr>, key: impl Into<Expr>) {
    let is = |column: idempotency::Column, value: Expr| Expr::col(column.as_column_ref()).eq(value);
    let same = Condition::all()
        .add(is(idempotency::Column::Subject, subject.into()))
        .add(is(idempotency::Column::Key, key.into()));
    QueryTrait::query(query).join(JoinType::LeftJoin, idempotency::Entity, same);
}

async fn with_others(
    db: &Db,
    caller: &Caller,
    id: Uuid,
    parts: Parts,
    key: Option<KeyOf<'_>>,
) -> Result<Option<Found>, StoreError> {
    let (subject, name) = key.unwrap_or_default();
    let company = company(caller).unwrap_or_default();
    let asked = Asked { id, company, subject: subject.to_owned(), key: name.to_owned() };
    let kind = (parts, Scope::of(caller), key.is_some());
    let (reading, caller) = (db.clone(), caller.clone());
    let read_for = async move |lead: Lead| {
        let statement = |asked: &[Asked]| statement_for(&reading, &caller, asked, kind);
        lead.read(&reading, statement, |rows, count| read(rows, count, kind)).await;
    };
    db.snapshots_by_id.ask(kind, asked, read_for).await
}

/// What was read, in the order in which it was asked for. What is wrong with one claim concerns only those who asked for it.
fn read(
    rows: &[QueryResult],
    count: usize,
    (parts, _, has_keys): Kind,
) -> Result<Vec<Result<Option<Found>, StoreError>>, StoreError> {
    in_places(rows, count, |place, cells| *place = found(cells, parts, has_keys).map(Some))
}

/// The statement for what callers of one scope ask for; `caller` is any of them.
fn statement_for(db: &Db, caller: &Caller, members: &[Asked], (parts, scope, has_keys): Kind) -> Statement {
    let arrays = [
        id_array(members.iter().map(|asked| asked.id)),
        id_array(members.iter().map(|asked| asked.company)),
        numbers((0..).zip(members).map(|(place, _)| place)),
        texts(members.iter().map(|asked| asked.subject.clone())),
        texts(members.iter().map(|asked| asked.key.clone())),
    ];
    let of_asked = |column: &'static str| Expr::col(("asked", column));
    db.kept.of_scope((Form::Snapshots(parts, has_keys), scope), arrays, |[ids, companies, places, subjects, keys]| {
        let mut columns = vec![("id", ids), ("company", companies), ("place", places)];
        if has_keys {
            columns.extend([("subject", subjects), ("key", keys)]);
        }
        let mut query = asked(columns).filter(scope::claims_by_company(caller, |_| of_asked("company")));
        if has_keys {
            with_key(&mut query, of_asked("subject"), of_asked("key"));
        }
        statement(query, parts, has_keys, db.connection().get_database_backend())
    })
}

/// Reads complete claims, without regard to visibility, in order of their ids. Their customer must be locked.
///
/// # Errors
/// Database errors.
pub async fn find_all(on: &impl Reads, ids: &[Uuid]) -> Result<Vec<Snapshot>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all()
        .filter(any_of(Column::Id, ids.iter().copied(), backend))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id);
    let statement = statement(query, Parts::Whole, false, backend);
    let rows = on.connection().query_all_raw(statement).await?;
    rows.iter().map(|row| snapshot(&mut Cells::of::<Entity>(row)?, Parts::Whole)).collect()
}

/// What is read with the claim: the head of its history, and the number of its documents.
const BESIDE: &str = "\"claim_activity\".\"history_length\", \"claim_activity\".\"history_hash\", \
    (SELECT count(*) FROM proof_document WHERE proof_document.claim_id = \"claim\".\"id\")";

/// The lines of a claim, as JSON.
fn lines_of(backend: DbBackend) -> String {
    let postgres = backend == DbBackend::Postgres;
    let [line, sku, subscription] = ["line.id", "line.sku_id", "line.subscription_id"].map(|id| {
        // hex() of NULL is an empty text.
        if postgres { id.to_owned() } else { format!("CASE WHEN {id} IS NOT NULL THEN hex({id}) END") }
    });
    let (list, array, text) =
        if postgres { ("json_agg", "json_build_array", "::text") } else { ("json_group_array", "json_array", "") };
    format!(
        "(SELECT {list}({array}({line}, {sku}, line.subscription_typed, {subscription}, line.outcome, \
            CASE WHEN EXISTS (SELECT 1 FROM association WHERE association.claim_id = line.claim_id \
                AND association.line_id = line.id AND {LIVES}) THEN 1 ELSE 0 END) \
            ORDER BY line.position, line.id){text} \
        FROM claim_line AS line WHERE line.claim_id = \"claim\".\"id\")"
    )
}

/// The result recorded under a key, with the claim.
const DONE: &str = "\"idempotency\".\"mutation\", \"idempotency\".\"input_hash\", \"idempotency\".\"answer\"";

/// The statement that reads these claims, each with the result under its key.
fn statement(query: Rows<Entity>, parts: Parts, has_keys: bool, backend: DbBackend) -> Statement {
    let mut query = query.into_query();
    select::<Claim>(&mut query, Columns::ALL);
    sql::join::<Entity, claim_activity::Entity>(&mut query, JoinType::LeftJoin);
    query.expr(Expr::cust(BESIDE));
    if parts == Parts::Whole {
        query.expr(Expr::cust(lines_of(backend)));
    }
    if has_keys {
        query.expr(Expr::cust(DONE));
    }
    StatementBuilder::build(&query, &backend)
}

fn found(cells: &mut Cells<'_>, parts: Parts, has_keys: bool) -> Result<Found, StoreError> {
    Ok((snapshot(cells, parts)?, if has_keys { remembered(cells)? } else { None }))
}

/// A line as [`lines_of`] writes it: id, product, the subscription as typed and as resolved, outcome, whether its association
/// lives.
type LineRow = (Uuid, Uuid, Option<String>, Option<Uuid>, String, u8);

fn snapshot(cells: &mut Cells<'_>, parts: Parts) -> Result<Snapshot, StoreError> {
    let mut claim: Claim = cells.record(Columns::ALL)?;
    let (length, hash) = (cells.get::<Option<i32>>()?, cells.get()?);
    // Without it nothing can be decided on the claim, and it was removed behind the server's back.
    let length = length.ok_or_else(|| StoreError::Corrupt("claim_activity", claim.id.to_string()))?;
    let head = Head { length, hash };
    claim.documents = u32::try_from(cells.get::<i64>()?).unwrap_or(u32::MAX);
    if parts == Parts::Whole {
        let lines: Option<Vec<LineRow>> = cells.maybe_json()?;
        claim.lines = lines.unwrap_or_default().into_iter().map(line).collect::<Result<_, StoreError>>()?;
    }
    Ok(Snapshot { claim, head })
}

fn line((id, sku_id, typed, subscription_id, outcome, associated): LineRow) -> Result<Line, StoreError> {
    let outcome = outcome.parse().map_err(|_| StoreError::Corrupt("claim_line", id.to_string()))?;
    Ok(Line { id, sku_id, typed, subscription_id, outcome, associated: associated == 1 })
}

fn remembered(cells: &mut Cells<'_>) -> Result<Option<Remembered>, StoreError> {
    let done = (cells.get::<Option<String>>()?, cells.get::<Option<String>>()?, cells.get::<Option<String>>()?);
    let (Some(mutation), Some(input_hash), Some(answer)) = done else { return Ok(None) };
    Ok(Some(Remembered { mutation, input_hash, answer }))
}
