//! What runs beside the requests, and the database's connections.

use std::time::Instant;

use metrics::{counter, gauge, histogram};

use super::registry::{
    CLAIMS, CLAIMS_OLDEST, CLAIMS_OVERDUE, CLOCKS_FIRED, NOTICE_ATTEMPTS, NOTICES_OLDEST, NOTICES_PARKED,
    NOTICES_WAITING, POOL_CONNECTIONS, POOL_LIMIT, SCAN_DURATION, SCANS,
};

/// A scan for clocks that are due.
#[derive(Debug)]
pub struct Scan(Instant);

/// A scan begins.
#[must_use]
pub fn scan() -> Scan {
    Scan(super::now())
}

impl Scan {
    /// It ended; `done` is whether everything could be looked at.
    pub fn end(self, done: bool) {
        counter!(SCANS, "outcome" => if done { "done" } else { "failed" }).increment(1);
        histogram!(SCAN_DURATION).record(self.0.elapsed());
    }
}

/// A clock fired on a claim.
pub fn clock_fired() {
    counter!(CLOCKS_FIRED).increment(1);
}

/// The result of handing a notice to the mail server, or that it was not sent: one of a few words.
pub fn notice_attempt(outcome: &'static str) {
    counter!(NOTICE_ATTEMPTS, "outcome" => outcome).increment(1);
}

/// Sets the metrics of the outbox: the number of waiting notices, the age of the oldest in microseconds, and the number
/// of parked ones.
#[expect(clippy::cast_precision_loss, reason = "counts and ages are far below 2^52")]
pub fn outbox(waiting: i64, oldest: i64, parked: i64) {
    gauge!(NOTICES_WAITING).set(waiting as f64);
    gauge!(NOTICES_OLDEST).set(oldest as f64 / 1_000_000.0);
    gauge!(NOTICES_PARKED).set(parked as f64);
}

/// How the vendor's queue stands: how many claims are in each status, how many are overdue, and for how many microseconds the
/// one has waited for its review that has waited longest.
#[expect(clippy::cast_precision_loss, reason = "counts and ages are far below 2^52")]
pub fn claims(by_status: impl IntoIterator<Item = (&'static str, u64)>, overdue: u64, oldest: i64) {
    for (status, count) in by_status {
        gauge!(CLAIMS, "status" => status).set(count as f64);
    }
    gauge!(CLAIMS_OVERDUE).set(overdue as f64);
    gauge!(CLAIMS_OLDEST).set(oldest as f64 / 1_000_000.0);
}

/// How the connections of a pool are used at this moment.
pub fn pool(name: &'static str, used: u32, idle: u32, limit: u32) {
    gauge!(POOL_CONNECTIONS, "pool" => name, "state" => "used").set(used);
    gauge!(POOL_CONNECTIONS, "pool" => name, "state" => "idle").set(idle);
    gauge!(POOL_LIMIT, "pool" => name).set(limit);
}
