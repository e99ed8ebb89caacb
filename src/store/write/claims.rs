//! Claims under change: read whole in one statement, with the head of their history; stored by [`super::change`].

use std::{collections::HashSet, fmt::Write, sync::LazyLock};

use domain::{
    caller::Caller,
    claim::{Claim, Line},
};
use entity::{claim, claim_line, idempotency, proof_document};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IdenStatic, Iterable, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect, QueryTrait, Select, StatementBuilder, Value,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{history::Head, idempotency::Remembered};
use crate::store::{Reads, StoreError, Transaction, claim_from_row, claim_to_row, line_to_row, scope, sql::any_of};

/// A claim as it was read, with the head of its history, by which it is known whether it has changed since.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The claim, its lines and the number of its documents included.
    pub claim: Claim,
    /// Where its history stands.
    pub head: Head,
}

/// How much of a claim is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// All of it.
    Whole,
    /// All but its lines, for what does not look at them: they are half of the work.
    WithoutLines,
}

/// Who used an idempotency key, and the key.
pub type KeyOf<'a> = (&'a str, &'a str);

/// Reads a claim that the caller may see, and what was done under the idempotency key; nothing where it is not there
/// or not in reach (A4).
///
/// In a transaction that is to change it, [`super::locks`] come first, so that the statement sees what those have done who
/// held them before.
///
/// # Errors
/// The database's.
pub async fn find(
    on: &impl Reads,
    caller: &Caller,
    id: Uuid,
    parts: Parts,
    key: Option<KeyOf<'_>>,
) -> Result<(Option<Snapshot>, Option<Remembered>), StoreError> {
    let mut query = claim::Entity::find_by_id(id).filter(scope::claims(caller));
    if let Some((subject, key)) = key {
        let same = Condition::all().add(idempotency::Column::Subject.eq(subject)).add(idempotency::Column::Key.eq(key));
        QueryTrait::query(&mut query).join(JoinType::LeftJoin, idempotency::Entity, same);
    }
    if let Some(row) = rows(on, query, parts, key.is_some()).await?.pop() {
        let done = if key.is_some() { remembered(&row)? } else { None };
        return Ok((Some(snapshot(&row, parts)?), done));
    }
    // A repeat may speak of a claim that is gone by now: of a draft that was deleted.
    let done = match key {
        Some((subject, key)) => super::idempotency::find(on, subject, key).await?,
        None => None,
    };
    Ok((None, done))
}

/// Reads claims whole, whoever may see them, in order of their ids. Their customer must be locked.
///
/// # Errors
/// The database's.
pub async fn find_all(transaction: &Transaction, ids: &[Uuid]) -> Result<Vec<Snapshot>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let backend = transaction.connection().get_database_backend();
    let query = claim::Entity::find()
        .filter(any_of(claim::Column::Id, ids.iter().copied(), backend))
        .filter(claim::Column::DeletedAt.is_null())
        .order_by_asc(claim::Column::Id);
    rows(transaction, query, Parts::Whole, false).await?.iter().map(|row| snapshot(row, Parts::Whole)).collect()
}

/// The columns of a claim and how many documents it has, as one text: it is long, and never differs.
static COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let mut columns = String::new();
    for column in claim::Column::iter() {
        let name = column.as_str();
        let _ = write!(columns, "\"claim\".\"{name}\" AS \"{name}\", ");
    }
    columns + "(SELECT count(*) FROM proof_document WHERE proof_document.claim_id = \"claim\".\"id\") AS \"documents\""
});

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
                AND association.line_id = line.id AND association.ended_at IS NULL) THEN 1 ELSE 0 END) \
            ORDER BY line.position, line.id){text} \
        FROM claim_line AS line WHERE line.claim_id = \"claim\".\"id\") AS \"lines\""
    )
}

/// What was done under a key, beside the claim.
const DONE: &str = "\"idempotency\".\"mutation\" AS \"done_mutation\", \
    \"idempotency\".\"input_hash\" AS \"done_input_hash\", \"idempotency\".\"answer\" AS \"done_answer\"";

async fn rows(
    on: &impl Reads,
    query: Select<claim::Entity>,
    parts: Parts,
    key: bool,
) -> Result<Vec<QueryResult>, StoreError> {
    let backend = on.connection().get_database_backend();
    let mut query = query.select_only().expr(Expr::cust(COLUMNS.as_str()));
    if parts == Parts::Whole {
        query = query.expr(Expr::cust(lines_of(backend)));
    }
    if key {
        query = query.expr(Expr::cust(DONE));
    }
    Ok(on.connection().query_all_raw(StatementBuilder::build(&query.into_query(), &backend)).await?)
}

/// A line as [`lines_of`] writes it: id, product, the subscription as typed and as resolved, outcome, whether its association
/// lives.
type LineRow = (Uuid, Uuid, Option<String>, Option<Uuid>, String, u8);

fn snapshot(row: &QueryResult, parts: Parts) -> Result<Snapshot, StoreError> {
    let documents: i64 = row.try_get("", "documents")?;
    let lines: Option<String> = if parts == Parts::Whole { row.try_get("", "lines")? } else { None };
    let row = claim::Model::from_query_result(row, "")?;
    let id = row.id;
    let corrupt = |_| StoreError::Corrupt("claim_line", format!("of the claim {id}"));
    let lines: Vec<LineRow> =
        lines.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?.unwrap_or_default();
    let line = |(id, sku_id, typed, subscription_id, outcome, associated): LineRow| {
        let outcome = outcome.parse().map_err(|_| StoreError::Corrupt("claim_line", id.to_string()))?;
        Ok(Line { id, sku_id, typed, subscription_id, outcome, associated: associated == 1 })
    };
    let lines = lines.into_iter().map(line).collect::<Result<_, StoreError>>()?;
    let head = Head { length: row.history_length, hash: row.history_hash.clone() };
    let mut claim = claim_from_row(row, lines)?;
    claim.documents = u32::try_from(documents).unwrap_or(u32::MAX);
    Ok(Snapshot { claim, head })
}

fn remembered(row: &QueryResult) -> Result<Option<Remembered>, StoreError> {
    let mutation: Option<String> = row.try_get("", "done_mutation")?;
    let Some(mutation) = mutation else { return Ok(None) };
    Ok(Some(Remembered {
        mutation,
        input_hash: row.try_get("", "done_input_hash")?,
        answer: row.try_get("", "done_answer")?,
    }))
}

/// The columns of a claim that differ, and what they become; not its lines.
#[must_use]
pub fn differing(before: &Claim, after: &Claim) -> Vec<(claim::Column, Value)> {
    let (before, after) = (claim_to_row(before), claim_to_row(after));
    let differs = |column| {
        let after = after.get(column).into_value()?;
        (before.get(column).into_value().as_ref() != Some(&after)).then_some((column, after))
    };
    claim::Column::iter().filter_map(differs).collect()
}

/// Whether another claim of the partner has the reference (L12).
///
/// # Errors
/// The database's.
pub async fn reference_taken(on: &impl Reads, claim: &Claim) -> Result<bool, StoreError> {
    let Some(reference) = &claim.external_reference else { return Ok(false) };
    let others = claim::Entity::find()
        .filter(claim::Column::PartnerId.eq(claim.partner_id))
        .filter(claim::Column::ExternalReference.eq(reference))
        .filter(claim::Column::Id.ne(claim.id));
    Ok(others.count(on.connection()).await? > 0)
}

/// Inserts a new draft with its lines.
///
/// # Errors
/// The database's; [`StoreError::Unique`] when the number or the external reference was taken meanwhile.
pub async fn insert(transaction: &Transaction, claim: &Claim, head: &Head) -> Result<(), StoreError> {
    let mut row = claim_to_row(claim);
    row.history_length = Set(head.length);
    row.history_hash = Set(head.hash.clone());
    row.deleted_at = Set(None);
    claim::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    save_lines(transaction, &[], claim).await
}

/// Makes the claim's lines in the database what they are in the claim, having been as given. A line's subject is fixed from
/// submission on (X0).
///
/// # Errors
/// The database's.
pub async fn save_lines(transaction: &Transaction, before: &[Line], claim: &Claim) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let stays = |id: Uuid| claim.lines.iter().any(|line| line.id == id);
    let removed: Vec<Uuid> = before.iter().map(|line| line.id).filter(|id| !stays(*id)).collect();
    if !removed.is_empty() {
        claim_line::Entity::delete_many().filter(claim_line::Column::Id.is_in(removed)).exec(connection).await?;
    }
    if claim.lines.is_empty() {
        return Ok(());
    }
    let rows = claim.lines.iter().zip(0..).map(|(line, position)| line_to_row(claim, position, line));
    let again = OnConflict::column(claim_line::Column::Id)
        .update_columns([
            claim_line::Column::Position,
            claim_line::Column::SubscriptionTyped,
            claim_line::Column::SubscriptionId,
            claim_line::Column::Subject,
            claim_line::Column::Outcome,
        ])
        .to_owned();
    claim_line::Entity::insert_many(rows).on_conflict(again).exec_without_returning(connection).await?;
    Ok(())
}

/// Deletes what a draft has of lines and documents (L1, L12).
///
/// # Errors
/// The database's.
pub async fn delete_contents(transaction: &Transaction, claim_id: Uuid) -> Result<(), StoreError> {
    let connection = transaction.connection();
    claim_line::Entity::delete_many().filter(claim_line::Column::ClaimId.eq(claim_id)).exec(connection).await?;
    proof_document::Entity::delete_many().filter(proof_document::Column::ClaimId.eq(claim_id)).exec(connection).await?;
    Ok(())
}

/// The columns of a draft that is deleted: its contents go, its number stays taken, and its history can still be verified
/// (L1, L12, H3).
#[must_use]
pub fn deleted(claim: &Claim) -> Vec<(claim::Column, Value)> {
    let nothing = || Value::String(None);
    vec![
        (claim::Column::Name, String::new().into()),
        (claim::Column::ExternalReference, nothing()),
        (claim::Column::CustomerContact, nothing()),
        (claim::Column::TechnicalContact, nothing()),
        (claim::Column::PartnerContact, nothing()),
        (claim::Column::SolutionSeller, nothing()),
        (claim::Column::PartnerSolution, nothing()),
        (claim::Column::SearchText, String::new().into()),
        (claim::Column::ReferenceSearchText, nothing()),
        (claim::Column::Version, claim.version.into()),
        (claim::Column::DeletedAt, claim.updated_at.micros().into()),
        (claim::Column::UpdatedAt, claim.updated_at.micros().into()),
    ]
}

/// Those of the subjects that a live association of another claim holds (X6).
///
/// # Errors
/// The database's.
pub async fn taken(on: &impl Reads, claim: &Claim) -> Result<HashSet<domain::claim::Subject>, StoreError> {
    let subjects: Vec<_> = claim.standing_lines().filter_map(|line| claim.subject(line)).collect();
    let held = super::associations::held_by_others(on, claim.id, &subjects).await?;
    Ok(subjects.into_iter().filter(|subject| held.contains(&subject.to_string())).collect())
}
