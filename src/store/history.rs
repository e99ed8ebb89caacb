//! The history (H1), oldest first: one claim's by its sequence, the whole one by position.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{caller::Caller, kinds::HistoryAction};
use entity::history::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select, sea_query::Expr};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    claims::TimeRange,
    keyset::{self, Children, Keyset},
    page::{Key, KeyKind, ListOrder, Page, PageRequest},
    records::{HistoryEntry, Position},
    scope,
    sql::any_of,
};

/// The whole history, for [`super::page::Cursor::decode`].
pub const ORDER: ListOrder =
    ListOrder { tag: "history", kinds: &[KeyKind::Int, KeyKind::Int, KeyKind::Int], descending: false };

/// The history of one claim, for [`super::page::Cursor::decode`].
pub const ORDER_OF_CLAIM: ListOrder = ListOrder { tag: "history:claim", kinds: &[KeyKind::Int], descending: false };

impl Position {
    /// The opaque text that clients hold and resume from (H2).
    #[must_use]
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}.{}.{}", self.epoch, self.xid, self.pos))
    }

    /// Reads what [`Position::encode`] wrote; nothing when it is something else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.split('.');
        let position = Self {
            epoch: parts.next()?.parse().ok()?,
            xid: parts.next()?.parse().ok()?,
            pos: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(position)
    }
}

/// Which entries are asked for; what is not given leaves everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HistoryFilter {
    /// Of this claim.
    pub claim_id: Option<Uuid>,
    /// Of one of these.
    pub actions: Option<Vec<HistoryAction>>,
    /// Done then.
    pub at: Option<TimeRange>,
}

fn by_position() -> Keyset<'static, Model> {
    Keyset {
        order: ORDER,
        columns: [Column::Epoch, Column::Xid, Column::Pos].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Int(row.epoch.into()), Key::Int(row.xid), Key::Int(row.pos)],
    }
}

fn by_sequence() -> Keyset<'static, Model> {
    Keyset {
        order: ORDER_OF_CLAIM,
        columns: vec![Expr::col(Column::Seq.as_column_ref())],
        keys: &|row| vec![Key::Int(row.seq.into())],
    }
}

fn seen(db: &Db, caller: &Caller, filter: &HistoryFilter) -> Select<Entity> {
    let backend = db.connection().get_database_backend();
    let mut query = Entity::find().filter(scope::history(caller));
    if let Some(id) = filter.claim_id {
        query = query.filter(Column::ClaimId.eq(id));
    }
    if let Some(actions) = &filter.actions {
        let words = actions.iter().map(|action| action.as_str());
        query = query.filter(any_of(Column::Action, words, backend));
    }
    if let Some(range) = filter.at {
        query = query.filter(range.holds(Column::At));
    }
    query
}

fn of_claims(db: &Db, caller: &Caller, claims: &[Uuid]) -> Select<Entity> {
    let backend = db.connection().get_database_backend();
    seen(db, caller, &HistoryFilter::default()).filter(any_of(Column::ClaimId, claims.iter().copied(), backend))
}

/// One page of the entries that the caller sees, by position.
///
/// It shows what is committed now. On PostgreSQL an entry may still appear before the last one: who must not miss any
/// follows the tail of the log instead (H2).
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &HistoryFilter,
    request: &PageRequest,
) -> Result<Page<HistoryEntry>, StoreError> {
    keyset::page(db, seen(db, caller, filter), &by_position(), request, HistoryEntry::try_from).await
}

/// How many entries the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &HistoryFilter) -> Result<u64, StoreError> {
    keyset::count(db, seen(db, caller, filter)).await
}

/// One page of entries for each claim, by sequence.
///
/// # Errors
/// As [`page`].
pub async fn pages_of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<HistoryEntry>>, StoreError> {
    let parents = Children { column: Column::ClaimId, of: |row: &Model| row.claim_id, ids: claims };
    let query = of_claims(db, caller, claims);
    keyset::pages(db, query, parents, &by_sequence(), request, HistoryEntry::try_from).await
}

/// How many entries each claim has.
///
/// # Errors
/// As [`page`].
pub async fn counts_of_claims(db: &Db, caller: &Caller, claims: &[Uuid]) -> Result<HashMap<Uuid, u64>, StoreError> {
    keyset::counts(db, of_claims(db, caller, claims), Column::ClaimId, claims).await
}

/// Those of the entries that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid]) -> Result<Vec<HistoryEntry>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = Entity::find().filter(scope::history(caller)).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, HistoryEntry::try_from).await
}
