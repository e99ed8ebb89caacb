//! Webhooks: what waits, and the result of attempts.

use metrics::{counter, gauge};

use super::registry::{WEBHOOK_ATTEMPTS, WEBHOOK_OLDEST, WEBHOOK_QUEUE, WEBHOOKS_DISABLED};

/// An attempt was made: `sent`, `failed` with another one to come, or `parked`.
pub fn webhook_attempt(outcome: &'static str) {
    counter!(WEBHOOK_ATTEMPTS, "outcome" => outcome).increment(1);
}

/// An endpoint was disabled: `gone`, or after `failures`.
pub fn webhook_disabled(reason: &'static str) {
    counter!(WEBHOOKS_DISABLED, "reason" => reason).increment(1);
}

/// How many deliveries wait, and for how many microseconds the oldest of them has.
pub fn webhook_queue(depth: i64, oldest: i64) {
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    let (depth, oldest) = (depth as f64, oldest as f64 / 1_000_000.0);
    gauge!(WEBHOOK_QUEUE).set(depth);
    gauge!(WEBHOOK_OLDEST).set(oldest);
}
