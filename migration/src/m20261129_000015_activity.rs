//! Activity (L17), who made a claim, its name's sort key, and the indexes of the filters and orders that came with them.
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
        let postgres = include_str!("m20261129_000015_activity/up_postgres.sql");
        execute(manager, include_str!("m20261129_000015_activity/up_sqlite.sql"), postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261129_000015_activity/down_postgres.sql");
        execute(manager, include_str!("m20261129_000015_activity/down_sqlite.sql"), postgres).await
    }
}

async fn execute(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    dialect::of(manager)?;
    let sql = if manager.get_database_backend() == DbBackend::Postgres { postgres } else { sqlite };
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}
