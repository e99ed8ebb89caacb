//! Retries go by the sandbox's clock, also where a server moves it that sends no mail (M6).

use std::time::Duration;

use crate::{
    crash::Cast,
    support::{
        Backend,
        database::Database,
        process::Home,
        smtp::{Mood, Smtp},
    },
};

/// How soon after the clock was moved what fell due is attempted.
const SOON: Duration = Duration::from_secs(3);

async fn what_falls_due_is_attempted(backend: Backend) {
    let smtp = Smtp::start().await;
    smtp.is(Mood::Busy);
    let home = Home::new(Database::copied(backend).await);
    let url = smtp.url();
    let options =
        ["--sandbox", "--smtp-url", &url, "--public-url", super::PUBLIC, "--mail-from", "claims@vendor.example"];
    let sends = home.serve(&options);
    let moves = home.serve(&["--sandbox"]);
    let claims = Cast::of(&sends).claims(3).await.len();
    // Each is tried once, and noted, so that its retry is by the clock before it was moved.
    let tried = "SELECT recipient FROM notice WHERE state = 'PENDING' AND attempts = 1 AND leased_until IS NULL";
    smtp.came(claims).await;
    while home.database.read(tried).await.len() < claims {
        tokio::task::yield_now().await;
    }
    Cast::of(&moves).advance("PT1H").await;
    let again = tokio::time::timeout(SOON, smtp.came(2 * claims)).await;
    assert!(again.is_ok(), "only {} attempts", smtp.attempts());
    moves.stop();
    sends.stop();
    home.database.delete().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_falls_due_is_attempted_soon_where_another_server_moves_the_clock_on_sqlite() {
    // M6
    what_falls_due_is_attempted(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_falls_due_is_attempted_soon_where_another_server_moves_the_clock_on_postgres() {
    // M6
    what_falls_due_is_attempted(Backend::Postgres).await;
}
