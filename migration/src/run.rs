//! Running the steps, once, however many servers start together.
//!
//! `Migrator::up` of SeaORM takes no lock, so two servers could apply the same step. Here everything happens in ONE
//! transaction that holds the lock itself:
//!
//! * SQLite: `BEGIN IMMEDIATE` takes the database's only write lock at once.
//! * PostgreSQL: `pg_advisory_xact_lock` is the first thing the transaction does. It runs on the connection that
//!   migrates, so a pool of one connection is enough, and it ends with the transaction, even if the server dies.
//!
//! Which steps are pending is read after the lock is held. DDL is transactional on both databases: either every
//! step is there afterwards or none.

use std::collections::BTreeSet;

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, MigratorTrait, SchemaManager};
use sea_orm_migration::sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::Migrator;

/// The advisory lock's number: the letters "cpor". Advisory locks are separate for each database of a server.
const LOCK: i64 = 0x6370_6f72;

/// One step of the schema and whether this database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step's name, that of its file.
    pub name: String,
    /// Whether it has been applied.
    pub applied: bool,
}

/// Applies every pending step: all of them or none.
///
/// With nothing pending the database is only read, so a server may run without the right to change the schema.
///
/// # Errors
///
/// When a statement fails, when another process holds the lock for too long, or when a step is pending although the
/// database knows one that this program does not.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    if !pending(db).await? {
        return Ok(());
    }
    let transaction = begin_locked(db).await?;
    Migrator::up(&transaction, None).await?;
    transaction.commit().await
}

/// Takes back the newest `steps` applied steps, with everything that their tables hold.
///
/// # Errors
///
/// As [`up`].
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    let transaction = begin_locked(db).await?;
    Migrator::down(&transaction, Some(steps)).await?;
    transaction.commit().await
}

/// Every step, oldest first, and whether it has been applied. Reads only.
///
/// Steps of a newer release are among them, as applied: steps only add what this program does not look at, so that it runs
/// on while servers are replaced by newer ones, and again where those are taken back.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<Step>, DbErr> {
    let mut applied = applied(db).await?;
    let own = Migrator::migrations();
    let mut steps: Vec<Step> =
        own.iter().map(|step| Step { name: step.name().to_owned(), applied: applied.remove(step.name()) }).collect();
    steps.extend(applied.into_iter().map(|name| Step { name, applied: true }));
    Ok(steps)
}

/// The names of the steps that the database has.
async fn applied(db: &DatabaseConnection) -> Result<BTreeSet<String>, DbErr> {
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(BTreeSet::new());
    }
    let sql = "SELECT version FROM seaql_migrations";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Whether a step is still to be applied. Reads only: made for the readiness check.
///
/// # Errors
///
/// As [`status`].
pub async fn pending(db: &DatabaseConnection) -> Result<bool, DbErr> {
    Ok(status(db).await?.iter().any(|step| !step.applied))
}

/// Begins the transaction that holds the lock. Dropped without a commit, it rolls back.
pub(crate) async fn begin_locked(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    if transaction.get_database_backend() == DbBackend::Postgres {
        // A step on a large table may take longer than the server's limit for a statement; waiting for the lock of
        // a process that hangs must end all the same.
        transaction.execute_unprepared("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'").await?;
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Ok(transaction)
}
