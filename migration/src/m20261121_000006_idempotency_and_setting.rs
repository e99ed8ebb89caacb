//! What was done under an idempotency key (J1), and what the database remembers about itself.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, &tables(dialect::of(manager)?)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["setting", "idempotency"]).await
    }
}

fn tables(dialect: &Dialect) -> [String; 3] {
    let Dialect { bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE idempotency (
                subject {key} NOT NULL,
                key {key} NOT NULL,
                mutation text NOT NULL,
                input_hash text NOT NULL,
                answer text NOT NULL,
                created_at {bigint} NOT NULL,
                PRIMARY KEY (subject, key)
            ) {end}"
        ),
        // Old keys are removed by age.
        "CREATE INDEX idempotency_by_created_at ON idempotency (created_at)".to_owned(),
        format!(
            "CREATE TABLE setting (
                name {key} NOT NULL PRIMARY KEY,
                value text NOT NULL
            ) {end}"
        ),
    ]
}
