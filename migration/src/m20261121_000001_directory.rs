//! The directory: partners, customers, products, subscriptions (C1, C5-C7). Natural keys are the primary keys (C8).

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute, list_of};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        execute(manager, &partner(dialect)).await?;
        execute(manager, &customer(dialect)).await?;
        execute(manager, &product(dialect)).await?;
        execute(manager, &subscription(dialect)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["customer_subscription", "product", "customer_domain", "customer", "partner_location", "partner"];
        drop_tables(manager, &tables).await
    }
}

fn partner(dialect: &Dialect) -> [String; 4] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    let programs = list_of("enrolled_programs", &["OSA_SELL", "OSU_BUSINESS_APPLICATIONS", "OSU_MICROSOFT_365"]);
    [
        format!(
            "CREATE TABLE partner (
                id {uuid} NOT NULL PRIMARY KEY,
                name text NOT NULL,
                search_text text NOT NULL,
                created_at {bigint} NOT NULL,
                updated_at {bigint} NOT NULL
            ) {end}"
        ),
        "CREATE INDEX partner_by_name ON partner (name, id)".to_owned(),
        format!(
            "CREATE TABLE partner_location (
                mpn_id {key} NOT NULL PRIMARY KEY,
                partner_id {uuid} NOT NULL REFERENCES partner (id),
                name text NOT NULL,
                country text NOT NULL,
                enrolled_programs text NOT NULL {programs},
                partner_type text
            ) {end}"
        ),
        "CREATE INDEX partner_location_by_partner ON partner_location (partner_id)".to_owned(),
    ]
}

fn customer(dialect: &Dialect) -> [String; 4] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE customer (
                tenant_id {uuid} NOT NULL PRIMARY KEY,
                name text NOT NULL,
                domain {key} NOT NULL,
                search_text text NOT NULL,
                created_at {bigint} NOT NULL,
                updated_at {bigint} NOT NULL
            ) {end}"
        ),
        "CREATE INDEX customer_by_name ON customer (name, tenant_id)".to_owned(),
        format!(
            "CREATE TABLE customer_domain (
                tenant_id {uuid} NOT NULL REFERENCES customer (tenant_id),
                domain {key} NOT NULL,
                PRIMARY KEY (tenant_id, domain)
            ) {end}"
        ),
        "CREATE INDEX customer_domain_by_domain ON customer_domain (domain)".to_owned(),
    ]
}

fn product(dialect: &Dialect) -> [String; 2] {
    let Dialect { uuid, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE product (
                sku_id {uuid} NOT NULL PRIMARY KEY,
                sku_part_number {key} NOT NULL,
                name text NOT NULL,
                search_text text NOT NULL,
                solution_area {key} NOT NULL
                    CHECK (solution_area IN ('BUSINESS_APPLICATIONS', 'MICROSOFT_365'))
            ) {end}"
        ),
        "CREATE INDEX product_by_name ON product (name, sku_id)".to_owned(),
    ]
}

fn subscription(dialect: &Dialect) -> [String; 2] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE customer_subscription (
                subscription_id {uuid} NOT NULL PRIMARY KEY,
                tenant_id {uuid} NOT NULL REFERENCES customer (tenant_id),
                sku_id {uuid} NOT NULL REFERENCES product (sku_id),
                channel {key} NOT NULL
                    CHECK (channel IN ('VOLUME_LICENSING', 'WEB_DIRECT', 'CSP')),
                status {key} NOT NULL
                    CHECK (status IN ('PENDING_PROVISIONING', 'ACTIVE', 'IN_GRACE', 'SUSPENDED', 'EXPIRED')),
                seats integer NOT NULL CHECK (seats >= 0),
                starts_at {bigint} NOT NULL,
                ends_at {bigint}
            ) {end}"
        ),
        "CREATE INDEX customer_subscription_by_product ON customer_subscription (tenant_id, sku_id)".to_owned(),
    ]
}
