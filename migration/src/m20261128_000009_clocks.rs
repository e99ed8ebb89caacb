//! The indexes of the clocks (T5): each holds only what a clock can still do, so that a scan costs the same however much
//! has passed.

use sea_orm_migration::prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait};
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect::{self, execute};

/// This step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bigint = dialect::of(manager)?.bigint;
        execute(manager, &[format!("ALTER TABLE association ADD COLUMN subscription_ends_at {bigint}")]).await?;
        execute(manager, &[fill()]).await?;
        execute(manager, &INDEXES.map(str::to_owned)).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => execute(manager, &postgres_triggers()).await,
            _ => execute(manager, &sqlite_triggers()).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let triggers = match manager.get_database_backend() {
            DbBackend::Postgres => &DROP_POSTGRES_TRIGGERS[..],
            _ => &DROP_SQLITE_TRIGGERS[..],
        };
        let statements: Vec<String> = triggers.iter().chain(&DROP_INDEXES).map(|sql| (*sql).to_owned()).collect();
        execute(manager, &statements).await
    }
}

/// From when on a subscription `s` is over: always where it has expired, and never where it has no end (I2).
const END: &str = "CASE WHEN s.status = 'EXPIRED' THEN 0 ELSE s.ends_at END";

fn fill() -> String {
    format!(
        "UPDATE association SET subscription_ends_at =
             (SELECT {END} FROM customer_subscription AS s WHERE s.subscription_id = association.subscription_id)
         WHERE ended_at IS NULL AND subscription_id IS NOT NULL"
    )
}

const INDEXES: [&str; 4] = [
    // Without the claims whose clock runs out silently (a dispute window, an extended review) or has fired already.
    // `store::clocks` repeats this condition word for word; the databases use the index only then.
    "CREATE INDEX claim_by_waiting_clock ON claim (due_at, id)
     WHERE deleted_at IS NULL AND due_at IS NOT NULL AND deadline_kind <> 'DISPUTE_WINDOW'
       AND (contested_since IS NULL OR deadline_kind NOT IN ('DECIDE', 'ANSWER_DISPUTE'))
       AND (missed_at IS NULL OR missed_at < due_at)",
    "DROP INDEX claim_by_clock",
    "CREATE INDEX association_by_subscription_end ON association (subscription_ends_at)
     WHERE ended_at IS NULL AND subscription_ends_at IS NOT NULL",
    "CREATE INDEX association_live_by_subscription ON association (subscription_id) WHERE ended_at IS NULL",
];

const DROP_INDEXES: [&str; 5] = [
    "DROP INDEX association_live_by_subscription",
    "DROP INDEX association_by_subscription_end",
    "ALTER TABLE association DROP COLUMN subscription_ends_at",
    "DROP INDEX claim_by_waiting_clock",
    "CREATE INDEX claim_by_clock ON claim (due_at) WHERE due_at IS NOT NULL AND deleted_at IS NULL",
];

/// The column follows the subscription by triggers, so that a server of the release before keeps it right as well.
fn sqlite_triggers() -> [String; 2] {
    [
        format!(
            "CREATE TRIGGER association_takes_subscription_end AFTER INSERT ON association
             WHEN NEW.subscription_id IS NOT NULL
             BEGIN
               UPDATE association SET subscription_ends_at =
                 (SELECT {END} FROM customer_subscription AS s WHERE s.subscription_id = NEW.subscription_id)
               WHERE id = NEW.id;
             END"
        ),
        format!(
            "CREATE TRIGGER customer_subscription_end_changed AFTER UPDATE OF status, ends_at ON customer_subscription
             WHEN OLD.status IS NOT NEW.status OR OLD.ends_at IS NOT NEW.ends_at
             BEGIN
               UPDATE association SET subscription_ends_at =
                 (SELECT {END} FROM customer_subscription AS s WHERE s.subscription_id = NEW.subscription_id)
               WHERE subscription_id = NEW.subscription_id AND ended_at IS NULL;
             END"
        ),
    ]
}

const DROP_SQLITE_TRIGGERS: [&str; 2] =
    ["DROP TRIGGER customer_subscription_end_changed", "DROP TRIGGER association_takes_subscription_end"];

/// A new association locks its subscription's row FOR SHARE: a change of the end that commits at the same time is either
/// read here or finds the association. What changes subscriptions writes no history, so that waiting for it is no matter
/// for the order of events (H2).
fn postgres_triggers() -> [String; 4] {
    [
        format!(
            "CREATE FUNCTION association_take_subscription_end() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               SELECT {END} INTO NEW.subscription_ends_at FROM customer_subscription AS s
               WHERE s.subscription_id = NEW.subscription_id FOR SHARE;
               RETURN NEW;
             END $$"
        ),
        "CREATE TRIGGER association_takes_subscription_end BEFORE INSERT ON association
         FOR EACH ROW WHEN (NEW.subscription_id IS NOT NULL) EXECUTE FUNCTION association_take_subscription_end()"
            .to_owned(),
        format!(
            "CREATE FUNCTION customer_subscription_pass_end_on() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
               UPDATE association SET subscription_ends_at =
                 (SELECT {END} FROM customer_subscription AS s WHERE s.subscription_id = NEW.subscription_id)
               WHERE subscription_id = NEW.subscription_id AND ended_at IS NULL;
               RETURN NULL;
             END $$"
        ),
        "CREATE TRIGGER customer_subscription_end_changed AFTER UPDATE OF status, ends_at ON customer_subscription
         FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status OR OLD.ends_at IS DISTINCT FROM NEW.ends_at)
         EXECUTE FUNCTION customer_subscription_pass_end_on()"
            .to_owned(),
    ]
}

const DROP_POSTGRES_TRIGGERS: [&str; 4] = [
    "DROP TRIGGER customer_subscription_end_changed ON customer_subscription",
    "DROP FUNCTION customer_subscription_pass_end_on()",
    "DROP TRIGGER association_takes_subscription_end ON association",
    "DROP FUNCTION association_take_subscription_end()",
];
