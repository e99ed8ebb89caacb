//! The schema of cpor's database, step by step, the same for SQLite and PostgreSQL.
//!
//! The steps are plain SQL: what a reader sees is what the database gets, and no later release of a query
//! builder can change a step that was applied long ago. For the same reason a step spells out the words of its
//! CHECK constraints and never asks the code of today for them.

mod dialect;
pub mod epoch;
mod m20261121_000001_directory;
mod m20261121_000002_claim;
mod m20261121_000003_conversation;
mod m20261121_000004_association;
mod m20261121_000005_history;
mod m20261121_000006_idempotency_and_setting;
mod m20261121_000007_after_the_decision;
mod m20261128_000008_lists;
mod m20261128_000009_clocks;
mod m20261128_000010_checks;
mod m20261129_000011_identity;
mod m20261129_000012_notices;
mod m20261129_000013_webhooks;
mod m20261129_000014_sort_keys;
mod m20261129_000015_activity;
mod m20261129_000018_search_pairs;
mod m20261129_000020_webhook_slots;
mod m20261129_000021_seen_claims;
mod m20261130_000022_projection;
mod m20261130_000023_history_head;
mod m20261130_000024_history_of_claim;
mod m20261130_000025_search_order;
mod m20261130_000026_contested_claims;
mod run;

use sea_orm_migration::prelude::{MigrationTrait, MigratorTrait, async_trait};

pub use run::{Step, down, pending, status, up};

/// Every step of the schema, oldest first.
///
/// Call [`up`] and [`down`] rather than the methods of the trait: those take no lock.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_directory::Migration),
            Box::new(m20261121_000002_claim::Migration),
            Box::new(m20261121_000003_conversation::Migration),
            Box::new(m20261121_000004_association::Migration),
            Box::new(m20261121_000005_history::Migration),
            Box::new(m20261121_000006_idempotency_and_setting::Migration),
            Box::new(m20261121_000007_after_the_decision::Migration),
            Box::new(m20261128_000008_lists::Migration),
            Box::new(m20261128_000009_clocks::Migration),
            Box::new(m20261128_000010_checks::Migration),
            Box::new(m20261129_000011_identity::Migration),
            Box::new(m20261129_000012_notices::Migration),
            Box::new(m20261129_000013_webhooks::Migration),
            Box::new(m20261129_000014_sort_keys::Migration),
            Box::new(m20261129_000015_activity::Migration),
            Box::new(m20261129_000018_search_pairs::Migration),
            Box::new(m20261129_000020_webhook_slots::Migration),
            Box::new(m20261129_000021_seen_claims::Migration),
            Box::new(m20261130_000022_projection::Migration),
            Box::new(m20261130_000023_history_head::Migration),
            Box::new(m20261130_000024_history_of_claim::Migration),
            Box::new(m20261130_000025_search_order::Migration),
            Box::new(m20261130_000026_contested_claims::Migration),
        ]
    }
}
