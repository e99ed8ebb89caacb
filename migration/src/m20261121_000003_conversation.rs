//! What the sides hand each other on a claim: proof documents (P1) and comments (K1).

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute};

const ACTORS: &str = "'PARTNER', 'REVIEWER', 'CUSTOMER', 'SYSTEM'";

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        execute(manager, &proof_document(dialect)).await?;
        execute(manager, &comment(dialect)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["comment", "proof_document"]).await
    }
}

fn proof_document(dialect: &Dialect) -> [String; 2] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE proof_document (
                id {uuid} NOT NULL PRIMARY KEY,
                claim_id {uuid} NOT NULL REFERENCES claim (id),
                name text NOT NULL,
                media_type text NOT NULL,
                size {bigint} NOT NULL CHECK (size > 0),
                sha256 text NOT NULL,
                storage_key text NOT NULL,
                uploaded_at {bigint} NOT NULL,
                uploaded_by_kind {key} NOT NULL CHECK (uploaded_by_kind IN ({ACTORS})),
                uploaded_by_subject text NOT NULL,
                uploaded_by_name text
            ) {end}"
        ),
        "CREATE INDEX proof_document_by_claim ON proof_document (claim_id)".to_owned(),
    ]
}

fn comment(dialect: &Dialect) -> [String; 2] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE comment (
                id {uuid} NOT NULL PRIMARY KEY,
                claim_id {uuid} NOT NULL REFERENCES claim (id),
                author_kind {key} NOT NULL CHECK (author_kind IN ({ACTORS})),
                author_subject text NOT NULL,
                author_name text,
                body text NOT NULL,
                visibility {key} NOT NULL CHECK (visibility IN ('SHARED', 'INTERNAL')),
                created_at {bigint} NOT NULL
            ) {end}"
        ),
        "CREATE INDEX comment_by_claim ON comment (claim_id, id)".to_owned(),
    ]
}
