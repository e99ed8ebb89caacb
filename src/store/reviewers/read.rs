//! Reviewers, by name. Only the vendor's side reads them.

use std::collections::HashMap;

use domain::kinds::ClaimStatus;
use entity::{
    claim,
    reviewer::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Reviewer;
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Plain, Rows},
    sql::{any_of, findable, is_one_of, matches_search},
};

/// The list, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "reviewers", kinds: &[KeyKind::Name, KeyKind::Id], descending: false };

/// The statuses in which a claim's review is open.
const OPEN: [ClaimStatus; 3] = [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired];

/// A filter of reviewers; omitted conditions match everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReviewerFilter {
    /// Only active ones, or only others.
    pub active: Option<bool>,
    /// With these words in name, subject or address (L14).
    pub search: Option<String>,
}

/// The id of the reviewer with this subject, whether or not one is known: a claim may be assigned to a person who was
/// never in the directory.
#[must_use]
pub fn id_of(subject: &str) -> Uuid {
    let hash = Sha256::digest(subject.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn matching(db: &Db, filter: &ReviewerFilter) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(matches_search(Column::SearchText, filter.search.as_deref(), backend));
    match filter.active {
        Some(active) => query.filter(Column::Active.eq(active)),
        None => query,
    }
}

/// One page of the reviewers.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(db: &Db, filter: &ReviewerFilter, request: &PageRequest) -> Result<Page<Reviewer>, StoreError> {
    let keyset: Keyset<'_, Reviewer> = Keyset {
        order: ORDER,
        columns: [Column::SortKey, Column::Id].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Text(row.name.clone()), Key::Id(row.id)],
    };
    keyset::page(db, matching(db, filter), &keyset, request, &Plain::<Reviewer>::all()).await
}

/// How many reviewers there are.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, filter: &ReviewerFilter) -> Result<u64, StoreError> {
    keyset::count(db, matching(db, filter)).await
}

/// The reviewers with these ids, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(on: &impl Reads, ids: &[Uuid]) -> Result<Vec<Reviewer>, StoreError> {
    let backend = on.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(on, query, &Plain::<Reviewer>::all()).await
}

/// The reviewers with these subjects, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_subjects(on: &impl Reads, subjects: &[&str]) -> Result<Vec<Reviewer>, StoreError> {
    let backend = on.connection().get_database_backend();
    let subjects = subjects.iter().filter_map(|subject| findable(subject)).map(str::to_owned);
    let query = Rows::<Entity>::all().filter(any_of(Column::Subject, subjects, backend));
    keyset::all(on, query, &Plain::<Reviewer>::all()).await
}

/// The reviewers whose last absence names a deputy, over or not.
///
/// # Errors
/// As [`page`].
pub async fn with_deputies(db: &Db) -> Result<Vec<Reviewer>, StoreError> {
    keyset::all(db, Rows::<Entity>::all().filter(Column::Deputy.is_not_null()), &Plain::<Reviewer>::all()).await
}

/// The subjects of the active leads, in order.
///
/// # Errors
/// Database errors.
pub async fn active_leads(on: &impl Reads) -> Result<Vec<String>, StoreError> {
    let leads: Vec<String> = Entity::find()
        .select_only()
        .column(Column::Subject)
        .filter(Column::Lead.eq(true))
        .filter(Column::Active.eq(true))
        .order_by_asc(Column::Subject)
        .into_tuple()
        .all(on.connection())
        .await?;
    Ok(leads)
}

#[derive(FromQueryResult)]
struct Counted {
    subject: String,
    open: i64,
}

/// How many open reviews each of these subjects has; one that has none is missing.
///
/// # Errors
/// Database errors.
pub async fn open_reviews(db: &Db, subjects: &[&str]) -> Result<HashMap<String, i64>, StoreError> {
    let backend = db.connection().get_database_backend();
    let subjects = subjects.iter().map(|subject| (*subject).to_owned());
    let counted = claim::Entity::find()
        .select_only()
        .column_as(claim::Column::ReviewerSubject, "subject")
        .column_as(Expr::cust("COUNT(*)"), "open")
        .filter(any_of(claim::Column::ReviewerSubject, subjects, backend))
        .filter(is_one_of("claim", "status", OPEN.iter().map(|status| status.as_str())))
        .group_by(claim::Column::ReviewerSubject)
        .into_model::<Counted>()
        .all(db.connection())
        .await?;
    Ok(counted.into_iter().map(|one| (one.subject, one.open)).collect())
}

/// The claims whose open review this subject has, in the order of their ids.
///
/// # Errors
/// Database errors.
pub async fn open_claims(db: &Db, subject: &str) -> Result<Vec<Uuid>, StoreError> {
    let Some(subject) = findable(subject) else { return Ok(Vec::new()) };
    let mut ids: Vec<Uuid> = claim::Entity::find()
        .select_only()
        .column(claim::Column::Id)
        .filter(claim::Column::ReviewerSubject.eq(subject))
        .filter(is_one_of("claim", "status", OPEN.iter().map(|status| status.as_str())))
        .into_tuple()
        .all(db.connection())
        .await?;
    ids.sort_unstable();
    Ok(ids)
}
