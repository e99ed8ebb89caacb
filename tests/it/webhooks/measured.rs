//! What an operator sees of webhooks in the metrics.

use super::{
    crash::{OPTIONS, admin, draft},
    endpoint,
};
use crate::{
    metrics::until,
    support::{
        Backend,
        database::Database,
        process::Home,
        receiver::{Manners, Receiver},
    },
};

async fn webhooks_are_counted(backend: Backend) {
    // W3 W4
    let home = Home::new(Database::copied(backend).await);
    let receiver = Receiver::start().await;
    receiver.behave("/fails", Manners::Status(500));
    receiver.behave("/gone", Manners::Status(410));
    let server = home.serve(&OPTIONS);
    let owner = admin(&server);
    for path in ["/well", "/fails", "/gone"] {
        endpoint(&owner, &receiver, path, &["HISTORY_APPENDED"]).await;
    }
    draft(&owner, 1).await;
    // The draft and its change, and one attempt where the first failed.
    let attempts = |outcome: &str| format!("cpor_webhook_attempts_total{{outcome=\"{outcome}\"}}");
    let seen = until(&server, "every outcome", |all| {
        all.get(&attempts("sent")) == 2 && all.get(&attempts("failed")) >= 1 && all.get(&attempts("parked")) >= 1
    })
    .await;
    assert_eq!(seen.get(&attempts("parked")), 1);
    let disabled = |reason: &str| format!("cpor_webhooks_disabled_total{{reason=\"{reason}\"}}");
    let seen = until(&server, "the endpoint that is gone", |all| all.get(&disabled("gone")) == 1).await;
    assert_eq!(seen.get(&disabled("failures")), 0);
    // What waits for the one that fails, and not what waited for the one that is gone.
    let seen = until(&server, "the queue", |all| all.get("cpor_webhook_queue_deliveries") == 2).await;
    assert!(seen.seconds("cpor_webhook_oldest_seconds") >= 0.0);
    drop(server);
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_counted_on_sqlite() {
    webhooks_are_counted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_counted_on_postgres() {
    webhooks_are_counted(Backend::Postgres).await;
}
