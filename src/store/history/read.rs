//! The history that a caller sees, oldest first: one claim's by its sequence, the whole one by position.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    caller::{Caller, Side},
    kinds::{ActorKind, HistoryAction},
};
use entity::history::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{HistoryEntry, Position, log, tally};
use crate::store::{
    Db, Reads, StoreError, Visible,
    children::{self, Children},
    claims::TimeRange,
    comments,
    kept::Form,
    keyset::{self, Keyset},
    page::{Cursor, Key, KeyKind, ListOrder, Page, PageRequest},
    range_first::range_first,
    rows::{ById, Columns, Plain, Rows},
    scope,
    sql::{any_of, is_one_of},
    visible::bare,
};

/// The whole history, for [`crate::store::page::Cursor::decode`].
///
/// Its cursors are entry ids, whose places are looked up (A4: numbers would reveal how many entries there are).
pub const ORDER: ListOrder = ListOrder { tag: "history", kinds: &[KeyKind::Id], descending: false };

/// The history of one claim, for [`crate::store::page::Cursor::decode`]. Its cursors are entry ids too: numbers would reveal
/// to a partner how many internal comments lie in between (K1).
pub const ORDER_OF_CLAIM: ListOrder = ListOrder { tag: "history:claim", kinds: &[KeyKind::Id], descending: false };

/// The opaque text of the position of an entry, which clients hold and resume from (H2).
///
/// It is the entry's id, whose place is looked up when a client sends it. So it does not reveal how many entries there
/// are (A4), and the position of an entry that this database does not have is recognized.
#[must_use]
pub fn encode_position(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

/// The id of the entry in a text from [`encode_position`]; `None` for any other text.
#[must_use]
pub fn decode_position(text: &str) -> Option<Uuid> {
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// An entry of the history, as a client names it to go on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By itself: by its position, or by a cursor of a list of entries.
    Entry(Uuid),
    /// By the comment that it told of: by a cursor of a list of comments.
    Comment(Uuid),
}

/// Reads what a client names an entry by, a position or a cursor alike: all of them are made of an id. Nothing for any other
/// text.
#[must_use]
pub fn decode_place(text: &str) -> Option<Place> {
    if let Some(id) = decode_entry(text) {
        return Some(Place::Entry(id));
    }
    id_in(&Cursor::decode(text, &comments::ORDER).ok()?).map(Place::Comment)
}

/// The id of the entry that a position or a cursor of a list of entries names.
fn decode_entry(text: &str) -> Option<Uuid> {
    let cursor = || [ORDER, ORDER_OF_CLAIM].iter().find_map(|list| Cursor::decode(text, list).ok());
    decode_position(text).or_else(|| id_in(&cursor()?))
}

fn id_in(cursor: &Cursor) -> Option<Uuid> {
    match cursor.keys() {
        [Key::Id(id)] => Some(*id),
        _ => None,
    }
}

/// The cursor of a list of the history that a position, or a cursor of another such list, stands for; `None` for any other text
/// or list.
#[must_use]
pub fn cursor_of(list: &ListOrder, text: &str) -> Option<Cursor> {
    let is_history = [ORDER.tag, ORDER_OF_CLAIM.tag].contains(&list.tag);
    decode_entry(text).filter(|_| is_history).map(|id| Cursor::new(list, vec![Key::Id(id)]))
}

/// A filter of entries; omitted conditions match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HistoryFilter {
    /// Of this claim.
    pub claim_id: Option<Uuid>,
    /// Of one of these.
    pub actions: Option<Vec<HistoryAction>>,
    /// Done then.
    pub at: Option<TimeRange>,
    /// Of claims on this customer.
    pub tenant_id: Option<Uuid>,
    /// Of this partner's claims.
    pub partner_id: Option<Uuid>,
    /// Done by somebody of this side.
    pub actor_kind: Option<ActorKind>,
}

fn by_position() -> Keyset<'static, HistoryEntry> {
    Keyset {
        order: ORDER,
        columns: [Column::Epoch, Column::Xid, Column::Pos].map(|column| Expr::col(column.as_column_ref())).to_vec(),
        keys: &|row| vec![Key::Id(row.id)],
    }
}

fn by_sequence() -> Keyset<'static, HistoryEntry> {
    Keyset {
        order: ORDER_OF_CLAIM,
        columns: vec![Expr::col(Column::Seq.as_column_ref())],
        keys: &|row| vec![Key::Id(row.id)],
    }
}

pub(super) fn seen(caller: &Caller, filter: &HistoryFilter) -> Rows<Entity> {
    let mut query = Rows::<Entity>::all().filter(scope::history(caller));
    if let Some(id) = filter.claim_id {
        query = query.filter(Column::ClaimId.eq(id));
    }
    if let Some(actions) = &filter.actions {
        query = query.filter(is_one_of("history", "action", actions.iter().map(|action| action.as_str())));
    }
    if let Some(range) = filter.at {
        query = query.filter(range.holds(Column::At));
    }
    if let Some(tenant_id) = filter.tenant_id {
        query = query.filter(scope::on_customer(Column::ClaimId, tenant_id));
    }
    if let Some(partner_id) = filter.partner_id {
        query = query.filter(Column::PartnerId.eq(partner_id));
    }
    if let Some(kind) = filter.actor_kind {
        query = query.filter(is_one_of("history", "actor_kind", [kind.as_str()]));
    }
    query
}

/// One page of the entries that the caller sees, by position. With a bound it ends at that position.
///
/// It contains what is committed now. On PostgreSQL an entry may still appear before the last one, unless `upto` is a
/// position that the tail has reached (H2).
///
/// # Errors
/// [`StoreError::NoSuchPlace`] for a cursor of an entry that is not there; as every read.
pub async fn page(
    db: &Db,
    caller: &Caller,
    filter: &HistoryFilter,
    request: &PageRequest,
    upto: Option<Position>,
    wanted: Columns,
) -> Result<Page<HistoryEntry>, StoreError> {
    // SQLite finds a place by whichever index it takes; PostgreSQL may look for it behind all that comes before.
    let owner = filter.partner_id.or(own_partner(caller)).filter(|_| !is_of_few(filter) && db.is_postgres());
    let place = |(epoch, xid, pos, _): Standing| {
        let position = [Key::Int(epoch.into()), Key::Int(xid), Key::Int(pos)];
        owner.map(Key::Id).into_iter().chain(position).collect()
    };
    let request = placed(db, request, &ORDER, None, place).await?;
    let mut query = seen(caller, filter);
    if let Some(upto) = upto {
        query = query.filter(log::up_to(upto, db.connection().get_database_backend()));
    }
    let mut keyset = by_position();
    if is_of_few(filter) {
        // `+ 0` keeps the database from walking everybody's entries in order.
        if let Some(first) = keyset.columns.first_mut() {
            *first = first.clone().add(0);
        }
    } else if owner.is_some() {
        // As the partner's own index has it, so that no other partner's entries are walked through.
        keyset.columns.insert(0, Expr::col(Column::PartnerId.as_column_ref()));
    } else if is_short(db, caller, filter).await? {
        query = range_first(query, Column::Id, &keyset, &request);
    }
    keyset::page(db, query, &keyset, &request, &Plain::of(wanted)).await
}

/// Whether the filter leaves the entries of one claim or customer, which are few.
const fn is_of_few(filter: &HistoryFilter) -> bool {
    filter.claim_id.is_some() || filter.tenant_id.is_some()
}

/// The partner whose entries are all that the caller sees.
const fn own_partner(caller: &Caller) -> Option<Uuid> {
    match caller.side {
        Side::Partner(id) => Some(id),
        Side::Customer(_) | Side::Vendor => None,
    }
}

/// Whether the filter has a range of time with so few entries that all of them may be read. Otherwise the order soon
/// reaches one, or the index skips what lies before the range.
async fn is_short(db: &Db, caller: &Caller, filter: &HistoryFilter) -> Result<bool, StoreError> {
    const FEW: u64 = 60_000;
    // By one action, its index has both.
    if filter.at.is_none() || filter.actions.is_some() || filter.partner_id.is_some() || !caller.reviews() {
        return Ok(false);
    }
    Ok(count(db, caller, filter).await? <= FEW)
}

/// Epoch, transaction and number of an entry, and its number on the claim.
type Standing = (i32, i64, i64, i32);

/// The request with what the list is sorted by, for the entries that its cursors name. Each must be of one of the claims, if these
/// are given: an entry of another claim has no place in a claim's list.
async fn placed(
    db: &Db,
    request: &PageRequest,
    order: &ListOrder,
    claims: Option<&[Uuid]>,
    place: impl Fn(Standing) -> Vec<Key>,
) -> Result<PageRequest, StoreError> {
    let mut placed = request.clone();
    for cursor in [&mut placed.after, &mut placed.before].into_iter().flatten() {
        let [Key::Id(id)] = cursor.keys() else { return Err(StoreError::NoSuchPlace) };
        if id.is_nil() {
            let Position { epoch, xid, pos } = log::START;
            *cursor = Cursor::new(order, place((epoch, xid, pos, 0)));
            continue;
        }
        let mut entry = Entity::find().filter(Column::Id.eq(*id));
        if let Some(claims) = claims {
            entry =
                entry.filter(any_of(Column::ClaimId, claims.iter().copied(), db.connection().get_database_backend()));
        }
        let row = entry
            .select_only()
            .columns([Column::Epoch, Column::Xid, Column::Pos, Column::Seq])
            .into_tuple::<Standing>()
            .one(db.connection())
            .await?;
        *cursor = Cursor::new(order, place(row.ok_or(StoreError::NoSuchPlace)?));
    }
    Ok(placed)
}

/// How many entries the caller sees.
///
/// # Errors
/// As [`page`].
pub async fn count(db: &Db, caller: &Caller, filter: &HistoryFilter) -> Result<u64, StoreError> {
    match tally::count(db, caller, filter).await? {
        Some(count) => Ok(count),
        None => keyset::count(db, seen(caller, filter)).await,
    }
}

/// One page of entries for each claim, by sequence.
///
/// # Errors
/// As [`page`].
pub async fn pages_of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
    request: &PageRequest,
    wanted: Columns,
) -> Result<ById<Page<HistoryEntry>>, StoreError> {
    let ids = bare(claims);
    let parents = Children {
        column: Column::ClaimId,
        of: |row: &HistoryEntry| row.claim_id,
        ids: &ids,
        kept: Some((caller, Form::History(request.clone(), wanted))),
    };
    let query = Rows::<Entity>::all().filter(scope::history_of_visible(caller));
    let place = |(_, _, _, seq): Standing| vec![Key::Int(seq.into())];
    let request = placed(db, request, &ORDER_OF_CLAIM, Some(&ids), place).await?;
    children::pages(db, query, parents, &by_sequence(), &request, &Plain::of(wanted)).await
}

/// How many entries each claim has.
///
/// # Errors
/// As [`page`].
pub async fn counts_of_claims(
    db: &Db,
    caller: &Caller,
    claims: &[Visible<Uuid>],
) -> Result<HashMap<Visible<Uuid>, u64>, StoreError> {
    let (ids, backend) = (bare(claims), db.connection().get_database_backend());
    let of_claims = any_of(Column::ClaimId, ids.iter().copied(), backend);
    let query = Rows::<Entity>::all().filter(scope::history_of_visible(caller)).filter(of_claims);
    let counts = keyset::counts(db, query, Column::ClaimId, &ids).await?;
    Ok(counts.into_iter().map(|(id, count)| (Visible::new(id), count)).collect())
}

/// Those of the entries that the caller sees, in no order.
///
/// # Errors
/// As [`page`].
pub async fn by_ids(db: &Db, caller: &Caller, ids: &[Uuid], wanted: Columns) -> Result<Vec<HistoryEntry>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query =
        Rows::<Entity>::all().filter(scope::history(caller)).filter(any_of(Column::Id, ids.iter().copied(), backend));
    keyset::all(db, query, &Plain::of(wanted)).await
}
