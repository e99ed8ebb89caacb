//! Indexes for every list and filter, counters, and what searches look in (A4, L14, H1, S1).
//!
//! The two databases differ in triggers, so each has its own SQL, one file a direction.

use sea_orm_migration::prelude::{
    ConnectionTrait, DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait,
};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261128_000008_lists/up_postgres.sql");
        execute(manager, include_str!("m20261128_000008_lists/up_sqlite.sql"), postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261128_000008_lists/down_postgres.sql");
        execute(manager, include_str!("m20261128_000008_lists/down_sqlite.sql"), postgres).await
    }
}

async fn execute(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    dialect::of(manager)?;
    let sql = if manager.get_database_backend() == DbBackend::Postgres { postgres } else { sqlite };
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
