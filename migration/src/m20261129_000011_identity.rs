//! Tokens that were revoked (A8), service accounts' tokens, and the vendor's reviewers (R1-R4).

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
        drop_tables(manager, &["reviewer", "service_token", "revocation"]).await
    }
}

fn tables(dialect: &Dialect) -> [String; 5] {
    let Dialect { uuid, bigint, flag, key, end } = dialect;
    [
        // Either one token, by its id, or the tokens of a subject that were issued before a time.
        format!(
            "CREATE TABLE revocation (
                id {uuid} NOT NULL PRIMARY KEY,
                jti {key},
                issuer {key},
                subject {key},
                issued_before {bigint},
                partner_id {uuid},
                revoked_at {bigint} NOT NULL,
                revoked_by {key} NOT NULL,
                kept_until {bigint} NOT NULL,
                CHECK ((jti IS NOT NULL AND subject IS NULL AND issued_before IS NULL AND partner_id IS NULL)
                    OR (jti IS NULL AND issuer IS NULL AND subject IS NOT NULL AND issued_before IS NOT NULL))
            ) {end}"
        ),
        // Whether there is a newer one is asked all the time.
        "CREATE INDEX revocation_by_revoked_at ON revocation (revoked_at)".to_owned(),
        format!(
            "CREATE TABLE service_token (
                jti {uuid} NOT NULL PRIMARY KEY,
                issuer {key} NOT NULL,
                subject {key} NOT NULL,
                name text,
                roles text NOT NULL,
                scopes text NOT NULL,
                partner_id {uuid},
                tenant_id {uuid},
                issued_at {bigint} NOT NULL,
                expires_at {bigint} NOT NULL
            ) {end}"
        ),
        format!(
            "CREATE TABLE reviewer (
                id {uuid} NOT NULL PRIMARY KEY,
                subject {key} NOT NULL UNIQUE,
                name {key} NOT NULL,
                email text,
                locale text,
                search_text text NOT NULL,
                lead {flag} NOT NULL,
                active {flag} NOT NULL,
                absent_from {bigint},
                absent_until {bigint},
                deputy {key},
                CHECK ((absent_from IS NULL) = (absent_until IS NULL)),
                CHECK (absent_from < absent_until),
                CHECK (deputy IS NULL OR absent_from IS NOT NULL)
            ) {end}"
        ),
        "CREATE INDEX reviewer_by_name ON reviewer (name, id)".to_owned(),
    ]
}
