//! Retries go by the sandbox's clock, whichever server moves it (W3).

use std::time::Duration;

use serde_json::json;

use super::{
    crash::{OPTIONS, admin, draft},
    deliveries_until, endpoint,
};
use crate::support::{
    Backend,
    database::Database,
    process::Home,
    receiver::{Manners, Receiver},
};

/// How soon after the clock was moved what fell due is attempted.
const SOON: Duration = Duration::from_secs(3);

/// With so many servers on one database, which take turns in moving the clock.
async fn what_falls_due_is_attempted(backend: Backend, servers: usize) {
    let home = Home::new(Database::copied(backend).await);
    let receiver = Receiver::start().await;
    receiver.behave("/", Manners::Status(500));
    let processes: Vec<_> = (0..servers).map(|_| home.serve(&OPTIONS)).collect();
    let owner = admin(&processes[0]);
    let own = endpoint(&owner, &receiver, "/", &["HISTORY_APPENDED"]).await;
    draft(&owner, 1).await;
    for (tries, pause) in [(1, "PT5S"), (2, "PT5M"), (3, "PT30M"), (4, "PT2H")] {
        // The attempt is noted, so that its retry is by the clock before it was moved.
        deliveries_until(&owner, &own.id, |all| {
            all.iter().any(|one| one["attempts"].as_array().unwrap().len() == tries)
        })
        .await;
        let mover = admin(&processes[tries % servers]);
        mover.mutate("advanceClock", json!({ "by": pause })).await.payload();
        let next = tokio::time::timeout(SOON, receiver.messages("/", tries + 1)).await;
        assert!(next.is_ok(), "nothing came after {pause}");
    }
    for process in processes {
        process.stop();
    }
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_falls_due_in_a_sandbox_is_attempted_within_three_seconds() {
    // W3
    what_falls_due_is_attempted(Backend::Sqlite, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_where_another_server_moves_the_clock_on_sqlite() {
    // W3
    what_falls_due_is_attempted(Backend::Sqlite, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_it_is_where_another_server_moves_the_clock_on_postgres() {
    // W3
    what_falls_due_is_attempted(Backend::Postgres, 2).await;
}
