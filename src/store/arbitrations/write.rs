//! Arbitrations under change (X). All of it runs under the lock of the customer, see
//! [`crate::store::transaction::locks`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    arbitration::{Contest, Moves, OpenArbitration},
    claim::{Claim, Subject},
    kinds::ArbitrationStatus,
    time::Timestamp,
};
use entity::{
    arbitration, arbitration_claim, claim_line,
    column::{Micros, Word},
    product,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, Select, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{
    Reads, StoreError, Transaction, claims::write as claims, history::write::Head, predicates, sql::any_of,
};

/// The claims around some subjects, with the heads of their histories.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// For the rules.
    pub contest: Contest,
    /// By claim.
    pub heads: HashMap<Uuid, Head>,
}

/// The subjects of all lines of a claim.
fn subjects_of(claim: &Claim) -> impl Iterator<Item = Subject> {
    claim.lines.iter().filter_map(|line| claim.subject(line))
}

/// Reads everything that contends with a claim, as it was and as it will be. The customer must be locked exclusively; the
/// claim itself is put in as it was.
///
/// # Errors
/// Database errors.
pub async fn around(transaction: &Transaction, before: &Claim, after: &Claim) -> Result<Surroundings, StoreError> {
    let subjects: BTreeMap<String, Subject> =
        subjects_of(before).chain(subjects_of(after)).map(|subject| (subject.to_string(), subject)).collect();
    let mut around = on_subjects(transaction, &subjects, Some(before.id)).await?;
    let alone = around.contest.claims.is_empty() && around.contest.open.is_empty();
    around.contest.claims.insert(before.id, before.clone());
    if !alone {
        // Of claims that come into an arbitration or out of one, and there is none of either.
        around.contest.elsewhere = elsewhere(transaction, &around.contest, &subjects).await?;
        around.contest.names = names(transaction, subjects.keys()).await?;
    }
    Ok(around)
}

/// What never changes of an arbitration.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its id.
    pub id: Uuid,
    /// The customer.
    pub tenant_id: Uuid,
    /// The subject of the contest (X0).
    pub subject: Subject,
}

/// What never changes of an arbitration; `None` if there is none under the id.
///
/// # Errors
/// Database errors.
pub async fn find(on: &impl Reads, id: Uuid) -> Result<Option<Fixed>, StoreError> {
    let found = arbitration::Entity::find_by_id(id).one(on.connection()).await?;
    Ok(found.map(|row| {
        let subject = match row.subscription_id {
            Some(id) => Subject::Subscription(id),
            None => Subject::Workload { tenant_id: row.tenant_id, sku_id: row.sku_id },
        };
        Fixed { id: row.id, tenant_id: row.tenant_id, subject }
    }))
}

/// Everything around the subject of an arbitration, whose customer must be locked exclusively.
///
/// # Errors
/// Database errors.
pub async fn around_arbitration(transaction: &Transaction, subject: Subject) -> Result<Surroundings, StoreError> {
    let subjects = BTreeMap::from([(subject.to_string(), subject)]);
    let mut around = on_subjects(transaction, &subjects, None).await?;
    around.contest.elsewhere = elsewhere(transaction, &around.contest, &subjects).await?;
    around.contest.names = names(transaction, subjects.keys()).await?;
    Ok(around)
}

async fn on_subjects(
    transaction: &Transaction,
    subjects: &BTreeMap<String, Subject>,
    except: Option<Uuid>,
) -> Result<Surroundings, StoreError> {
    let open = open_on(transaction, subjects).await?;
    let mut ids: BTreeSet<Uuid> = contenders(transaction, subjects).await?.into_iter().collect();
    ids.extend(open.iter().flat_map(|open| open.parties.iter().copied()));
    ids.retain(|id| Some(*id) != except);
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut around = Surroundings::default();
    for read in claims::find_all(transaction, &ids).await? {
        around.heads.insert(read.claim.id, read.head);
        around.contest.claims.insert(read.claim.id, read.claim);
    }
    around.contest.open = open;
    Ok(around)
}

/// The open arbitrations on the subjects, with the claims that are in them.
async fn open_on(
    transaction: &Transaction,
    subjects: &BTreeMap<String, Subject>,
) -> Result<Vec<OpenArbitration>, StoreError> {
    let connection = transaction.connection();
    let rows = arbitration::Entity::find()
        .filter(arbitration::Column::Subject.is_in(subjects.keys().map(String::as_str)))
        .filter(arbitration::Column::Status.eq(ArbitrationStatus::Open.as_str()))
        .all(connection)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let parties = arbitration_claim::Entity::find()
        .filter(arbitration_claim::Column::ArbitrationId.is_in(rows.iter().map(|row| row.id)))
        .filter(arbitration_claim::Column::LeftAt.is_null())
        .all(connection)
        .await?;
    let mut open: Vec<OpenArbitration> = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(subject) = subjects.get(&row.subject) else { continue };
        let parties =
            parties.iter().filter(|party| party.arbitration_id == row.id).map(|party| party.claim_id).collect();
        open.push(OpenArbitration { id: row.id, subject: subject.clone(), parties });
    }
    Ok(open)
}

/// The claims that contend for one of the subjects (X1).
async fn contenders(transaction: &Transaction, subjects: &BTreeMap<String, Subject>) -> Result<Vec<Uuid>, StoreError> {
    Ok(contending_lines()
        .filter(claim_line::Column::Subject.is_in(subjects.keys().map(String::as_str)))
        .select_only()
        .column(claim_line::Column::ClaimId)
        .distinct()
        .into_tuple()
        .all(transaction.connection())
        .await?)
}

/// Those of the subjects that a claim contends for, or that an open arbitration is about.
///
/// # Errors
/// The database's.
pub async fn contended(on: &impl Reads, subjects: &BTreeSet<String>) -> Result<BTreeSet<String>, StoreError> {
    let connection = on.connection();
    let backend = connection.get_database_backend();
    let claimed: Vec<String> = contending_lines()
        .filter(any_of(claim_line::Column::Subject, subjects.iter().map(String::as_str), backend))
        .select_only()
        .column(claim_line::Column::Subject)
        .distinct()
        .into_tuple()
        .all(connection)
        .await?;
    let open: Vec<String> = arbitration::Entity::find()
        .filter(any_of(arbitration::Column::Subject, subjects.iter().map(String::as_str), backend))
        .filter(arbitration::Column::Status.eq(ArbitrationStatus::Open.as_str()))
        .select_only()
        .column(arbitration::Column::Subject)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(claimed.into_iter().chain(open).collect())
}

/// The lines by which claims contend.
fn contending_lines() -> Select<claim_line::Entity> {
    claim_line::Entity::find()
        .join(JoinType::InnerJoin, claim_line::Relation::Claim.def())
        .filter(predicates::contends())
}

/// Those of the claims that are in an open arbitration on another subject.
async fn elsewhere(
    transaction: &Transaction,
    contest: &Contest,
    subjects: &BTreeMap<String, Subject>,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let found: Vec<Uuid> = arbitration_claim::Entity::find()
        .join(JoinType::InnerJoin, arbitration_claim::Relation::Arbitration.def())
        .filter(arbitration_claim::Column::ClaimId.is_in(contest.claims.keys().copied()))
        .filter(arbitration_claim::Column::LeftAt.is_null())
        .filter(arbitration::Column::Status.eq(ArbitrationStatus::Open.as_str()))
        .filter(arbitration::Column::Subject.is_not_in(subjects.keys().map(String::as_str)))
        .select_only()
        .column(arbitration_claim::Column::ClaimId)
        .distinct()
        .into_tuple()
        .all(transaction.connection())
        .await?;
    Ok(found.into_iter().collect())
}

/// The names of the products that are claimed under the subjects.
async fn names(
    transaction: &Transaction,
    subjects: impl Iterator<Item = &String>,
) -> Result<HashMap<Uuid, String>, StoreError> {
    let claimed = claim_line::Entity::find()
        .select_only()
        .column(claim_line::Column::SkuId)
        .filter(claim_line::Column::Subject.is_in(subjects.map(String::as_str)));
    let found: Vec<(Uuid, String)> = product::Entity::find()
        .select_only()
        .columns([product::Column::SkuId, product::Column::Name])
        .filter(product::Column::SkuId.in_subquery(claimed.into_query()))
        .into_tuple()
        .all(transaction.connection())
        .await?;
    Ok(found.into_iter().collect())
}

/// Stores the changes of the arbitrations.
///
/// # Errors
/// Database errors; [`StoreError::Unique`] when one was opened on the subject meanwhile.
pub async fn save(transaction: &Transaction, moves: &Moves, now: Timestamp) -> Result<(), StoreError> {
    let connection = transaction.connection();
    for opened in &moves.opened {
        let row = arbitration::ActiveModel {
            id: Set(opened.id),
            subject: Set(opened.subject.to_string()),
            tenant_id: Set(opened.tenant_id),
            sku_id: Set(opened.sku_id),
            subscription_id: Set(opened.subscription_id),
            status: Set(Word(ArbitrationStatus::Open)),
            opened_at: Set(Micros(now)),
            settled_at: Set(None),
            winner_claim_id: Set(None),
            rationale: Set(None),
        };
        arbitration::Entity::insert(row).exec_without_returning(connection).await?;
    }
    for (arbitration, claim) in &moves.joined {
        let row = arbitration_claim::ActiveModel {
            arbitration_id: Set(*arbitration),
            claim_id: Set(*claim),
            joined_at: Set(Micros(now)),
            left_at: Set(None),
        };
        let again = sea_orm::sea_query::OnConflict::columns([
            arbitration_claim::Column::ArbitrationId,
            arbitration_claim::Column::ClaimId,
        ])
        .update_column(arbitration_claim::Column::LeftAt)
        .to_owned();
        arbitration_claim::Entity::insert(row).on_conflict(again).exec_without_returning(connection).await?;
    }
    for (arbitration, claim) in &moves.left {
        arbitration_claim::Entity::update_many()
            .col_expr(arbitration_claim::Column::LeftAt, Expr::value(now.micros()))
            .filter(arbitration_claim::Column::ArbitrationId.eq(*arbitration))
            .filter(arbitration_claim::Column::ClaimId.eq(*claim))
            .exec(connection)
            .await?;
    }
    for closed in &moves.closed {
        let row = arbitration::ActiveModel {
            status: Set(Word(closed.status)),
            settled_at: Set(Some(Micros(now))),
            winner_claim_id: Set(closed.winner),
            rationale: Set(closed.rationale.clone()),
            ..Default::default()
        };
        arbitration::Entity::update_many()
            .set(row)
            .filter(arbitration::Column::Id.eq(closed.id))
            .exec(connection)
            .await?;
    }
    Ok(())
}
