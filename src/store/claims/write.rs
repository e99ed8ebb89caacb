//! Claims under change: read whole in one statement, with the head of their history; stored by
//! [`crate::store::transaction::change`].

use std::collections::{HashMap, HashSet};

use domain::{
    caller::Caller,
    claim::{Claim, Line},
};
use entity::{claim, claim_activity, claim_line, idempotency, proof_document};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, Iterable, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Value,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction, associations, claim_to_row,
    history::write::Head,
    line_to_row,
    predicates::LIVES,
    rows::{Cells, Columns, Rows, select},
    scope,
    sql::{self, any_of, findable},
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// All of it.
    Whole,
    /// All but its lines, for what does not look at them: they are half of the work.
    WithoutLines,
}

/// Who used an idempotency key, and the key.
pub type KeyOf<'a> = (&'a str, &'a str);

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
    let mut query = Rows::<claim::Entity>::all().filter(scope::claims(caller)).filter(claim::Column::Id.eq(id));
    if let Some((subject, key)) = key {
        let same = Condition::all().add(idempotency::Column::Subject.eq(subject)).add(idempotency::Column::Key.eq(key));
        QueryTrait::query(&mut query).join(JoinType::LeftJoin, idempotency::Entity, same);
    }
    if let Some((snapshot, done)) = read(on, query, parts, key.is_some()).await?.pop() {
        return Ok((Some(snapshot), done));
    }
    // A repeat may be about a claim that no longer exists: a deleted draft.
    let done = match key {
        Some((subject, key)) => transaction::idempotency::find(on, subject, key).await?,
        None => None,
    };
    Ok((None, done))
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
    let query = Rows::<claim::Entity>::all()
        .filter(any_of(claim::Column::Id, ids.iter().copied(), backend))
        .filter(claim::Column::DeletedAt.is_null())
        .order_by_asc(claim::Column::Id);
    let read = read(on, query, Parts::Whole, false).await?;
    Ok(read.into_iter().map(|(snapshot, _)| snapshot).collect())
}

/// Those of the claims that the caller may see, each with its customer.
///
/// # Errors
/// The database's.
pub async fn customers_of(on: &impl Reads, caller: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = claim::Entity::find()
        .filter(scope::claims(caller))
        .filter(any_of(claim::Column::Id, ids.iter().copied(), backend))
        .select_only()
        .columns([claim::Column::Id, claim::Column::TenantId])
        .into_tuple();
    Ok(query.all(on.connection()).await?)
}

/// A claim that has an external reference.
#[derive(Clone, Debug)]
pub struct Referenced {
    /// The claim.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its customer.
    pub tenant_id: Uuid,
}

/// The partner's claims with these external references, by reference (B2).
///
/// # Errors
/// The database's.
pub async fn by_references(
    on: &impl Reads,
    partner_id: Uuid,
    references: &[&str],
) -> Result<HashMap<String, Referenced>, StoreError> {
    use claim::Column::{ExternalReference, Id, Number, PartnerId, TenantId};
    let backend = on.connection().get_database_backend();
    let references: Vec<&str> = references.iter().copied().filter_map(findable).collect();
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(String, Uuid, String, Uuid)> = claim::Entity::find()
        .filter(PartnerId.eq(partner_id))
        .filter(any_of(ExternalReference, references, backend))
        .select_only()
        .columns([ExternalReference, Id, Number, TenantId])
        .into_tuple()
        .all(on.connection())
        .await?;
    let named = |(reference, id, number, tenant_id)| (reference, Referenced { id, number, tenant_id });
    Ok(found.into_iter().map(named).collect())
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

/// Reads claims, each with the result recorded under the key.
async fn read(
    on: &impl Reads,
    query: Rows<claim::Entity>,
    parts: Parts,
    key: bool,
) -> Result<Vec<(Snapshot, Option<Remembered>)>, StoreError> {
    let mut query = query.into_query();
    select::<Claim>(&mut query, Columns::ALL);
    sql::join::<claim::Entity, claim_activity::Entity>(&mut query, JoinType::LeftJoin);
    query.expr(Expr::cust(BESIDE));
    if parts == Parts::Whole {
        query.expr(Expr::cust(lines_of(on.connection().get_database_backend())));
    }
    if key {
        query.expr(Expr::cust(DONE));
    }
    let rows = on.connection().query_all(&query).await?;
    rows.iter()
        .map(|row| {
            let cells = &mut Cells::of::<claim::Entity>(row)?;
            Ok((snapshot(cells, parts)?, if key { remembered(cells)? } else { None }))
        })
        .collect()
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

/// The columns of a claim that differ, and what they become; not its lines.
#[must_use]
pub fn differing(before: &Claim, after: &Claim) -> Vec<(claim::Column, Value)> {
    if before == after {
        return Vec::new();
    }
    let (before, after) = (claim_to_row(before), claim_to_row(after));
    let differs = |column| {
        let after = after.get(column).into_value()?;
        (before.get(column).into_value().as_ref() != Some(&after)).then_some((column, after))
    };
    claim::Column::iter().filter_map(differs).collect()
}

/// The other claim of the partner that has the reference, if there is one (L12).
///
/// # Errors
/// Database errors.
pub async fn reference_taken(on: &impl Reads, claim: &Claim) -> Result<Option<Uuid>, StoreError> {
    let Some(reference) = &claim.external_reference else { return Ok(None) };
    let other = claim::Entity::find()
        .select_only()
        .column(claim::Column::Id)
        .filter(claim::Column::PartnerId.eq(claim.partner_id))
        .filter(claim::Column::ExternalReference.eq(reference))
        .filter(claim::Column::Id.ne(claim.id))
        .into_tuple();
    Ok(other.one(on.connection()).await?)
}

/// Inserts a new draft with its lines.
///
/// # Errors
/// Database errors; [`StoreError::Unique`] when the number or the external reference was taken meanwhile.
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
/// Database errors.
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
/// Database errors.
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
        (claim::Column::SortKey, String::new().into()),
        (claim::Column::Version, claim.version.into()),
        (claim::Column::DeletedAt, claim.updated_at.micros().into()),
        (claim::Column::UpdatedAt, claim.updated_at.micros().into()),
    ]
}

/// Those of the subjects that a live association of another claim holds (X6).
///
/// # Errors
/// Database errors.
pub async fn taken(on: &impl Reads, claim: &Claim) -> Result<HashSet<domain::claim::Subject>, StoreError> {
    let subjects: Vec<_> = claim.standing_lines().filter_map(|line| claim.subject(line)).collect();
    let held = associations::write::held_by_others(on, claim.id, &subjects).await?;
    Ok(subjects.into_iter().filter(|subject| held.contains(&subject.to_string())).collect())
}
