//! A covering index for the claims in an arbitration, for PostgreSQL (L14, T2): it has what filters of deadlines and orders by time need.
//!
//! Few of these claims have a clock that the arbitration extends. PostgreSQL read the row of each of them to find out.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute_on_postgres;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

// Every column is in another index already, so a comment still writes none.
const UP: &str = "
DROP INDEX claim_in_arbitration;
CREATE INDEX claim_in_arbitration ON claim (id)
    INCLUDE (due_at, deadline_kind, status, deleted_at, created_at, submitted_at, decided_at) WHERE contested_since IS NOT NULL";

const DOWN: &str = "
DROP INDEX claim_in_arbitration;
CREATE INDEX claim_in_arbitration ON claim (id) WHERE contested_since IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute_on_postgres(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute_on_postgres(manager, DOWN).await
    }
}
