//! The store: the only user of the database. Rows become domain values here, and nowhere else.
//!
//! * Reads are one SQL statement a call, whatever the number of rows, and what a caller may see is part of that
//!   statement (see `scope`), never a filter afterwards (A4).
//! * Lists are keyset pages (see [`page`]): stable under inserts, and as quick at the end as at the start.
//! * Writes happen in a [`Transaction`] only.
//!
//! Each noun has a folder: `read` (what a caller sees), `record` (a row in the domain's terms), `write` (changes).

mod children;
mod connect;
mod error;
mod forms;
mod gather;
mod kept;
mod keyset;
mod migrate;
mod pool;
mod pools;
mod predicates;
mod range_first;
mod rows;
mod scope;
mod snapshot;
mod sql;
mod visible;
mod writer;

pub mod arbitrations;
pub mod associations;
pub mod claims;
pub mod clocks;
pub mod comments;
pub mod customers;
pub mod derived;
pub mod directory;
pub mod documents;
pub mod eligibility;
pub mod evaluations;
pub mod export;
pub mod history;
pub mod notices;
pub mod page;
pub mod partners;
pub mod products;
pub mod projection;
pub mod reviewers;
pub mod revocations;
pub mod settings;
pub mod subscriptions;
pub mod transaction;
pub mod verify;
pub mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use kept::Kept;

pub use claims::{claim_to_row, line_from_row, line_to_row};
pub use error::StoreError;
pub use migrate::{Step, ready};
pub use pool::StatementPool;
pub use pools::PoolMetrics;
pub use rows::{ById, Columns, Record, search_text};
pub use snapshot::{MOST_AT_ONCE, Snapshot};
pub use transaction::Transaction;
pub use visible::Visible;

/// The database: one pool for reads, one for writes, and a connection for the tail of the history.
///
/// SQLite has one writer at a time: writers wait in order for the single connection of the write pool, and readers never
/// wait for them.
#[derive(Clone, Debug)]
pub struct Db {
    read: StatementPool,
    write: DatabaseConnection,
    /// For changes that are one statement. SQLite has none: it has one writer.
    at_once: Option<StatementPool>,
    /// The tail's own: it must not queue behind requests.
    log: StatementPool,
    /// For snapshots, which last as long as their readers take.
    snapshots: DatabaseConnection,
    /// The statements of frequent reads.
    kept: Arc<Kept>,
    /// The claims that are waited for by id.
    claims: Arc<claims::Groups>,
    /// The claims that are waited for to be changed.
    snapshots_by_id: Arc<claims::SnapshotGroups>,
    /// The changes of one claim that wait for a connection.
    changes: Arc<transaction::together::Groups>,
}

impl Db {
    /// The connection of the tail of the history.
    pub(in crate::store) const fn log(&self) -> &StatementPool {
        &self.log
    }

    /// Whether the database is PostgreSQL; else it is SQLite.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.read.get_database_backend() == DbBackend::Postgres
    }

    /// The same database, telling `observer` the SQL of every statement that ran through it, in transactions too (`BEGIN`
    /// and `COMMIT` aside). Tests count statements with it.
    #[must_use]
    pub fn on_statement(mut self, observer: impl Fn(&str) + Clone + Send + Sync + 'static) -> Self {
        let again = observer.clone();
        self.read.observe(observer.clone());
        if let Some(at_once) = &mut self.at_once {
            at_once.observe(observer);
        }
        let of_snapshots = again.clone();
        self.write.set_metric_callback(move |info| again(&info.statement.sql));
        self.snapshots.set_metric_callback(move |info| of_snapshots(&info.statement.sql));
        self
    }
}

/// What can be read from: the database as it is, or as a [`Transaction`] sees it.
pub trait Reads: Sync {
    /// The connection underneath.
    type Connection: ConnectionTrait;

    /// The connection underneath.
    fn connection(&self) -> &Self::Connection;

    /// The database, unless what is read is what a transaction sees.
    fn db(&self) -> Option<&Db> {
        None
    }
}

impl Reads for Db {
    type Connection = StatementPool;

    fn connection(&self) -> &StatementPool {
        &self.read
    }

    fn db(&self) -> Option<&Db> {
        Some(self)
    }
}
