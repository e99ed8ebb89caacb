//! The head of each history in `claim_activity`, and counters that a statement may keep itself (H3).
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
        let postgres = include_str!("m20261130_000023_history_head/up_postgres.sql");
        execute_own(manager, include_str!("m20261130_000023_history_head/up_sqlite.sql"), postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261130_000023_history_head/down_postgres.sql");
        execute_own(manager, include_str!("m20261130_000023_history_head/down_sqlite.sql"), postgres).await
    }
}
