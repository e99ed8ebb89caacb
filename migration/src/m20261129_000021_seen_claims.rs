//! Indexes for reviewers' lists and statistics that look at many claims, so that no row is read for it (L14, S2, T).
//!
//! `claim_seen` replaces the index of the statistics. It begins with the id, by which the claims of a range of `claim_change` or
//! `claim_activity` are looked up. `claim_late` has the clocks that can be overdue: dispute windows that have closed keep their
//! time, and become many. Every column is in another index already, so a comment still writes none.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::dialect::execute_own;

/// This migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const SEEN: &str = "created_at, submitted_at, due_at, decided_at, deadline_kind, contested_since, status, solution_area, \
    partner_id, reviewer_subject, rejection_reason";

const LATE: &str = "created_at, submitted_at, decided_at, deadline_kind, contested_since";

const BY_DUE_AT: &str = "COALESCE(due_at, 1000000000000000000), id";

const WHERE: &str = "WHERE deleted_at IS NULL AND status <> 'EDITING'";

const STATISTICS: &str = "id, status, solution_area, reviewer_subject, rejection_reason, submitted_at, decided_at, due_at, \
    deadline_kind, contested_since";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let late = format!("{WHERE} AND deadline_kind <> 'DISPUTE_WINDOW';");
        let sqlite = format!(
            "DROP INDEX claim_for_statistics;
            CREATE INDEX claim_seen ON claim (id, {SEEN}) {WHERE};
            CREATE INDEX claim_late ON claim ({BY_DUE_AT}, {LATE}) {late}"
        );
        let postgres = format!(
            "DROP INDEX claim_for_statistics;
            CREATE INDEX claim_seen ON claim (id) INCLUDE ({SEEN}) {WHERE};
            CREATE INDEX claim_late ON claim ({BY_DUE_AT}) INCLUDE ({LATE}, due_at) {late}"
        );
        execute_own(manager, &sqlite, &postgres).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let begin =
            "DROP INDEX claim_late; DROP INDEX claim_seen; CREATE INDEX claim_for_statistics ON claim (partner_id";
        let sqlite = format!("{begin}, {STATISTICS}) {WHERE};");
        let postgres = format!("{begin}) INCLUDE ({STATISTICS}) {WHERE};");
        execute_own(manager, &sqlite, &postgres).await
    }
}
