//! Notices that are delivered (M): what is told, to whom, how the delivery stands; how notices are wanted, addresses that
//! were refused, and where the directory says that notices go.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{self, Dialect, drop_tables, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        let columns = columns(dialect);
        // SQLite cannot take a NOT NULL back: the table is made anew. PostgreSQL can, and keeps the table's grants.
        if manager.get_database_backend() == DbBackend::Sqlite {
            execute(manager, &again(dialect, false, &columns)).await?;
        } else {
            execute(manager, &["ALTER TABLE notice ALTER COLUMN claim_id DROP NOT NULL".to_owned()]).await?;
            let added = columns.iter().map(|(name, kind)| format!("ALTER TABLE notice ADD COLUMN {name} {kind}"));
            execute(manager, &added.collect::<Vec<_>>()).await?;
        }
        execute(manager, &FROM_BEFORE.map(str::to_owned)).await?;
        execute(manager, &INDEXES.map(str::to_owned)).await?;
        execute(manager, &tables(dialect)).await?;
        execute(manager, &directory(dialect)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        drop_tables(manager, &["refused_address", "notice_preference"]).await?;
        let dropped = ["partner", "customer"].into_iter().flat_map(|table| {
            ["contact_email", "locale"].map(|name| format!("ALTER TABLE {table} DROP COLUMN {name}"))
        });
        execute(manager, &dropped.collect::<Vec<_>>()).await?;
        // What is about no claim cannot be kept, and the former schema has no place for it.
        execute(manager, &["DELETE FROM notice WHERE claim_id IS NULL".to_owned()]).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            return execute(manager, &again(dialect, true, &[])).await;
        }
        let columns = columns(dialect);
        let dropped = columns.iter().map(|(name, _)| format!("ALTER TABLE notice DROP COLUMN {name}"));
        execute(manager, &dropped.collect::<Vec<_>>()).await?;
        execute(manager, &["ALTER TABLE notice ALTER COLUMN claim_id SET NOT NULL".to_owned()]).await
    }
}

/// The table made anew on SQLite, with these columns beside those that it had, and its rows.
fn again(dialect: &Dialect, of_a_claim: bool, columns: &[(&'static str, String)]) -> Vec<String> {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    let claim_id = if of_a_claim { format!("{uuid} NOT NULL") } else { (*uuid).to_owned() };
    let more: Vec<String> = columns.iter().map(|(name, kind)| format!(",\n{name} {kind}")).collect();
    let more = more.concat();
    let kept = "id, claim_id, recipient, subject, body, created_at";
    vec![
        format!(
            "CREATE TABLE notice_anew (
                id {uuid} NOT NULL PRIMARY KEY,
                claim_id {claim_id} REFERENCES claim (id),
                recipient {key} NOT NULL CHECK (recipient IN ('PARTNER', 'CUSTOMER', 'REVIEWERS')),
                subject text NOT NULL,
                body text NOT NULL,
                created_at {bigint} NOT NULL{more}
            ) {end}"
        ),
        format!("INSERT INTO notice_anew ({kept}) SELECT {kept} FROM notice"),
        "DROP TABLE notice".to_owned(),
        "ALTER TABLE notice_anew RENAME TO notice".to_owned(),
        "CREATE INDEX notice_by_claim ON notice (claim_id, id)".to_owned(),
    ]
}

/// What comes to the table. A server of the release before sets none of it: what it writes is recorded only, as it always
/// was.
fn columns(dialect: &Dialect) -> Vec<(&'static str, String)> {
    let Dialect { uuid, bigint, key, .. } = dialect;
    let states = "'RECORDED', 'PENDING', 'SENT', 'PARKED', 'SKIPPED'";
    vec![
        ("kind", (*key).to_owned()),
        // Whose it is: a partner's, a customer's, or a reviewer's by subject.
        ("partner_id", (*uuid).to_owned()),
        ("tenant_id", (*uuid).to_owned()),
        ("reviewer", (*key).to_owned()),
        // The facts, as JSON.
        ("told", "text".to_owned()),
        ("state", format!("{key} NOT NULL DEFAULT 'RECORDED' CHECK (state IN ({states}))")),
        // By the server's clock, which a sandbox moves: when it is of no use any more, when the next attempt is due, since
        // when it has been tried.
        ("useless_from", (*bigint).to_owned()),
        ("due_at", (*bigint).to_owned()),
        ("tried_since", (*bigint).to_owned()),
        ("attempts", "integer NOT NULL DEFAULT 0".to_owned()),
        // Which server is at it, and until when nobody else may be; by the machine's clock.
        ("leased_by", (*uuid).to_owned()),
        ("leased_until", (*bigint).to_owned()),
        // What was rendered once.
        ("locale", (*key).to_owned()),
        ("address", (*key).to_owned()),
        ("mail_subject", "text".to_owned()),
        ("mail_text", "text".to_owned()),
        ("message", "text".to_owned()),
        ("message_id", (*key).to_owned()),
        // The hash of the token in its link.
        ("token_hash", (*key).to_owned()),
        ("delivered_at", (*bigint).to_owned()),
        ("failure", "text".to_owned()),
        // Set while it waits for a digest, and the digest that carries it.
        ("for_digest", format!("{} NOT NULL DEFAULT FALSE", dialect.flag)),
        ("digest_id", (*uuid).to_owned()),
    ]
}

/// What the rows of the release before tell.
const FROM_BEFORE: [&str; 3] = [
    "UPDATE notice SET kind = CASE recipient WHEN 'CUSTOMER' THEN 'CONSENT_REQUESTED' ELSE 'DECIDED' END",
    "UPDATE notice SET partner_id = (SELECT partner_id FROM claim WHERE claim.id = notice.claim_id) WHERE recipient = 'PARTNER'",
    "UPDATE notice SET tenant_id = (SELECT tenant_id FROM claim WHERE claim.id = notice.claim_id) WHERE recipient = 'CUSTOMER'",
];

const INDEXES: [&str; 7] = [
    "CREATE INDEX notice_by_partner ON notice (partner_id, created_at, id) WHERE partner_id IS NOT NULL",
    "CREATE INDEX notice_by_customer ON notice (tenant_id, created_at, id) WHERE tenant_id IS NOT NULL",
    "CREATE INDEX notice_by_reviewer ON notice (reviewer, created_at, id) WHERE reviewer IS NOT NULL",
    // What waits: few at any time.
    "CREATE INDEX notice_waiting ON notice (due_at, id) WHERE state = 'PENDING'",
    "CREATE INDEX notice_parked ON notice (created_at, id) WHERE state = 'PARKED'",
    "CREATE UNIQUE INDEX notice_by_token ON notice (token_hash) WHERE token_hash IS NOT NULL",
    "CREATE INDEX notice_by_digest ON notice (digest_id) WHERE digest_id IS NOT NULL",
];

fn tables(dialect: &Dialect) -> [String; 2] {
    let Dialect { bigint, key, end, .. } = dialect;
    [
        // A company's, by its id, or a reviewer's, by subject (M5). What is not here is wanted at once.
        format!(
            "CREATE TABLE notice_preference (
                owner {key} NOT NULL,
                kind {key} NOT NULL,
                preference {key} NOT NULL CHECK (preference IN ('IMMEDIATELY', 'DAILY', 'OFF')),
                set_at {bigint} NOT NULL,
                PRIMARY KEY (owner, kind)
            ) {end}"
        ),
        // Addresses that a mail server has refused for good (M6).
        format!(
            "CREATE TABLE refused_address (
                address {key} NOT NULL PRIMARY KEY,
                reason text NOT NULL,
                refused_at {bigint} NOT NULL
            ) {end}"
        ),
    ]
}

/// Where notices go, and in which language (M1b, M4).
fn directory(dialect: &Dialect) -> [String; 4] {
    let key = dialect.key;
    [
        "ALTER TABLE partner ADD COLUMN contact_email text".to_owned(),
        format!("ALTER TABLE partner ADD COLUMN locale {key}"),
        "ALTER TABLE customer ADD COLUMN contact_email text".to_owned(),
        format!("ALTER TABLE customer ADD COLUMN locale {key}"),
    ]
}
