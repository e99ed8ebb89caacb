//! What comes after a decision: consent, disputes, competing claims, evaluation, notices (N, D, X, I1, D4).

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute};

const CONSENTS: &str = "'PENDING', 'GRANTED_BY_LAPSE', 'DECLINED'";
const DISPUTES: &str = "'OPEN', 'UPHELD', 'DISMISSED'";
const EVALUATIONS: &str = "'WAITING_FOR_CONSENT', 'SENT', 'REVENUE_ONLY', 'CANCELLED'";

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        let added: Vec<String> =
            columns(dialect).iter().map(|(name, kind)| format!("ALTER TABLE claim ADD COLUMN {name} {kind}")).collect();
        execute(manager, &added).await?;
        execute(manager, &tables(dialect)).await?;
        execute(manager, &INDEXES.map(str::to_owned)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["notice", "evaluation", "arbitration_claim", "arbitration"]).await?;
        let dropped: Vec<String> = columns(dialect::of(manager)?)
            .iter()
            .map(|(name, _)| format!("ALTER TABLE claim DROP COLUMN {name}"))
            .collect();
        execute(manager, &["DROP INDEX claim_by_clock".to_owned()]).await?;
        execute(manager, &dropped).await
    }
}

fn columns(dialect: &Dialect) -> Vec<(&'static str, String)> {
    let Dialect { bigint, flag, key, .. } = dialect;
    let word = |column: &str, words: &str| format!("{key} CHECK ({column} IN ({words}))");
    vec![
        ("rejected_by", (*key).to_owned()),
        ("rejection_new_proof", format!("{flag} NOT NULL DEFAULT FALSE")),
        ("consent_status", word("consent_status", CONSENTS)),
        ("consent_requested_at", (*bigint).to_owned()),
        ("consent_decline_until", (*bigint).to_owned()),
        ("consent_settled_at", (*bigint).to_owned()),
        ("dispute_status", word("dispute_status", DISPUTES)),
        ("dispute_justification", "text".to_owned()),
        ("dispute_opened_at", (*bigint).to_owned()),
        ("dispute_answer_by", (*bigint).to_owned()),
        ("dispute_answered_at", (*bigint).to_owned()),
        ("dispute_rejected_by", (*key).to_owned()),
        ("evaluation_status", word("evaluation_status", EVALUATIONS)),
        ("evaluation_sent_at", (*bigint).to_owned()),
        ("contested_since", (*bigint).to_owned()),
        ("missed_at", (*bigint).to_owned()),
    ]
}

fn tables(dialect: &Dialect) -> [String; 4] {
    let Dialect { uuid, bigint, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE arbitration (
                id {uuid} NOT NULL PRIMARY KEY,
                subject {key} NOT NULL,
                tenant_id {uuid} NOT NULL REFERENCES customer (tenant_id),
                sku_id {uuid} NOT NULL REFERENCES product (sku_id),
                subscription_id {uuid} REFERENCES customer_subscription (subscription_id),
                status {key} NOT NULL CHECK (status IN ('OPEN', 'AWARDED', 'SETTLED')),
                opened_at {bigint} NOT NULL,
                settled_at {bigint},
                winner_claim_id {uuid} REFERENCES claim (id),
                rationale text
            ) {end}"
        ),
        format!(
            "CREATE TABLE arbitration_claim (
                arbitration_id {uuid} NOT NULL REFERENCES arbitration (id),
                claim_id {uuid} NOT NULL REFERENCES claim (id),
                joined_at {bigint} NOT NULL,
                left_at {bigint},
                PRIMARY KEY (arbitration_id, claim_id)
            ) {end}"
        ),
        // The record that the incentive system is given: the programmes and the ids are those of when it was made (I1).
        format!(
            "CREATE TABLE evaluation (
                claim_id {uuid} NOT NULL PRIMARY KEY REFERENCES claim (id),
                status {key} NOT NULL CHECK (status IN ({EVALUATIONS})),
                programs text NOT NULL,
                tenant_id {uuid},
                subscription_ids text NOT NULL,
                created_at {bigint} NOT NULL,
                sent_at {bigint}
            ) {end}"
        ),
        format!(
            "CREATE TABLE notice (
                id {uuid} NOT NULL PRIMARY KEY,
                claim_id {uuid} NOT NULL REFERENCES claim (id),
                recipient {key} NOT NULL CHECK (recipient IN ('PARTNER', 'CUSTOMER', 'REVIEWERS')),
                subject text NOT NULL,
                body text NOT NULL,
                created_at {bigint} NOT NULL
            ) {end}"
        ),
    ]
}

const INDEXES: [&str; 6] = [
    // X: one arbitration at a time is open on a subject.
    "CREATE UNIQUE INDEX arbitration_one_open_per_subject ON arbitration (subject) WHERE status = 'OPEN'",
    "CREATE INDEX arbitration_by_status ON arbitration (status, opened_at, id)",
    "CREATE INDEX arbitration_by_opening ON arbitration (opened_at, id)",
    "CREATE INDEX arbitration_claim_by_claim ON arbitration_claim (claim_id)",
    "CREATE INDEX notice_by_claim ON notice (claim_id, id)",
    // T5: what the clocks scan for.
    "CREATE INDEX claim_by_clock ON claim (due_at) WHERE due_at IS NOT NULL AND deleted_at IS NULL",
];
