//! The epoch of the history: raised when a dump was loaded into another PostgreSQL cluster (H2).
//!
//! Entries carry the number of the transaction that wrote them, and a cluster counts its transactions from the start. In
//! a new cluster old entries would have numbers of the future, and new ones would come before them. So the entries of an
//! earlier epoch come before all later ones, whatever their numbers say.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr};
use sea_orm_migration::sea_orm::{DatabaseConnection, DbBackend, Statement};

use crate::run::begin_locked;

/// The name under which `setting` keeps the epoch; a database without it is in epoch 0.
pub const SETTING: &str = "history_epoch";

/// The current epoch, in SQL of PostgreSQL: 0 until the database was restored into another cluster.
pub const CURRENT: &str = "COALESCE((SELECT value::integer FROM setting WHERE name = 'history_epoch'), 0)";

/// Whether the history holds entries of transactions that this cluster has not come to yet. Reads only.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn is_behind(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(false);
    }
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM history WHERE epoch = {CURRENT} \
         AND xid >= (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint)"
    );
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}

/// Begins a new epoch where the history comes from another cluster; else changes nothing.
///
/// # Errors
///
/// When a statement fails: the user must own the table `history`.
pub async fn adopt(db: &DatabaseConnection) -> Result<(), DbErr> {
    if !is_behind(db).await? {
        return Ok(());
    }
    let transaction = begin_locked(db).await?;
    // Another server may have come first while this one waited.
    if is_behind(&transaction).await? {
        let sql = format!("SELECT {CURRENT} + 1");
        let row = transaction.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        let next: i32 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        transaction.execute_unprepared(&format!("ALTER TABLE history ALTER COLUMN epoch SET DEFAULT {next}")).await?;
        let keep = format!(
            "INSERT INTO setting (name, value) VALUES ('{SETTING}', '{next}') \
             ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value"
        );
        transaction.execute_unprepared(&keep).await?;
    }
    transaction.commit().await
}
