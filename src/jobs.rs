//! What runs beside the requests: the clocks, by scanning (T5). A scan is idempotent and takes no input, so any number of
//! servers may run it, and a server that was down does on its first scan what it missed.

use std::{future::Future, time::Duration};

use domain::kinds::ClaimStatus;

use crate::{app::App, telemetry};

/// How long between two scans.
const EVERY: Duration = Duration::from_secs(1);

/// How many scans lie between two counts of the queue: half a minute.
const SCANS_PER_COUNT: u32 = 30;

/// How many scans lie between two clean-ups: ten minutes.
const SCANS_PER_CLEAN_UP: u32 = 600;

/// How many scans lie between two looks for content without a document: an hour.
const SCANS_PER_COLLECTION: u32 = 3_600;

/// One scan: reads the sandbox clock's offset from the database and fires due clocks. A failure is logged; the next
/// scan tries again.
pub async fn run_once(app: &App) {
    let scan = telemetry::scan();
    let done = match app.refresh_clock().await {
        Ok(()) => app.settle().await,
        failed => failed,
    };
    scan.end(done.is_ok());
    telemetry::upkeep();
    if let Err(error) = done {
        tracing::error!(?error, "the clocks could not be read");
    }
}

/// Scans again and again until `stop` is done; a scan that has begun is finished.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    let mut scans = 0;
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = ticks.tick() => {
                run_once(&app).await;
                scans = (scans + 1) % SCANS_PER_COLLECTION;
                if scans % SCANS_PER_COUNT == 0 {
                    count_claims(&app).await;
                }
                if scans % SCANS_PER_CLEAN_UP == 0 {
                    clean_up(&app).await;
                }
                if scans == 0 {
                    collect(&app);
                }
            }
        }
    }
}

/// How long between two looks for what other servers did that is kept in memory here: revoked tokens (A8), deputies (R4).
const OTHERS_EVERY: Duration = Duration::from_secs(5);

/// Takes over revocations and deputies from other servers, again and again, until `stop` is done. It has a task of its own, so that a
/// long scan of the clocks cannot hold it up.
pub async fn follow_others(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(OTHERS_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = ticks.tick() => {
                if let Err(error) = app.refresh_deputies().await {
                    tracing::error!(?error, "the reviewers' deputies could not be read");
                }
                if let Err(error) = app.refresh_revocations().await {
                    tracing::error!(?error, "revoked tokens could not be read; known revocations stay in effect");
                }
            }
        }
    }
}

/// How many looks at the history lie between two that fold in even a single entry: half a minute.
const LOOKS_PER_FOLD: u32 = 30;

/// Folds the history into the projection, again and again, until `stop` is done: soon where much happens, and now and then where
/// little does. It has a task of its own, because to build the projection takes a while.
pub async fn project(app: App, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    let mut looks = 0;
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = &mut stop => return,
            _ = ticks.tick() => {
                if let Err(error) = app.project_if_behind(looks == 0).await {
                    tracing::error!(?error, "the history could not be folded into the projection; lists and statistics read the claims");
                }
                looks = (looks + 1) % LOOKS_PER_FOLD;
            }
        }
    }
}

/// Counts the vendor's queue for the metrics.
pub async fn count_claims(app: &App) {
    match app.queue().await {
        Ok(queue) => {
            // Only its partner sees a draft.
            let seen = ClaimStatus::ALL.iter().filter(|status| **status != ClaimStatus::Editing);
            let by_status = seen.map(|status| (status.as_str(), queue.claims.count(*status)));
            let waited = queue.waiting_since.map_or(0, |since| app.now().micros() - since.micros());
            telemetry::claims(by_status, queue.claims.overdue, waited.max(0));
        }
        Err(error) => tracing::error!(?error, "the claims could not be counted"),
    }
}

/// Deletes rows whose retention time has passed.
async fn clean_up(app: &App) {
    if let Err(error) = app.forget_old_keys().await {
        tracing::error!(?error, "old idempotency keys could not be deleted");
    }
    if let Err(error) = app.forget_useless_mails().await {
        tracing::error!(?error, "expired mails could not be deleted");
    }
    if let Err(error) = app.forget_old_webhooks().await {
        tracing::error!(?error, "old webhook deliveries could not be deleted");
    }
    if let Err(error) = app.forget_dead_tokens().await {
        tracing::error!(?error, "revocations of expired tokens could not be deleted");
    }
}

/// Removes content that no document has. A large store takes its time to list, so the clocks do not wait for it.
fn collect(app: &App) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = app.collect_strays().await {
            tracing::error!(?error, "the search for content without a document failed");
        }
    });
}
