//! Webhooks (W1-W6): endpoints, what is to be delivered to them, and every attempt.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        execute(manager, &endpoints(dialect)).await?;
        execute(manager, &deliveries(dialect)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["webhook_attempt", "webhook_delivery", "webhook_cursor", "webhook_endpoint"]).await
    }
}

fn endpoints(dialect: &Dialect) -> [String; 4] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        // Without a partner it is the vendor's. `behind_*` is up to where the history was looked through for it, while that is not
        // the place of `webhook_cursor`.
        format!(
            "CREATE TABLE webhook_endpoint (
                id {uuid} NOT NULL PRIMARY KEY,
                partner_id {uuid},
                url text NOT NULL,
                events text NOT NULL,
                selection text,
                scopes text NOT NULL,
                state {key} NOT NULL CHECK (state IN ('ACTIVE', 'DISABLED_BY_OWNER', 'DISABLED_AFTER_FAILURES', 'GONE')),
                secret text NOT NULL,
                secret_before text,
                secret_before_until {bigint},
                public_key text,
                created_at {bigint} NOT NULL,
                created_by {key} NOT NULL,
                behind_epoch integer,
                behind_xid {bigint},
                behind_pos {bigint},
                last_success_at {bigint},
                last_failure_at {bigint},
                failing_since {bigint},
                CHECK ((secret_before IS NULL) = (secret_before_until IS NULL)),
                CHECK ((behind_epoch IS NULL) = (behind_pos IS NULL) AND (behind_xid IS NULL) = (behind_pos IS NULL))
            ) {end}"
        ),
        "CREATE INDEX webhook_endpoint_by_partner ON webhook_endpoint (partner_id, created_at, id)".to_owned(),
        // Up to where the history was looked through for every endpoint that is not behind: one row.
        format!(
            "CREATE TABLE webhook_cursor (
                id integer NOT NULL PRIMARY KEY CHECK (id = 1),
                epoch integer NOT NULL,
                xid {bigint} NOT NULL,
                pos {bigint} NOT NULL
            ) {end}"
        ),
        "INSERT INTO webhook_cursor (id, epoch, xid, pos) VALUES (1, -1, 0, 0)".to_owned(),
    ]
}

fn deliveries(dialect: &Dialect) -> [String; 7] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        // One event for one endpoint. Its id follows from both, so that it is planned once and keeps its id. A pending one
        // without a next attempt waits for an earlier event of its claim, or for its endpoint to be enabled.
        format!(
            "CREATE TABLE webhook_delivery (
                id {uuid} NOT NULL PRIMARY KEY,
                endpoint_id {uuid} NOT NULL,
                event_type {key} NOT NULL CHECK (event_type IN ('CLAIM_STATUS_CHANGED', 'COMMENT_ADDED', 'HISTORY_APPENDED')),
                claim_id {uuid} NOT NULL,
                entry_id {uuid} NOT NULL,
                epoch integer NOT NULL,
                xid {bigint} NOT NULL,
                pos {bigint} NOT NULL,
                state {key} NOT NULL CHECK (state IN ('PENDING', 'SENT', 'PARKED', 'SKIPPED')),
                failures integer NOT NULL,
                created_at {bigint} NOT NULL,
                next_attempt_at {bigint},
                leased_until {bigint},
                CHECK (next_attempt_at IS NULL OR state = 'PENDING')
            ) {end}"
        ),
        "CREATE INDEX webhook_delivery_by_creation ON webhook_delivery (endpoint_id, created_at, id)".to_owned(),
        "CREATE INDEX webhook_delivery_by_age ON webhook_delivery (created_at)".to_owned(),
        "CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at, id)
            WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL"
            .to_owned(),
        "CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_id, claim_id, epoch, xid, pos, event_type)
            WHERE state = 'PENDING'"
            .to_owned(),
        format!(
            "CREATE TABLE webhook_attempt (
                id {uuid} NOT NULL PRIMARY KEY,
                delivery_id {uuid} NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
                at {bigint} NOT NULL,
                status integer,
                milliseconds integer NOT NULL,
                error text,
                answer text,
                address text
            ) {end}"
        ),
        "CREATE INDEX webhook_attempt_by_delivery ON webhook_attempt (delivery_id, at, id)".to_owned(),
    ]
}
