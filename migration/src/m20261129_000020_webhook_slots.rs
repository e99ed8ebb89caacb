//! What the slots of webhooks go by (W3): how fast an endpoint answers, and what is due to each endpoint.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute;

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "ALTER TABLE webhook_endpoint ADD COLUMN last_milliseconds integer",
            "DROP INDEX webhook_delivery_due",
            "CREATE INDEX webhook_delivery_due_of_endpoint ON webhook_delivery (endpoint_id, next_attempt_at, id)
                WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL",
        ];
        execute(manager, &statements.map(str::to_owned)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = [
            "DROP INDEX webhook_delivery_due_of_endpoint",
            "CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at, id)
                WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL",
            "ALTER TABLE webhook_endpoint DROP COLUMN last_milliseconds",
        ];
        execute(manager, &statements.map(str::to_owned)).await
    }
}
