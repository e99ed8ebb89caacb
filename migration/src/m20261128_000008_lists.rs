//! Indexes for every list and filter, counters, and what searches look in (A4, L14, H1, S1).
//!
//! The two databases differ in triggers, so each has its own SQL, one file a direction.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute_own;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261128_000008_lists/up_postgres.sql");
        execute_own(manager, include_str!("m20261128_000008_lists/up_sqlite.sql"), postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261128_000008_lists/down_postgres.sql");
        execute_own(manager, include_str!("m20261128_000008_lists/down_sqlite.sql"), postgres).await
    }
}
