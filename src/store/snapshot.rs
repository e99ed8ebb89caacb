//! One consistent picture of the database (B3): everything that is read from a snapshot was true at the same instant, however
//! long the reading takes and whatever is written meanwhile.
//!
//! PostgreSQL gives it to a transaction with the isolation level repeatable read, SQLite to any transaction from its first
//! statement on. Snapshots have connections of their own: a long export takes none from requests.

use sea_orm::SqliteTransactionMode;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, IsolationLevel, TransactionOptions, TransactionTrait,
};
use tracing::Instrument;

use super::{
    Db, Reads, StoreError,
    history::{Position, log},
};

/// How many snapshots a server has at once. Each keeps a connection, and what the database would otherwise clean up.
pub const MOST_AT_ONCE: u32 = 8;

/// A snapshot. Dropped, it gives its connection back.
#[derive(Debug)]
pub struct Snapshot {
    transaction: DatabaseTransaction,
    /// The last entry of the history before which nothing can appear any more.
    horizon: Position,
    /// Whether the snapshot has no entry beyond the horizon.
    is_settled: bool,
}

impl Snapshot {
    /// The position in the history up to which the snapshot is complete (H2). On PostgreSQL it may also show changes with
    /// entries beyond, which were committed while an older transaction still ran; see [`Self::is_settled`].
    #[must_use]
    pub const fn horizon(&self) -> Position {
        self.horizon
    }

    /// Whether the snapshot shows no change with an entry beyond the horizon.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.is_settled
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.transaction.get_database_backend()
    }
}

impl Reads for Snapshot {
    type Connection = DatabaseTransaction;

    fn connection(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

impl Db {
    /// Takes a snapshot.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time; the database's.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let snapshots = self.snapshots.clone();
        let options = if self.is_postgres() {
            TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                sqlite_transaction_mode: None,
            }
        } else {
            let sqlite_transaction_mode = Some(SqliteTransactionMode::Deferred);
            TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() }
        };
        // In a task of its own, as `Db::begin` has it.
        let beginning = async move { snapshots.begin_with_options(options).await };
        let transaction = match tokio::spawn(beginning.in_current_span()).await {
            Ok(begun) => begun?,
            Err(ended) => return Err(StoreError::Unavailable(format!("a snapshot could not begin: {ended}"))),
        };
        // The first statement takes the snapshot; both see the same.
        let horizon = log::end_on(&transaction).await?;
        let is_settled = log::newest_on(&transaction).await? <= horizon;
        Ok(Snapshot { transaction, horizon, is_settled })
    }
}
