//! Associations: what an approved claim becomes (X6).

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        execute(manager, &[association(dialect)]).await?;
        execute(manager, &INDEXES.map(str::to_owned)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["association"]).await
    }
}

/// `line_id` has no foreign key: a line may be removed from its claim after its association has ended.
fn association(dialect: &Dialect) -> String {
    let Dialect { uuid, bigint, flag, key, end } = dialect;
    format!(
        "CREATE TABLE association (
            id {uuid} NOT NULL PRIMARY KEY,
            claim_id {uuid} NOT NULL REFERENCES claim (id),
            line_id {uuid} NOT NULL,
            partner_id {uuid} NOT NULL REFERENCES partner (id),
            tenant_id {uuid} NOT NULL REFERENCES customer (tenant_id),
            sku_id {uuid} NOT NULL REFERENCES product (sku_id),
            subscription_id {uuid} REFERENCES customer_subscription (subscription_id),
            subject {key} NOT NULL,
            official {flag} NOT NULL,
            started_at {bigint} NOT NULL,
            ended_at {bigint}
        ) {end}"
    )
}

const INDEXES: [&str; 4] = [
    // X6: the database itself allows at most one live association on a subject.
    "CREATE UNIQUE INDEX association_one_live_per_subject ON association (subject) WHERE ended_at IS NULL",
    "CREATE INDEX association_by_claim ON association (claim_id)",
    "CREATE INDEX association_by_customer ON association (tenant_id, id)",
    "CREATE INDEX association_by_partner ON association (partner_id, tenant_id, sku_id)",
];
