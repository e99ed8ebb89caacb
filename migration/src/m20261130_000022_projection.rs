//! What reviewers' lists and statistics read of each claim, kept beside the claims and folded in behind them (L14, S1, S2).
//!
//! The program writes these tables, a little after the history (`store::projection::write`): a change of a claim writes nothing
//! here. `claim_projection` and `claim_counted` have a row for each claim that reviewers see, as it was when it was last folded
//! in: what lists are filtered and ordered by, and what statistics look at. `claim_figures` has the counts of the latter. What
//! changed since is read from the history after the position of `projection_cursor`, and from the view `claim_unfolded`.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::{self, Dialect, drop_tables, execute, execute_own};

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, &tables(dialect::of(manager)?)).await?;
        execute_own(manager, &view(SQLITE_PRODUCTS), &format!("{FILL_FACTOR}; {}", view(POSTGRES_PRODUCTS))).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, &["DROP VIEW claim_unfolded".to_owned()]).await?;
        drop_tables(manager, &["claim_projection", "claim_counted", "claim_figures", "projection_cursor"]).await
    }
}

/// `claim_projection` is read whole, so it is narrow: what has few values is a bit of `traits`. Its columns have the names that they
/// have in `claim`.
fn tables(dialect: &Dialect) -> [String; 4] {
    let Dialect { uuid, bigint, flag, key, end } = dialect;
    [
        format!(
            "CREATE TABLE claim_projection (
                id {uuid} NOT NULL PRIMARY KEY,
                created_at {bigint} NOT NULL,
                updated_at {bigint} NOT NULL,
                active_at {bigint} NOT NULL,
                traits {bigint} NOT NULL,
                submitted_at {bigint},
                decided_at {bigint},
                due_at {bigint}
            ) {end}"
        ),
        format!(
            "CREATE TABLE claim_counted (
                id {uuid} NOT NULL PRIMARY KEY,
                partner_id {uuid} NOT NULL,
                submitted_at {bigint},
                decided_at {bigint},
                asked_at {bigint},
                status {key} NOT NULL,
                rejection_reason {key},
                solution_area {key} NOT NULL,
                reviewer_subject {key},
                products text NOT NULL
            ) {end}"
        ),
        format!(
            "CREATE TABLE claim_figures (
                calendar {key} NOT NULL,
                kind {key} NOT NULL,
                member {key} NOT NULL,
                figures text NOT NULL,
                PRIMARY KEY (calendar, kind, member)
            ) {end}"
        ),
        // Claims up to `built_to` are in the projection; all of them once it is built.
        format!(
            "CREATE TABLE projection_cursor (
                id integer NOT NULL PRIMARY KEY CHECK (id = 1),
                epoch integer NOT NULL,
                xid {bigint} NOT NULL,
                pos {bigint} NOT NULL,
                built_to {uuid},
                is_built {flag} NOT NULL
            ) {end}"
        ),
    ]
}

/// A row is changed in place while its page has room.
const FILL_FACTOR: &str =
    "ALTER TABLE claim_projection SET (fillfactor = 90); ALTER TABLE claim_counted SET (fillfactor = 90)";

const POSTGRES_PRODUCTS: &str = "string_agg(DISTINCT claim_line.sku_id::text, ',' ORDER BY claim_line.sku_id::text)";

const SQLITE_PRODUCTS: &str = "group_concat(DISTINCT hex(claim_line.sku_id))";

/// Columns with few values, and the first bit of each. A column has a bit for each of its words, in this order.
const WORDS: [(&str, u32, &[&str]); 7] = [
    ("status", 0, &["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED", "REJECTED"]),
    (
        "deadline_kind",
        8,
        &["START_REVIEW", "DECIDE", "PARTNER_RESPONSE", "CONSENT", "DISPUTE_WINDOW", "ANSWER_DISPUTE"],
    ),
    (
        "rejection_reason",
        16,
        &[
            "INSUFFICIENT_POE",
            "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
            "MISSING_PRODUCTS",
            "POE_UNAVAILABLE",
            "NO_PARTNER_RESPONSE",
            "PARTNER_REQUEST",
            "CUSTOMER_DECLINED",
            "ARBITRATION_LOST",
            "OTHER",
        ],
    ),
    ("consent_status", 32, &["PENDING", "GRANTED_BY_LAPSE", "DECLINED"]),
    ("dispute_status", 36, &["OPEN", "UPHELD", "DISMISSED"]),
    ("evaluation_status", 40, &["WAITING_FOR_CONSENT", "SENT", "REVENUE_ONLY", "CANCELLED"]),
    ("solution_area", 44, &["BUSINESS_APPLICATIONS", "MICROSOFT_365"]),
];

/// A list of words, and its first bit.
const ACTIVITIES: (u32, [&str; 3]) = (48, ["PRESALES", "USAGE", "REVENUE_ASSOCIATION"]);

const ASSIGNED: u32 = 52;

const CONTESTED: u32 = 53;

/// The bits of a claim, as a number.
fn traits() -> String {
    let bit = |place: u32| 1_u64 << place;
    let columns = WORDS.iter().map(|(column, first, words)| {
        let cases: Vec<String> =
            (*first..).zip(*words).map(|(place, word)| format!("WHEN '{word}' THEN {}", bit(place))).collect();
        format!("CASE claim.{column} {} ELSE 0 END", cases.join(" "))
    });
    let (first, activities) = ACTIVITIES;
    let activities = (first..).zip(activities).map(|(place, word)| {
        format!("CASE WHEN ' ' || claim.activities || ' ' LIKE '% {word} %' THEN {} ELSE 0 END", bit(place))
    });
    let there = [(ASSIGNED, "reviewer_subject"), (CONTESTED, "contested_since")]
        .map(|(place, column)| format!("CASE WHEN claim.{column} IS NOT NULL THEN {} ELSE 0 END", bit(place)));
    columns.chain(activities).chain(there).collect::<Vec<_>>().join(" + ")
}

/// The rows of both tables as they would be now.
fn view(products: &str) -> String {
    let traits = traits();
    format!(
        "CREATE VIEW claim_unfolded AS
        SELECT claim.id, claim.created_at, claim.updated_at,
            COALESCE((SELECT activity.at FROM claim_activity AS activity WHERE activity.claim_id = claim.id), 0) AS active_at,
            {traits} AS traits, claim.submitted_at, claim.decided_at, claim.due_at, claim.partner_id,
            (SELECT origin.asked_at FROM claim_origin AS origin WHERE origin.claim_id = claim.id) AS asked_at,
            claim.status, claim.rejection_reason, claim.solution_area, claim.reviewer_subject,
            COALESCE((SELECT {products} FROM claim_line WHERE claim_line.claim_id = claim.id), '') AS products
        FROM claim WHERE claim.deleted_at IS NULL AND claim.status <> 'EDITING'"
    )
}
