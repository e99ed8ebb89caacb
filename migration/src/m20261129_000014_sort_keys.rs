//! Sort keys of names (L14): lists by name are collated, in the same order on both databases.
//!
//! The program fills them in (`store::forms`): the databases know no collation that both have.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables that are listed by name, and their keys.
const TABLES: [(&str, &str); 4] =
    [("customer", "tenant_id"), ("partner", "id"), ("product", "sku_id"), ("reviewer", "id")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key = dialect::of(manager)?.key;
        let statements = TABLES.map(|(table, id)| {
            [
                // Empty where an older program wrote the row; the next start of a newer one fills it in.
                format!("ALTER TABLE {table} ADD COLUMN sort_key {key} NOT NULL DEFAULT ''"),
                format!("CREATE INDEX {table}_by_sort_key ON {table} (sort_key, {id})"),
            ]
        });
        execute(manager, statements.as_flattened()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = TABLES.map(|(table, _)| {
            [format!("DROP INDEX {table}_by_sort_key"), format!("ALTER TABLE {table} DROP COLUMN sort_key")]
        });
        execute(manager, statements.as_flattened()).await
    }
}
