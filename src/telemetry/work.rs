//! What runs beside the requests, and the database's connections.

use std::time::Instant;

use metrics::{counter, gauge, histogram};

use super::registry::{CLOCKS_FIRED, POOL_CONNECTIONS, POOL_LIMIT, SCAN_DURATION, SCANS};

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

/// How the connections of a pool are used at this moment.
pub fn pool(name: &'static str, used: u32, idle: u32, limit: u32) {
    gauge!(POOL_CONNECTIONS, "pool" => name, "state" => "used").set(used);
    gauge!(POOL_CONNECTIONS, "pool" => name, "state" => "idle").set(idle);
    gauge!(POOL_LIMIT, "pool" => name).set(limit);
}
