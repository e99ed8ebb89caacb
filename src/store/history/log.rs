//! The history as a log that is followed (H2): what comes after a position, in an order in which nothing appears later.
//!
//! On SQLite the position is `pos`: there is one writer. On PostgreSQL `pos` is given at the insert and the row appears
//! at the commit, so the order is `(epoch, xid, pos)`, and only rows are taken whose transaction is older than every one
//! of this database that still runs: those are *settled*, nothing can come before them any more.

use domain::{caller::Caller, kinds::ClaimStatus};
use entity::{
    claim,
    history::{Column, Entity, Model},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{Expr, Values},
};
use uuid::Uuid;

use crate::store::{
    Db, ReadPool, Reads, StoreError, keyset,
    records::{HistoryEntry, Position},
    rows::Plain,
    scope,
    sql::any_of,
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

/// The columns that a position is of. SQLite has one epoch and no transaction numbers: with these in a comparison it
/// would read every entry, for all of them are equal there.
fn columns(backend: DbBackend) -> &'static [Column] {
    if backend == DbBackend::Postgres { &[Column::Epoch, Column::Xid, Column::Pos] } else { &[Column::Pos] }
}

/// An entry's position, to be compared with [`at`].
fn place(backend: DbBackend) -> Expr {
    match columns(backend) {
        [column] => Expr::col(column.as_column_ref()),
        columns => Expr::tuple(columns.iter().map(|column| Expr::col(column.as_column_ref()))),
    }
}

fn at(position: Position, backend: DbBackend) -> Expr {
    let Position { epoch, xid, pos } = position;
    if backend == DbBackend::Postgres {
        Expr::tuple([Expr::val(epoch), Expr::val(xid), Expr::val(pos)])
    } else {
        Expr::val(pos)
    }
}

/// Entries up to this position.
pub(in crate::store) fn up_to(position: Position, backend: DbBackend) -> Expr {
    place(backend).lte(at(position, backend))
}

/// The entries that nothing can come before any more. Those of earlier epochs were written in another cluster: they
/// were committed there, and their transaction numbers mean nothing here. The epoch is part of the statement, for an operator
/// may adopt a restored history at any time; PostgreSQL reads it only when there is an entry to judge.
fn settled(log: &ReadPool) -> Select<Entity> {
    let query = Entity::find();
    if log.get_database_backend() == DbBackend::Postgres {
        let settled = Condition::any()
            .add(Expr::cust(OLDER_THAN_ALL))
            .add(Expr::col(Column::Epoch.as_column_ref()).lt(Expr::cust(migration::epoch::CURRENT)))
            .add(Expr::cust(OLDER_THAN_OURS));
        query.filter(settled)
    } else {
        query
    }
}

/// The last settled position.
///
/// # Errors
/// The database's.
pub async fn end(db: &Db) -> Result<Position, StoreError> {
    last(db, settled(db.log())).await
}

/// The last position of all that is committed now, settled or not.
///
/// # Errors
/// The database's.
pub async fn newest(db: &Db) -> Result<Position, StoreError> {
    last(db, Entity::find()).await
}

async fn last(db: &Db, of: Select<Entity>) -> Result<Position, StoreError> {
    let last = columns(db.log().get_database_backend())
        .iter()
        .fold(of, |query, column| query.order_by_desc(*column))
        .limit(1)
        .one(db.log())
        .await?;
    Ok(last.map_or(START, |row| position(&row)))
}

/// An entry with partner and customer of its claim.
#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    entry: Model,
    partner_id: Option<Uuid>,
    tenant_id: Option<Uuid>,
}

/// Reads the log on: its statements are made once, for they run many times a second.
#[derive(Clone, Debug)]
pub struct Reader {
    grown: Statement,
    after: Statement,
}

impl Reader {
    /// Reads so many entries at once.
    #[must_use]
    pub fn new(db: &Db, limit: usize) -> Self {
        let backend = db.log().get_database_backend();
        let beyond = place(backend).gt(at(START, backend));
        let of_claim = Entity::belongs_to(claim::Entity).from(Column::ClaimId).to(claim::Column::Id);
        let after = settled(db.log())
            .join(JoinType::LeftJoin, of_claim.into())
            .column(claim::Column::PartnerId)
            .column(claim::Column::TenantId)
            .filter(beyond.clone());
        // In order, though one is enough: without, PostgreSQL takes its chance by reading the table.
        let grown = in_order(Entity::find().select_only().column(Column::Pos).filter(beyond), backend);
        // The limits stand in the text: PostgreSQL plans a statement with an unknown limit anew each time.
        let limited = |query: Select<Entity>, limit: usize| {
            let Statement { sql, values, db_backend } = query.build(backend);
            Statement { sql: format!("{sql} LIMIT {limit}"), values, db_backend }
        };
        Self { grown: limited(grown, 1), after: limited(in_order(after, backend), limit) }
    }

    /// The SQL of both statements.
    #[cfg(test)]
    pub(crate) fn sql(&self) -> [&str; 2] {
        [&self.grown.sql, &self.after.sql]
    }

    /// Whether there are entries after this position, settled or not.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_grown(&self, db: &Db, from: Position) -> Result<bool, StoreError> {
        Ok(db.log().query_one_raw(from_there(&self.grown, from)).await?.is_some())
    }

    /// The first settled entries after a position, in order, with whom they concern.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(&self, db: &Db, from: Position) -> Result<Vec<Logged>, StoreError> {
        let logged = |row| {
            let Row { entry, partner_id, tenant_id } = Row::from_query_result(&row, "")?;
            Ok(Logged { entry: HistoryEntry::try_from(entry)?, partner_id, tenant_id })
        };
        db.log().query_all_raw(from_there(&self.after, from)).await?.into_iter().map(logged).collect()
    }
}

/// The same statement from another position on; that is all its values are.
fn from_there(statement: &Statement, from: Position) -> Statement {
    let Position { epoch, xid, pos } = from;
    let values = match statement.db_backend {
        DbBackend::Postgres => vec![epoch.into(), xid.into(), pos.into()],
        _ => vec![pos.into()],
    };
    Statement { values: Some(Values(values)), ..statement.clone() }
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
    let backend = db.connection().get_database_backend();
    let query = feed.seen(db, caller).filter(place(backend).gt(at(from, backend))).filter(up_to(upto, backend));
    keyset::all(db, in_order(query, backend).limit(limit), &Plain::<HistoryEntry>::all()).await
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

fn in_order(query: Select<Entity>, backend: DbBackend) -> Select<Entity> {
    columns(backend).iter().fold(query, |query, column| query.order_by_asc(*column))
}

fn position(row: &Model) -> Position {
    Position { epoch: row.epoch, xid: row.xid, pos: row.pos }
}
