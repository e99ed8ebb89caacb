//! Metrics of live connections, their subscriptions, and the reader of the event log.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use metrics::{Counter, counter, gauge};

use super::{
    Transport,
    registry::{CONNECTIONS_CLOSED, EVENTS_DELIVERED, LIVE_CONNECTIONS, LIVE_OPERATIONS, TAIL_EVENTS, TAIL_FAILURES},
};

/// A live connection, counted until it is dropped.
#[derive(Debug)]
pub struct LiveConnection(Transport);

/// Counts a live connection that was opened.
#[must_use]
pub fn live_connection(transport: Transport) -> LiveConnection {
    gauge!(LIVE_CONNECTIONS, "transport" => transport.as_str()).increment(1.0);
    LiveConnection(transport)
}

impl Drop for LiveConnection {
    fn drop(&mut self) {
        gauge!(LIVE_CONNECTIONS, "transport" => self.0.as_str()).decrement(1.0);
    }
}

/// A live connection ended for this reason: a close code or one of a few words, never a client's text.
pub fn connection_closed(transport: Transport, reason: &'static str) {
    counter!(CONNECTIONS_CLOSED, "transport" => transport.as_str(), "reason" => reason).increment(1);
}

/// A subscription, counted until it is dropped.
#[derive(Debug)]
pub struct LiveOperation {
    /// Looked up once, not for every event.
    delivered: Counter,
}

/// The label for the close code of a WebSocket; `None` if the client disconnected.
#[must_use]
pub const fn close_code(code: Option<u16>) -> &'static str {
    match code {
        None => "client",
        Some(1000) => "1000",
        Some(1001) => "1001",
        Some(1002) => "1002",
        Some(1007) => "1007",
        Some(1009) => "1009",
        Some(1011) => "1011",
        Some(1013) => "1013",
        Some(4400) => "4400",
        Some(4401) => "4401",
        Some(4403) => "4403",
        Some(4406) => "4406",
        Some(4408) => "4408",
        Some(4409) => "4409",
        Some(4429) => "4429",
        Some(4500) => "4500",
        Some(_) => "other",
    }
}

/// Counts a subscription that is followed from now on.
#[must_use]
pub fn live_operation() -> LiveOperation {
    gauge!(LIVE_OPERATIONS).increment(1.0);
    LiveOperation { delivered: counter!(EVENTS_DELIVERED) }
}

impl LiveOperation {
    /// Counts a response passed to the subscription's connection.
    pub fn delivered(&self) {
        self.delivered.increment(1);
    }
}

impl Drop for LiveOperation {
    fn drop(&mut self) {
        gauge!(LIVE_OPERATIONS).decrement(1.0);
    }
}

/// The tail has read this many events.
pub fn tail_read(count: usize) {
    counter!(TAIL_EVENTS).increment(count as u64);
}

/// The tail could not read; it tries again.
pub fn tail_failed() {
    counter!(TAIL_FAILURES).increment(1);
}

/// When the tail was last at the end of the log, in milliseconds since [`epoch`].
static CAUGHT_UP: AtomicU64 = AtomicU64::new(0);

/// The instant that the tail's times are counted from.
fn epoch() -> Instant {
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    *EPOCH.get_or_init(super::now)
}

/// The tail has read to the end of the log.
pub fn tail_caught_up() {
    let since = epoch().elapsed().as_millis();
    CAUGHT_UP.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// How long ago the tail was at the end of the log; at first, how long ago the counting began.
pub(super) fn tail_lag() -> Duration {
    epoch().elapsed().saturating_sub(Duration::from_millis(CAUGHT_UP.load(Ordering::Relaxed)))
}
