//! Claims and their lines (L, T, X0).

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute, list_of};

const STATUSES: &str = "'EDITING', 'SUBMITTED', 'UNDER_REVIEW', 'PARTNER_ACTION_REQUIRED', 'APPROVED', 'REJECTED'";

const DEADLINES: &str = "'START_REVIEW', 'DECIDE', 'PARTNER_RESPONSE', 'CONSENT', 'DISPUTE_WINDOW', 'ANSWER_DISPUTE'";

const REJECTIONS: &str = "'INSUFFICIENT_POE', 'MISSING_CUSTOMER_ACKNOWLEDGEMENT', 'MISSING_PRODUCTS', \
    'POE_UNAVAILABLE', 'NO_PARTNER_RESPONSE', 'PARTNER_REQUEST', 'CUSTOMER_DECLINED', 'ARBITRATION_LOST', 'OTHER'";

const ACTIVITIES: [&str; 3] = ["PRESALES", "USAGE", "REVENUE_ASSOCIATION"];

const ACTION_REASONS: [&str; 6] = [
    "ALL_POE_MISSING",
    "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
    "MISSING_OR_OUTDATED_DATES",
    "MISSING_PARTNER_SOLUTION",
    "MISSING_PRODUCTS",
    "OTHER",
];

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let dialect = dialect::of(manager)?;
        execute(manager, &[claim(dialect)]).await?;
        execute(manager, &CLAIM_INDEXES.map(str::to_owned)).await?;
        execute(manager, &line(dialect)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["claim_line", "claim"]).await
    }
}

/// A deleted draft keeps its row (`deleted_at`), so that its number is never given again (L12).
fn claim(dialect: &Dialect) -> String {
    let Dialect { uuid, bigint, flag, key, end } = dialect;
    let parties = parties(dialect);
    let review = review(dialect);
    format!(
        "CREATE TABLE claim (
            id {uuid} NOT NULL PRIMARY KEY,
            number {key} NOT NULL UNIQUE,
            name text NOT NULL,
            external_reference {key},
            version integer NOT NULL CHECK (version >= 0),
            status {key} NOT NULL CHECK (status IN ({STATUSES})),
            {parties},
            {review},
            action_answered {flag} NOT NULL DEFAULT FALSE,
            created_at {bigint} NOT NULL,
            updated_at {bigint} NOT NULL,
            submitted_at {bigint},
            decided_at {bigint},
            approved_at {bigint},
            deleted_at {bigint},
            history_length integer NOT NULL CHECK (history_length >= 0),
            history_hash text,
            search_text text NOT NULL,
            reference_search_text text,
            UNIQUE (partner_id, external_reference)
        ) {end}"
    )
}

/// Who claims, for whom, and what.
fn parties(dialect: &Dialect) -> String {
    let Dialect { uuid, key, .. } = dialect;
    let activities = list_of("activities", &ACTIVITIES);
    format!(
        "partner_id {uuid} NOT NULL REFERENCES partner (id),
            mpn_id {key} NOT NULL REFERENCES partner_location (mpn_id),
            tenant_id {uuid} NOT NULL REFERENCES customer (tenant_id),
            domain {key} NOT NULL,
            solution_area {key} NOT NULL
                CHECK (solution_area IN ('BUSINESS_APPLICATIONS', 'MICROSOFT_365')),
            activities text NOT NULL {activities},
            customer_contact text,
            technical_contact text,
            partner_contact text,
            solution_seller text,
            partner_solution text"
    )
}

/// How the review stands: reviewer, deadlines (T), what was asked of the partner (L4), the rejection (L7, D1).
fn review(dialect: &Dialect) -> String {
    let Dialect { bigint, key, .. } = dialect;
    let reasons = list_of("action_reasons", &ACTION_REASONS);
    format!(
        "reviewer_subject {key},
            reviewer_name text,
            deadline_kind {key} CHECK (deadline_kind IN ({DEADLINES})),
            deadline_started_at {bigint},
            due_at {bigint},
            decision_due_at {bigint},
            action_reasons text {reasons},
            action_message text,
            action_requested_at {bigint},
            action_respond_by {bigint},
            rejection_reason {key} CHECK (rejection_reason IN ({REJECTIONS})),
            rejection_detail text,
            rejected_at {bigint},
            disputable_until {bigint}"
    )
}

/// Each serves one order or filter of the list of claims, read page by page after a key.
const CLAIM_INDEXES: [&str; 8] = [
    "CREATE INDEX claim_by_partner ON claim (partner_id, created_at, id)",
    "CREATE INDEX claim_by_status ON claim (status, created_at, id)",
    "CREATE INDEX claim_by_customer ON claim (tenant_id, created_at, id)",
    "CREATE INDEX claim_by_created_at ON claim (created_at, id)",
    "CREATE INDEX claim_by_updated_at ON claim (updated_at, id)",
    "CREATE INDEX claim_by_submitted_at ON claim (submitted_at, id)",
    "CREATE INDEX claim_by_due_at ON claim (due_at, id)",
    "CREATE INDEX claim_by_reviewer ON claim (reviewer_subject, status)",
];

fn line(dialect: &Dialect) -> [String; 3] {
    let Dialect { uuid, key, end, .. } = dialect;
    [
        format!(
            "CREATE TABLE claim_line (
                id {uuid} NOT NULL PRIMARY KEY,
                claim_id {uuid} NOT NULL REFERENCES claim (id),
                position integer NOT NULL,
                sku_id {uuid} NOT NULL REFERENCES product (sku_id),
                subscription_typed text,
                subscription_id {uuid} REFERENCES customer_subscription (subscription_id),
                subject {key},
                outcome {key} NOT NULL CHECK (outcome IN ('PENDING', 'WON', 'LOST'))
            ) {end}"
        ),
        "CREATE INDEX claim_line_by_claim ON claim_line (claim_id)".to_owned(),
        "CREATE INDEX claim_line_by_subject ON claim_line (subject)".to_owned(),
    ]
}
