//! Telemetry: metrics for Prometheus, log lines and, if configured, traces.
//!
//! The only module that names metrics. Other layers report events by small functions; every label has a bounded set of
//! values, none of which a client chooses.

mod fields;
mod live;
pub mod logging;
mod outside;
mod registry;
mod requests;
mod spans;
#[cfg(test)]
mod tests;
#[cfg(feature = "otel")]
pub mod traces;
mod webhooks;
mod work;

use std::time::Instant;

pub use live::{
    LiveConnection, LiveOperation, close_code, connection_closed, live_connection, live_operation, tail_caught_up,
    tail_failed, tail_read,
};
pub use outside::outside_span;
pub use registry::{install, render, upkeep};
pub use requests::{OperationTimer, Outcome, Request, Transport, error, operation_timer, problem};
pub use spans::{operation_span, request_span, socket_span, tell_subject, traced_operation_span};
pub use webhooks::{webhook_attempt, webhook_disabled, webhook_queue};
pub use work::{Scan, claims, clock_fired, notice_attempt, outbox, pool, scan};

/// Measures a duration.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

/// Begins to measure.
#[must_use]
pub fn stopwatch() -> Stopwatch {
    Stopwatch(now())
}

impl Stopwatch {
    /// How long it has run, in milliseconds to three places.
    #[must_use]
    pub fn milliseconds(self) -> f64 {
        (self.0.elapsed().as_secs_f64() * 1_000_000.0).round() / 1_000.0
    }
}

/// The monotonic time, for measuring only.
#[expect(clippy::disallowed_methods, reason = "durations are measured here, nothing is decided by them")]
fn now() -> Instant {
    Instant::now()
}
