//! The store: the only user of the database. Rows become domain values here, and nowhere else.
//!
//! * Reads are one SQL statement a call, whatever the number of rows, and what a caller may see is part of that
//!   statement (see `scope`), never a filter afterwards (A4).
//! * Lists are keyset pages (see [`page`]): stable under inserts, and as quick at the end as at the start.
//! * Writes happen in a [`Transaction`] only.

mod children;
mod connect;
mod error;
mod forms;
mod keyset;
mod migrate;
mod pool;
mod pools;
mod predicates;
mod projection;
mod range_first;
mod rows;
mod scope;
mod snapshot;
mod sql;
mod visible;

pub mod arbitrations;
pub mod associations;
pub mod claims;
pub mod clocks;
pub mod comments;
pub mod customers;
pub mod derived;
pub mod documents;
pub mod eligibility;
pub mod evaluations;
pub mod export;
pub mod history;
pub mod notices;
pub mod page;
pub mod partners;
pub mod products;
pub mod records;
pub mod reviewers;
pub mod revocations;
pub mod subscriptions;
pub mod verify;
pub mod webhooks;
pub mod write;

#[cfg(test)]
mod tests;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tracing::Instrument;

pub use claims::{claim_to_row, line_from_row, line_to_row};
pub use error::StoreError;
pub use migrate::{Step, ready};
pub use pool::StatementPool;
pub use pools::PoolFigures;
pub use rows::{Columns, Record, search_text};
pub use snapshot::{MOST_AT_ONCE, Snapshot};
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
}

impl Db {
    /// The connection of the tail of the history.
    pub(in crate::store) const fn log(&self) -> &StatementPool {
        &self.log
    }

    /// Begins a transaction that may write.
    ///
    /// On SQLite it takes the write lock at once: a transaction that begins by reading and then writes would fail when
    /// another writer came between, without waiting.
    ///
    /// `BEGIN` runs in a task of its own. sqlx knows of a transaction only once the answer to `BEGIN` has arrived: a future
    /// dropped before that would return the connection to the pool inside a transaction that nobody ends. The task runs on,
    /// and rolls back what it began when nobody takes it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] or [`StoreError::Retry`] when no connection or lock is free in time.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        let write = self.write.clone();
        let beginning = async move {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            write.begin_with_options(options).await
        };
        match tokio::spawn(beginning.in_current_span()).await {
            Ok(begun) => Ok(Transaction(begun?)),
            Err(ended) => Err(StoreError::Unavailable(format!("a transaction could not begin: {ended}"))),
        }
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

/// A transaction. Dropped without [`Transaction::commit`], it rolls back; so does one that is dropped while it waits for
/// the database, at any point: the rollback is sent before its connection is used again.
#[derive(Debug)]
pub struct Transaction(DatabaseTransaction);

impl Transaction {
    /// Whether the database is PostgreSQL; else it is SQLite.
    #[must_use]
    pub(in crate::store) fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    /// Makes everything done in it permanent.
    ///
    /// # Errors
    /// [`StoreError::Retry`] and others, when nothing was made permanent.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }

    /// Undoes everything done in it.
    ///
    /// # Errors
    /// When the database is not there any more; nothing was made permanent then either.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.0.rollback().await?)
    }
}

/// What can be read from: the database as it is, or as a [`Transaction`] sees it.
pub trait Reads: Sync {
    /// The connection underneath.
    type Connection: ConnectionTrait;

    /// The connection underneath.
    fn connection(&self) -> &Self::Connection;
}

impl Reads for Db {
    type Connection = StatementPool;

    fn connection(&self) -> &StatementPool {
        &self.read
    }
}

impl Reads for Transaction {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.0
    }
}
