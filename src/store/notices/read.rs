//! Notices as their recipients read them (M2), and what they are written from.

use std::collections::{BTreeSet, HashMap};

use domain::{
    caller::{Caller, Side},
    claim::Contact,
    kinds::{DeliveryState, NoticeKind, NoticePreference, Role},
    time::Timestamp,
};
use entity::{
    column::Word,
    notice::{Column, Entity},
    notice_preference, refused_address,
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Statement, Value, sea_query::Expr,
};
use uuid::Uuid;

use super::{Notice, owner, record::LEADS};
use crate::store::{
    Db, Reads, StoreError,
    keyset::{self, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    rows::{Plain, Rows},
    sql::{any_of, is_one_of, never},
};

/// The list, newest first, for [`crate::store::page::Cursor::decode`].
pub const ORDER: ListOrder = ListOrder { tag: "notices", kinds: &[KeyKind::Int, KeyKind::Id], descending: true };

/// A filter of notices; omitted conditions match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoticeFilter {
    /// Of these kinds.
    pub kinds: Option<Vec<NoticeKind>>,
    /// With their delivery in these states.
    pub states: Option<Vec<DeliveryState>>,
    /// About this claim.
    pub claim_id: Option<Uuid>,
}

/// A company's notices are its people's; a reviewer's are their own, and a lead's also those to leads in general (M2).
fn seen(caller: &Caller, backend: DbBackend) -> Condition {
    match caller.side {
        Side::Partner(id) => Condition::all().add(Column::PartnerId.eq(id)),
        Side::Customer(id) => Condition::all().add(Column::TenantId.eq(id)),
        Side::Vendor if caller.is_any(&[Role::Reviewer, Role::ReviewLead]) => {
            let of_leads = caller.is(Role::ReviewLead).then_some(LEADS);
            let subjects = of_leads.into_iter().chain([caller.subject.as_str()]).map(str::to_owned);
            Condition::all().add(any_of(Column::Reviewer, subjects, backend))
        }
        Side::Vendor => Condition::all().add(never()),
    }
}

fn matching(db: &Db, caller: &Caller, filter: &NoticeFilter) -> Rows<Entity> {
    let backend = db.connection().get_database_backend();
    let mut query = Rows::<Entity>::all().filter(seen(caller, backend));
    if let Some(kinds) = &filter.kinds {
        query = query.filter(is_one_of("notice", "kind", kinds.iter().map(|kind| kind.as_str())));
    }
    if let Some(states) = &filter.states {
        query = query.filter(is_one_of("notice", "state", states.iter().map(|state| state.as_str())));
    }
    match filter.claim_id {
        Some(id) => query.filter(Column::ClaimId.eq(id)),
        None => query,
    }
}

/// One page of the caller's notices.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &NoticeFilter,
    request: &PageRequest,
) -> Result<Page<Notice>, StoreError> {
    let keyset: Keyset<'_, Notice> = Keyset {
        order: ORDER,
        columns: [Column::CreatedAt, Column::Id].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Int(row.created_at.micros()), Key::Id(row.id)],
    };
    keyset::page(db, matching(db, caller, filter), &keyset, request, &Plain::<Notice>::all()).await
}

/// How many notices the caller has.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &NoticeFilter) -> Result<u64, StoreError> {
    keyset::count(db, matching(db, caller, filter)).await
}

/// Those of the notices that are the caller's, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<Notice>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query =
        Rows::<Entity>::all().filter(seen(caller, backend)).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::<Notice>::all()).await
}

/// The notice whose link has the token with this hash.
///
/// # Errors
/// As [`page`].
pub async fn by_token_hash(db: &Db, hash: &str) -> Result<Option<Notice>, StoreError> {
    let query = Rows::<Entity>::all().filter(Column::TokenHash.eq(hash));
    Ok(keyset::all(db, query, &Plain::<Notice>::all()).await?.pop())
}

/// The notices in these digests, oldest first.
///
/// # Errors
/// As [`page`].
pub async fn of_digests(db: &Db, digests: Vec<Uuid>) -> Result<Vec<Notice>, StoreError> {
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    let backend = db.connection().get_database_backend();
    let query = Rows::<Entity>::all().filter(any_of(Column::DigestId, digests, backend));
    let mut all = keyset::all(db, query, &Plain::<Notice>::all()).await?;
    all.sort_by_key(|notice| (notice.created_at, notice.id));
    Ok(all)
}

/// The latest notices whose delivery is in these states, newest first, whosever they are: for the operator.
///
/// # Errors
/// As [`page`].
pub async fn latest(db: &Db, states: &[DeliveryState], most: u64) -> Result<Vec<Notice>, StoreError> {
    use sea_orm::{QueryOrder, QuerySelect};
    let query = Rows::<Entity>::all()
        .filter(is_one_of("notice", "state", states.iter().map(|state| state.as_str())))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(most);
    keyset::all(db, query, &Plain::<Notice>::all()).await
}

/// The notice with this id, whosever it is: for the operator.
///
/// # Errors
/// As [`page`].
pub async fn find(on: &impl Reads, id: Uuid) -> Result<Option<Notice>, StoreError> {
    let query = Rows::<Entity>::all().filter(Column::Id.eq(id));
    Ok(keyset::all(on, query, &Plain::<Notice>::all()).await?.pop())
}

/// The data of the claim that a notice is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimFacts {
    /// The claim's number.
    pub number: String,
    /// The partner's name.
    pub partner: String,
    /// The customer's name.
    pub customer: String,
    /// The names of its products, in the order of its lines.
    pub products: Vec<String>,
    /// Where the partner's contact on the claim is reached.
    pub partner_contact: Option<String>,
    /// Where the customer's contact on the claim is reached.
    pub customer_contact: Option<String>,
    /// When the customer was asked, while consent is open.
    pub open_consent: Option<i64>,
}

#[derive(FromQueryResult)]
struct ClaimFound {
    id: Uuid,
    number: String,
    partner: String,
    customer: String,
    partner_contact: Option<String>,
    customer_contact: Option<String>,
    open_consent: Option<i64>,
}

#[derive(FromQueryResult)]
struct Named {
    id: Uuid,
    name: String,
}

/// The rows of a statement for these keys, which replace `{keys}` in it; without keys, no statement runs.
async fn found<R: FromQueryResult>(db: &Db, sql: &str, keys: Vec<Value>) -> Result<Vec<R>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let sql = sql.replace("{keys}", &places.join(", "));
    let statement = Statement::from_sql_and_values(db.connection().get_database_backend(), sql, keys);
    Ok(R::find_by_statement(statement).all(db.connection()).await?)
}

/// The values, each once.
fn keys<T: Into<Value> + Ord>(values: impl IntoIterator<Item = T>) -> Vec<Value> {
    values.into_iter().collect::<BTreeSet<T>>().into_iter().map(Into::into).collect()
}

/// The data of these claims for their notices; deleted claims are missing.
///
/// # Errors
/// As [`page`].
pub async fn claim_facts(
    db: &Db,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, ClaimFacts>, StoreError> {
    let keys = keys(ids);
    let sql = "SELECT claim.id, claim.number, partner.name AS partner, customer.name AS customer, \
               claim.partner_contact, claim.customer_contact, \
               CASE claim.consent_status WHEN 'PENDING' THEN claim.consent_requested_at END AS open_consent \
               FROM claim JOIN partner ON partner.id = claim.partner_id \
               JOIN customer ON customer.tenant_id = claim.tenant_id \
               WHERE claim.id IN ({keys}) AND claim.deleted_at IS NULL";
    let address = |contact: Option<String>| {
        contact.and_then(|json| serde_json::from_str::<Contact>(&json).ok()).map(|contact| contact.email)
    };
    let facts = |row: ClaimFound| {
        let facts = ClaimFacts {
            number: row.number,
            partner: row.partner,
            customer: row.customer,
            products: Vec::new(),
            partner_contact: address(row.partner_contact),
            customer_contact: address(row.customer_contact),
            open_consent: row.open_consent,
        };
        (row.id, facts)
    };
    let rows: Vec<ClaimFound> = found(db, sql, keys.clone()).await?;
    let mut all: HashMap<Uuid, ClaimFacts> = rows.into_iter().map(facts).collect();
    let sql = "SELECT claim_line.claim_id AS id, product.name FROM claim_line \
               JOIN product ON product.sku_id = claim_line.sku_id \
               WHERE claim_line.claim_id IN ({keys}) ORDER BY claim_line.id";
    for line in found::<Named>(db, sql, keys).await? {
        if let Some(facts) = all.get_mut(&line.id) {
            facts.products.push(line.name);
        }
    }
    Ok(all)
}

/// The names of products.
///
/// # Errors
/// As [`page`].
pub async fn product_names(db: &Db, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, String>, StoreError> {
    let sql = "SELECT sku_id AS id, name FROM product WHERE sku_id IN ({keys})";
    Ok(found::<Named>(db, sql, keys(ids)).await?.into_iter().map(|row| (row.id, row.name)).collect())
}

/// The address and language of a recipient in the directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The name.
    pub name: String,
    /// The address.
    pub address: Option<String>,
    /// The language.
    pub locale: Option<String>,
}

#[derive(FromQueryResult)]
struct Company {
    id: Uuid,
    name: String,
    address: Option<String>,
    locale: Option<String>,
}

#[derive(FromQueryResult)]
struct Person {
    subject: String,
    name: String,
    address: Option<String>,
    locale: Option<String>,
}

/// How the recipients of notices are reached by the directory (M1b, M4), by [`Notice::owner`]; those whom it does not know
/// are missing.
///
/// # Errors
/// As [`page`].
pub async fn reached(db: &Db, notices: &[&Notice]) -> Result<HashMap<String, Reached>, StoreError> {
    let partners = keys(notices.iter().filter_map(|notice| notice.partner_id));
    let customers = keys(notices.iter().filter_map(|notice| notice.tenant_id));
    let reviewers = keys(notices.iter().filter_map(|notice| notice.reviewer.clone()));
    let mut all = HashMap::new();
    let sql = "SELECT id, name, contact_email AS address, locale FROM partner WHERE id IN ({keys})";
    for Company { id, name, address, locale } in found(db, sql, partners).await? {
        all.insert(owner::partner(id), Reached { name, address, locale });
    }
    let sql =
        "SELECT tenant_id AS id, name, contact_email AS address, locale FROM customer WHERE tenant_id IN ({keys})";
    for Company { id, name, address, locale } in found(db, sql, customers).await? {
        all.insert(owner::customer(id), Reached { name, address, locale });
    }
    let sql = "SELECT subject, name, email AS address, locale FROM reviewer WHERE subject IN ({keys})";
    for Person { subject, name, address, locale } in found(db, sql, reviewers).await? {
        all.insert(owner::reviewer(&subject), Reached { name, address, locale });
    }
    Ok(all)
}

/// How a kind of notice is wanted by this owner (M5).
///
/// # Errors
/// As [`page`].
pub async fn preference(db: &Db, owner: &str, kind: NoticeKind) -> Result<NoticePreference, StoreError> {
    let key = (owner.to_owned(), Word(kind));
    let found = notice_preference::Entity::find_by_id(key).one(db.connection()).await?;
    Ok(found.map_or(NoticePreference::Immediately, |row| row.preference.0))
}

/// Why each of these addresses was refused that was (M6).
///
/// # Errors
/// As [`page`].
pub async fn refused(db: &Db, addresses: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    let backend = db.connection().get_database_backend();
    let found = refused_address::Entity::find()
        .filter(any_of(refused_address::Column::Address, addresses.iter().cloned(), backend))
        .all(db.connection())
        .await?;
    Ok(found.into_iter().map(|row| (row.address, row.reason)).collect())
}

/// The state of the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// How many wait.
    pub waiting: i64,
    /// Since when the one has waited that has waited longest, those for a digest aside.
    pub oldest: Option<Timestamp>,
    /// How many were given up.
    pub parked: i64,
}

#[derive(FromQueryResult)]
struct Counted {
    waiting: i64,
    oldest: Option<i64>,
    parked: i64,
}

/// The state of the outbox.
///
/// # Errors
/// As [`page`].
pub async fn queue(db: &Db) -> Result<Queue, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM notice WHERE state = 'PENDING') AS waiting, \
               (SELECT MIN(created_at) FROM notice WHERE state = 'PENDING' AND NOT for_digest) AS oldest, \
               (SELECT COUNT(*) FROM notice WHERE state = 'PARKED') AS parked";
    let statement = Statement::from_string(db.connection().get_database_backend(), sql);
    let counted = Counted::find_by_statement(statement).one(db.connection()).await?;
    Ok(counted.map_or_else(Queue::default, |counted| Queue {
        waiting: counted.waiting,
        oldest: counted.oldest.and_then(|micros| Timestamp::from_micros(micros).ok()),
        parked: counted.parked,
    }))
}
