//! The history as an event log (H2): reads what comes after a position, in an order in which nothing can appear earlier
//! later on.
//!
//! On SQLite the position is `pos`: there is one writer. On PostgreSQL `pos` is given at the insert and the row appears
//! at the commit, so the order is `(epoch, xid, pos)`, and only rows are taken whose transaction is older than every one
//! of this database that still runs: those are *settled*, nothing can come before them any more.

use domain::{
    caller::Caller,
    kinds::{ClaimStatus, HistoryAction},
};
use entity::{
    claim,
    history::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, ExprTrait, Order, QueryFilter, QuerySelect, QueryTrait,
    Statement, StatementBuilder,
    sea_query::{Expr, SelectStatement, SubQueryStatement, Values},
};
use uuid::Uuid;

pub use super::ends::{end, newest, position_of};
pub(in crate::store) use super::ends::{end_on, newest_on};
use super::{HistoryEntry, Position};
use crate::store::{
    Db, Reads, StoreError, keyset,
    rows::{Cells, Columns, Plain, Rows, read_all, select},
    scope,
    sql::{any_of, is_one_of},
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

/// The entries that a subscriber follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Of this claim only.
    pub claim_id: Option<Uuid>,
    /// Of this partner's claims only.
    pub partner_id: Option<Uuid>,
    /// Of the claims on this customer only.
    pub tenant_id: Option<Uuid>,
    /// Which entries.
    pub of: Of,
}

/// The kinds of entries that are followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// All that the caller may see of the history; with a list, of one of these.
    Everything(Option<Vec<HistoryAction>>),
    /// Changes of status; with a list, to one of these.
    Statuses(Option<Vec<ClaimStatus>>),
    /// New comments.
    Comments,
}

impl Feed {
    /// These entries of all claims.
    #[must_use]
    pub const fn all(of: Of) -> Self {
        Self { claim_id: None, partner_id: None, tenant_id: None, of }
    }

    /// Whether an entry is of this feed that concerns this partner and this customer; whether its reader may see it is another
    /// question.
    #[must_use]
    pub fn has(&self, entry: &HistoryEntry, partner_id: Option<Uuid>, tenant_id: Option<Uuid>) -> bool {
        self.claim_id.is_none_or(|id| id == entry.claim_id)
            && (self.partner_id.is_none() || self.partner_id == partner_id)
            && (self.tenant_id.is_none() || self.tenant_id == tenant_id)
            && self.of.has(entry)
    }

    /// The entries of this feed that the caller may see.
    fn seen(&self, db: &Db, caller: &Caller) -> Rows<Entity> {
        let mut query = self.of.seen(db, caller);
        if let Some(id) = self.claim_id {
            query = query.filter(Column::ClaimId.eq(id));
        }
        if let Some(id) = self.partner_id {
            query = query.filter(Column::PartnerId.eq(id));
        }
        if let Some(id) = self.tenant_id {
            let claims = Rows::<claim::Entity>::all().column(claim::Column::Id).filter(claim::Column::TenantId.eq(id));
            query = query.filter(Column::ClaimId.in_subquery(claims.into_query()));
        }
        query
    }
}

impl Of {
    /// Whether the entry is of this kind.
    fn has(&self, entry: &HistoryEntry) -> bool {
        match self {
            Self::Everything(wanted) => wanted.as_ref().is_none_or(|wanted| wanted.contains(&entry.action)),
            Self::Comments => entry.comment_id.is_some(),
            Self::Statuses(wanted) => entry.to_status.is_some_and(|to| {
                entry.from_status != Some(to) && wanted.as_ref().is_none_or(|wanted| wanted.contains(&to))
            }),
        }
    }

    /// The same in SQL, and only what the caller may see.
    fn seen(&self, db: &Db, caller: &Caller) -> Rows<Entity> {
        let query = Rows::<Entity>::all();
        match self {
            Self::Everything(None) => query.filter(scope::events(caller)),
            Self::Everything(Some(wanted)) => query.filter(scope::events(caller)).filter(is_one_of(
                "history",
                "action",
                wanted.iter().map(|action| action.as_str()),
            )),
            Self::Comments => query.filter(scope::events(caller)).filter(Column::CommentId.is_not_null()),
            Self::Statuses(wanted) => {
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
pub(in crate::store) fn columns(backend: DbBackend) -> &'static [Column] {
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

/// Entries after this position.
pub(in crate::store) fn after(position: Position, backend: DbBackend) -> Expr {
    place(backend).gt(at(position, backend))
}

/// How it is judged which entries are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// By one comparison. It leaves out what only another database of the cluster holds up, and entries of earlier epochs.
    Quick,
    /// Exactly. PostgreSQL takes longer to get ready for it than to read a few entries.
    Thorough,
}

/// The entries that nothing can come before any more. Those of earlier epochs were written in another cluster: they
/// were committed there, and their transaction numbers mean nothing here. The epoch is part of the statement, for an operator
/// may adopt a restored history at any time; PostgreSQL reads it only when there is an entry to judge.
pub(super) fn settled(judgement: Judgement, backend: DbBackend) -> Condition {
    if backend != DbBackend::Postgres {
        return Condition::all();
    }
    let quick = Expr::cust(OLDER_THAN_ALL);
    match judgement {
        Judgement::Quick => Condition::all().add(quick),
        Judgement::Thorough => Condition::any()
            .add(quick)
            .add(Expr::col(Column::Epoch.as_column_ref()).lt(Expr::cust(migration::epoch::CURRENT)))
            .add(Expr::cust(OLDER_THAN_OURS)),
    }
}

/// Reads the log on: its statements are made once, for they run many times a second.
#[derive(Clone, Debug)]
pub struct Reader {
    grown: Statement,
    quick: Statement,
    thorough: Statement,
}

impl Reader {
    /// Reads so many entries at once.
    #[must_use]
    pub fn new(db: &Db, limit: usize) -> Self {
        let backend = db.log().get_database_backend();
        let beyond = place(backend).gt(at(START, backend));
        let after = |judgement| {
            let entries = Rows::<Entity>::all().filter(settled(judgement, backend)).filter(beyond.clone());
            let query = with_whose(entries.into_query());
            limited(&in_order(query, backend), backend, limit)
        };
        // In order, though one is enough: without, PostgreSQL takes its chance by reading the table.
        let grown = Rows::<Entity>::all().column(Column::Pos).filter(beyond.clone()).into_query();
        Self {
            grown: limited(&in_order(grown, backend), backend, 1),
            quick: after(Judgement::Quick),
            thorough: after(Judgement::Thorough),
        }
    }

    /// The SQL of its statements.
    #[cfg(test)]
    pub(crate) fn sql(&self) -> [&str; 3] {
        [&self.grown.sql, &self.quick.sql, &self.thorough.sql]
    }

    /// Whether there are entries after this position, settled or not.
    ///
    /// # Errors
    /// Database errors.
    pub async fn has_grown(&self, db: &Db, from: Position) -> Result<bool, StoreError> {
        Ok(db.log().query_one_raw(from_there(&self.grown, from)).await?.is_some())
    }

    /// The first settled entries after a position, in order, with whom they concern.
    ///
    /// # Errors
    /// Database errors.
    pub async fn read(&self, db: &Db, from: Position, judgement: Judgement) -> Result<Vec<Logged>, StoreError> {
        let statement = match judgement {
            Judgement::Quick => &self.quick,
            Judgement::Thorough => &self.thorough,
        };
        let rows = db.log().query_all_raw(from_there(statement, from)).await?;
        rows.iter().map(|row| logged(&mut Cells::of::<Entity>(row)?)).collect()
    }
}

/// Selects the entries, and whom they concern. The claim is not joined: PostgreSQL would make room for the results of all
/// look-ups that the limit allows, each time, and nearly always few entries are read.
fn with_whose(mut query: SelectStatement) -> SelectStatement {
    select::<HistoryEntry>(&mut query, Columns::ALL);
    for column in [claim::Column::PartnerId, claim::Column::TenantId] {
        let of_claim = Expr::col(Column::ClaimId.as_column_ref()).equals(claim::Column::Id.as_column_ref());
        let claims = Rows::<claim::Entity>::all().column(column).into_query().and_where(of_claim).take();
        query.expr(Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(claims))));
    }
    query
}

fn logged(cells: &mut Cells<'_>) -> Result<Logged, StoreError> {
    Ok(Logged { entry: cells.record(Columns::ALL)?, partner_id: cells.get()?, tenant_id: cells.get()? })
}

/// The limit stands in the text: PostgreSQL plans a statement with an unknown limit again each time.
fn limited(query: &SelectStatement, backend: DbBackend, limit: usize) -> Statement {
    let Statement { sql, values, db_backend } = StatementBuilder::build(query, &backend);
    Statement { sql: format!("{sql} LIMIT {limit}"), values, db_backend }
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
/// Database errors.
pub async fn between(
    db: &Db,
    caller: &Caller,
    feed: &Feed,
    (from, upto): (Position, Position),
    limit: u64,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let backend = db.connection().get_database_backend();
    let query = feed.seen(db, caller).filter(place(backend).gt(at(from, backend))).filter(up_to(upto, backend));
    let shape = Plain::<HistoryEntry>::all();
    let query = in_order(keyset::selected(query, &shape), backend).limit(limit).take();
    read_all(&db.connection().query_all(&query).await?, &shape)
}

/// Whether the caller sees this entry among these, as things are now.
///
/// # Errors
/// Database errors.
pub async fn is_seen(db: &Db, caller: &Caller, of: &Of, id: Uuid) -> Result<bool, StoreError> {
    let found = of.seen(db, caller).filter(Column::Id.eq(id)).column(Column::Seq);
    Ok(!found.tuples::<(i32,)>(db.connection()).await?.is_empty())
}

/// Those of the entries that the caller sees in this feed, as things are now, in no order.
///
/// # Errors
/// Database errors.
pub async fn seen(db: &Db, caller: &Caller, feed: &Feed, ids: &[Uuid]) -> Result<Vec<HistoryEntry>, StoreError> {
    let of_these = any_of(Column::Id, ids.iter().copied(), db.connection().get_database_backend());
    keyset::all(db, feed.seen(db, caller).filter(of_these), &Plain::<HistoryEntry>::all()).await
}

/// The first `limit` entries after one position and up to another one, with the side that they concern, without regard
/// to visibility. Up to the tail's position, nothing can appear between them any more.
///
/// # Errors
/// Database errors.
pub async fn span(db: &Db, (from, upto): (Position, Position), limit: usize) -> Result<Vec<Logged>, StoreError> {
    let backend = db.connection().get_database_backend();
    let entries = Rows::<Entity>::all().filter(place(backend).gt(at(from, backend))).filter(up_to(upto, backend));
    let query = with_whose(entries.into_query());
    let statement = limited(&in_order(query, backend), backend, limit);
    let rows = db.connection().query_all_raw(statement).await?;
    rows.iter().map(|row| logged(&mut Cells::of::<Entity>(row)?)).collect()
}

pub(in crate::store) fn in_order(mut query: SelectStatement, backend: DbBackend) -> SelectStatement {
    for column in columns(backend) {
        query.order_by(column.as_column_ref(), Order::Asc);
    }
    query
}
