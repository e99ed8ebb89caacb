//! The metrics: their names, what they mean, and the text of them all.

use std::sync::OnceLock;

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::live;
use crate::clock::Clock;

pub(super) const REQUESTS: &str = "cpor_requests_total";
pub(super) const OPERATION_DURATION: &str = "cpor_operation_duration_seconds";
pub(super) const PROBLEMS: &str = "cpor_problems_total";
pub(super) const ERRORS: &str = "cpor_errors_total";
pub(super) const LIVE_CONNECTIONS: &str = "cpor_live_connections";
pub(super) const LIVE_OPERATIONS: &str = "cpor_live_operations";
pub(super) const EVENTS_DELIVERED: &str = "cpor_events_delivered_total";
pub(super) const CONNECTIONS_CLOSED: &str = "cpor_connections_closed_total";
pub(super) const TAIL_LAG: &str = "cpor_tail_lag_seconds";
pub(super) const TAIL_EVENTS: &str = "cpor_tail_events_read_total";
pub(super) const TAIL_FAILURES: &str = "cpor_tail_failures_total";
pub(super) const SCANS: &str = "cpor_clock_scans_total";
pub(super) const SCAN_DURATION: &str = "cpor_clock_scan_duration_seconds";
pub(super) const CLOCKS_FIRED: &str = "cpor_clocks_fired_total";
pub(super) const POOL_CONNECTIONS: &str = "cpor_database_connections";
pub(super) const POOL_LIMIT: &str = "cpor_database_connections_limit";
pub(super) const NOTICE_ATTEMPTS: &str = "cpor_notice_attempts_total";
pub(super) const NOTICES_WAITING: &str = "cpor_notices_waiting";
pub(super) const NOTICES_OLDEST: &str = "cpor_notices_oldest_seconds";
pub(super) const NOTICES_PARKED: &str = "cpor_notices_parked";
pub(super) const WEBHOOK_ATTEMPTS: &str = "cpor_webhook_attempts_total";
pub(super) const WEBHOOKS_DISABLED: &str = "cpor_webhooks_disabled_total";
pub(super) const WEBHOOK_QUEUE: &str = "cpor_webhook_queue_deliveries";
pub(super) const WEBHOOK_OLDEST: &str = "cpor_webhook_oldest_seconds";
pub(super) const CLAIMS: &str = "cpor_claims";
pub(super) const CLAIMS_OVERDUE: &str = "cpor_claims_overdue";
pub(super) const CLAIMS_OLDEST: &str = "cpor_claims_oldest_waiting_seconds";
const BUILD_INFO: &str = "cpor_build_info";
const PROCESS_START: &str = "process_start_time_seconds";

/// The upper ends of the buckets of durations, in seconds: 1 ms to 10 s.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The description of every counter.
const COUNTERS: [(&str, &str); 12] = [
    (REQUESTS, "GraphQL operations, by transport, kind of operation and outcome."),
    (PROBLEMS, "Problems in the payloads of mutations, including warnings, by code."),
    (ERRORS, "Errors in responses, by extensions.code."),
    (EVENTS_DELIVERED, "Responses of subscriptions passed to their connections."),
    (CONNECTIONS_CLOSED, "Live connections that ended, by transport and reason."),
    (TAIL_EVENTS, "Events read from the event log."),
    (TAIL_FAILURES, "Failed reads of the event log; each is retried."),
    (SCANS, "Scans for due clocks, by outcome."),
    (CLOCKS_FIRED, "Clocks that fired on this server."),
    (NOTICE_ATTEMPTS, "Notices by outcome: sent, failed, refused by the mail server, or skipped."),
    (WEBHOOK_ATTEMPTS, "Attempts to send a webhook on this server, by outcome."),
    (WEBHOOKS_DISABLED, "Webhook endpoints that this server disabled, by reason."),
];

/// What every gauge shows.
const GAUGES: [(&str, Unit, &str); 15] = [
    (LIVE_CONNECTIONS, Unit::Count, "Current live connections, by transport."),
    (LIVE_OPERATIONS, Unit::Count, "Current subscriptions."),
    (TAIL_LAG, Unit::Seconds, "Time since the event log was last read to its end."),
    (POOL_CONNECTIONS, Unit::Count, "Database connections, by pool and state."),
    (POOL_LIMIT, Unit::Count, "The maximum number of database connections, by pool."),
    (NOTICES_WAITING, Unit::Count, "Notices waiting for delivery, on all servers."),
    (NOTICES_OLDEST, Unit::Seconds, "Age of the oldest notice waiting for delivery, not counting digests."),
    (NOTICES_PARKED, Unit::Count, "Notices whose delivery was abandoned."),
    (WEBHOOK_QUEUE, Unit::Count, "Pending webhook deliveries, on all servers."),
    (WEBHOOK_OLDEST, Unit::Seconds, "Age of the oldest pending webhook delivery."),
    (CLAIMS, Unit::Count, "Claims that were ever submitted, by status; the same on every server."),
    (CLAIMS_OVERDUE, Unit::Count, "Claims whose deadline is overdue; the same on every server."),
    (
        CLAIMS_OLDEST,
        Unit::Seconds,
        "How long the claim that has waited longest has waited for a review; 0 if none waits.",
    ),
    (BUILD_INFO, Unit::Count, "Always 1; the labels identify the build."),
    (PROCESS_START, Unit::Seconds, "Start time of the process, in seconds since the Unix epoch."),
];

/// What every histogram measures.
const HISTOGRAMS: [(&str, &str); 2] = [
    (OPERATION_DURATION, "Duration of operations, by root field; for a subscription, of its start."),
    (SCAN_DURATION, "Duration of scans for due clocks."),
];

/// Begins to count; a second call changes nothing.
pub fn install() {
    handle();
}

/// Every metric in Prometheus' text format; `None` if another recorder was there first.
#[must_use]
pub fn render() -> Option<String> {
    let handle = handle()?;
    gauge!(TAIL_LAG).set(live::tail_lag().as_secs_f64());
    Some(handle.render())
}

/// Moves measured durations into their buckets, so that they do not accumulate between scrapes. Cheap.
pub fn upkeep() {
    if let Some(handle) = handle() {
        handle.run_upkeep();
    }
}

/// The one recorder of this process.
fn handle() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let builder = PrometheusBuilder::new();
            let durations = Matcher::Suffix("_duration_seconds".to_owned());
            let handle = builder.set_buckets_for_metric(durations, &BUCKETS).ok()?.install_recorder().ok()?;
            describe();
            Some(handle)
        })
        .as_ref()
}

/// Registers the descriptions, and starts metrics without labels at 0, so that they are not absent.
fn describe() {
    for (name, help) in COUNTERS {
        describe_counter!(name, Unit::Count, help);
    }
    for (name, unit, help) in GAUGES {
        describe_gauge!(name, unit, help);
    }
    for (name, help) in HISTOGRAMS {
        describe_histogram!(name, Unit::Seconds, help);
    }
    for name in [EVENTS_DELIVERED, TAIL_EVENTS, TAIL_FAILURES, CLOCKS_FIRED] {
        counter!(name).increment(0);
    }
    gauge!(LIVE_OPERATIONS).set(0.0);
    gauge!(WEBHOOK_QUEUE).set(0.0);
    gauge!(WEBHOOK_OLDEST).set(0.0);
    gauge!(BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    #[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit for centuries")]
    let started = Clock::System.now().micros() as f64 / 1_000_000.0;
    gauge!(PROCESS_START).set(started);
    live::tail_caught_up();
}
