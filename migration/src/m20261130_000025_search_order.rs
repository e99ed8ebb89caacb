//! The sort key of a claim's name beside the words that the claim is searched by (L14): a list of the claims with a word, in the order
//! of their names, is read from `claim_search` alone.
//!
//! Names that have a word can lie close together in that order, and all of them at its end. On PostgreSQL, the table is copied:
//! adding the key to each row would write every row to the indexes of words once more.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute_own;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261130_000025_search_order/up_postgres.sql");
        execute_own(manager, include_str!("m20261130_000025_search_order/up_sqlite.sql"), postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = include_str!("m20261130_000025_search_order/down_postgres.sql");
        execute_own(manager, include_str!("m20261130_000025_search_order/down_sqlite.sql"), postgres).await
    }
}
