//! The history as a log that is followed (H2): what comes after a position, in an order in which nothing appears later.
//!
//! On SQLite the position is `pos`: there is one writer. On PostgreSQL `pos` is given at the insert and the row appears
//! at the commit, so the order is `(epoch, xid, pos)`, and only rows are taken whose transaction is older than every one
//! of this database that still runs: those are *settled*, nothing can come before them any more.

use std::collections::HashMap;

use domain::{caller::Caller, kinds::ClaimStatus};
use entity::{
    claim,
    history::{Column, Entity, Model},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use crate::store::{
    Db, Reads, StoreError, keyset,
    records::{HistoryEntry, Position},
    rows::Plain,
    scope,
    sql::any_of,
    write::settings,
};

/// Every transaction that this snapshot sees as running has a higher number.
const OLDER_THAN_ALL: &str = "\"history\".\"xid\" < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint";

/// The same of the transactions that may write into this database. PostgreSQL numbers those of all databases of a cluster
/// together, and one elsewhere must not hold up what happens here, be it a dump that is loaded or a database that is dropped.
///
/// PostgreSQL comes to this only for a row that the cheap condition refuses. A transaction counts as another database's as
/// long as it holds the lock on its own number there; one that is not found so may be ours. A prepared one belongs to no
/// process and counts as ours. The number of a process that has ended is not given to another one within a statement.
const OLDER_THAN_OURS: &str = "\"history\".\"xid\" < (
    SELECT COALESCE(min(running::text::bigint), (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint)
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_locks AS held JOIN pg_stat_activity AS process ON process.pid = held.pid
        WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock' AND held.granted
            AND held.transactionid = running::xid AND process.datname <> current_database()))";

/// An entry, and whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The entry.
    pub entry: HistoryEntry,
    /// The partner whose claim it is.
    pub partner_id: Option<Uuid>,
    /// The customer of the claim.
    pub tenant_id: Option<Uuid>,
}

/// What somebody follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Of this claim only.
    pub claim_id: Option<Uuid>,
    /// Which entries.
    pub of: Of,
}

/// The kinds of entries that are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// All that the caller may see of the history.
    Everything,
    /// Changes of status; with a list, to one of these.
    Statuses(Option<Vec<ClaimStatus>>),
    /// New comments.
    Comments,
}

impl Feed {
    /// Whether the entry is of this kind; whether its reader may see it is another question.
    #[must_use]
    pub fn has(&self, entry: &HistoryEntry) -> bool {
        if self.claim_id.is_some_and(|id| id != entry.claim_id) {
            return false;
        }
        match &self.of {
            Of::Everything => true,
            Of::Comments => entry.comment_id.is_some(),
            Of::Statuses(wanted) => entry.to_status.is_some_and(|to| {
                entry.from_status != Some(to) && wanted.as_ref().is_none_or(|wanted| wanted.contains(&to))
            }),
        }
    }

    /// The same in SQL, and only what the caller may see.
    fn seen(&self, db: &Db, caller: &Caller) -> Select<Entity> {
        let mut query = Entity::find();
        if let Some(id) = self.claim_id {
            query = query.filter(Column::ClaimId.eq(id));
        }
        match &self.of {
            Of::Everything => query.filter(scope::events(caller)),
            Of::Comments => query.filter(scope::events(caller)).filter(Column::CommentId.is_not_null()),
            Of::Statuses(wanted) => {
                let changed = Condition::any()
                    .add(Column::FromStatus.is_null())
                    .add(Expr::col(Column::FromStatus.as_column_ref()).not_equals(Column::ToStatus.as_column_ref()));
                let query = query.filter(scope::status_changes(caller)).filter(Column::ToStatus.is_not_null());
                let query = query.filter(changed);
                match wanted {
                    None => query,
                    Some(wanted) => {
                        let words = wanted.iter().map(|status| status.as_str());
                        query.filter(any_of(Column::ToStatus, words, db.connection().get_database_backend()))
                    }
                }
            }
        }
    }
}

/// Where a log begins: before every entry.
pub const START: Position = Position { epoch: -1, xid: 0, pos: 0 };

fn place() -> Expr {
    Expr::tuple([Column::Epoch, Column::Xid, Column::Pos].map(|column| Expr::col(column.as_column_ref())))
}

/// Entries up to this position.
pub(in crate::store) fn up_to(position: Position) -> Expr {
    place().lte(tuple(position))
}

fn tuple(position: Position) -> Expr {
    Expr::tuple([Expr::val(position.epoch), Expr::val(position.xid), Expr::val(position.pos)])
}

/// The entries that nothing can come before any more. Those of earlier epochs were written in another cluster: they
/// were committed there, and their transaction numbers mean nothing here.
fn settled(log: &DatabaseConnection, epoch: i32) -> Select<Entity> {
    let query = Entity::find();
    if log.get_database_backend() == DbBackend::Postgres {
        let settled = Condition::any()
            .add(Column::Epoch.lt(epoch))
            .add(Expr::cust(OLDER_THAN_ALL))
            .add(Expr::cust(OLDER_THAN_OURS));
        query.filter(settled)
    } else {
        query
    }
}

/// The epoch in which this database writes.
///
/// # Errors
/// The database's.
pub async fn epoch(db: &Db) -> Result<i32, StoreError> {
    settings::history_epoch(db.log()).await
}

/// The last settled position.
///
/// # Errors
/// The database's.
pub async fn end(db: &Db, epoch: i32) -> Result<Position, StoreError> {
    last(db, settled(db.log(), epoch)).await
}

/// The last position of all that is committed now, settled or not.
///
/// # Errors
/// The database's.
pub async fn newest(db: &Db) -> Result<Position, StoreError> {
    last(db, Entity::find()).await
}

async fn last(db: &Db, of: Select<Entity>) -> Result<Position, StoreError> {
    let query = of.order_by_desc(Column::Epoch).order_by_desc(Column::Xid).order_by_desc(Column::Pos).limit(1);
    Ok(query.one(db.log()).await?.map_or(START, |row| position(&row)))
}

/// The first `limit` settled entries after a position, in order, with whom they concern.
///
/// # Errors
/// The database's.
pub async fn after(db: &Db, epoch: i32, from: Position, limit: u64) -> Result<Vec<Logged>, StoreError> {
    let rows = in_order(settled(db.log(), epoch).filter(place().gt(tuple(from)))).limit(limit).all(db.log()).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let claims: Vec<Uuid> = rows.iter().map(|row| row.claim_id).collect();
    let owners = owners(db.log(), claims).await?;
    let logged = |row: Model| {
        let owner = owners.get(&row.claim_id).copied();
        let entry = HistoryEntry::try_from(row)?;
        Ok(Logged { entry, partner_id: owner.map(|owner| owner.0), tenant_id: owner.map(|owner| owner.1) })
    };
    rows.into_iter().map(logged).collect()
}

/// Partner and customer of these claims.
async fn owners(log: &DatabaseConnection, claims: Vec<Uuid>) -> Result<HashMap<Uuid, (Uuid, Uuid)>, StoreError> {
    let rows = claim::Entity::find()
        .select_only()
        .columns([claim::Column::Id, claim::Column::PartnerId, claim::Column::TenantId])
        .filter(any_of(claim::Column::Id, claims, log.get_database_backend()))
        .into_tuple::<(Uuid, Uuid, Uuid)>()
        .all(log)
        .await?;
    Ok(rows.into_iter().map(|(id, partner, tenant)| (id, (partner, tenant))).collect())
}

/// The first `limit` entries of a feed that the caller sees, after one position and up to another one.
///
/// # Errors
/// The database's.
pub async fn between(
    db: &Db,
    caller: &Caller,
    feed: &Feed,
    (from, upto): (Position, Position),
    limit: u64,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let query = feed.seen(db, caller).filter(place().gt(tuple(from))).filter(place().lte(tuple(upto)));
    keyset::all(db, in_order(query).limit(limit), &Plain::<HistoryEntry>::new()).await
}

/// Whether the caller sees this entry in this feed, as things are now.
///
/// # Errors
/// The database's.
pub async fn is_seen(db: &Db, caller: &Caller, feed: &Feed, id: Uuid) -> Result<bool, StoreError> {
    let found = feed.seen(db, caller).filter(Column::Id.eq(id)).select_only().column(Column::Seq);
    Ok(found.into_tuple::<i32>().one(db.connection()).await?.is_some())
}

/// Where the entry with this id stands; nothing when this database has none.
///
/// # Errors
/// The database's.
pub async fn position_of(on: &impl Reads, id: Uuid) -> Result<Option<Position>, StoreError> {
    Ok(Entity::find().filter(Column::Id.eq(id)).one(on.connection()).await?.map(|row| position(&row)))
}

fn in_order(query: Select<Entity>) -> Select<Entity> {
    query.order_by_asc(Column::Epoch).order_by_asc(Column::Xid).order_by_asc(Column::Pos)
}

fn position(row: &Model) -> Position {
    Position { epoch: row.epoch, xid: row.xid, pos: row.pos }
}
