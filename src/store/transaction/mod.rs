//! Transactions, and what of them belongs to no single noun: their locks, the statement that stores a change of a claim, inserts
//! of many rows, idempotency keys. A noun's own writes are in its `write` module; all of them run in a [`Transaction`], or
//! are one (H1).

pub(in crate::store) mod copy;
pub(in crate::store) mod rows;

pub mod bulk;
pub mod change;
pub mod idempotency;
pub mod locks;
mod postgres;
mod sqlite;
mod statement;
pub(in crate::store) mod together;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tracing::Instrument;

use super::{Db, Reads, StoreError};

impl Db {
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

impl Reads for Transaction {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.0
    }
}
