//! Webhooks: the types of messages, when a failed delivery is tried again, and when an endpoint is disabled (W2-W4).

use crate::{
    kinds::{Scope, WebhookEventType},
    time::Timestamp,
};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long after each failed attempt the next one follows, in microseconds. After the last of them a delivery is parked (W3).
pub const RETRIES: [i64; 7] = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 8 * HOUR, 8 * HOUR];
/// How much earlier than that a retry may come, in percent, so that those that failed together do not come together.
const JITTER: i64 = 20;
/// The longest `Retry-After` that is honoured (W3).
const LONGEST_WAIT: i64 = HOUR;
/// For how long every attempt of an endpoint must have failed until it is disabled (W4).
const FAILURES_DISABLE_AFTER: i64 = 5 * DAY;
/// An endpoint that accepted its last message within this time, in milliseconds, is prompt (W3): it has slots of its own, and several
/// messages at once.
pub const PROMPT_WITHIN: i32 = 1_000;
/// For how long an endpoint rests after its first failure and at most, in microseconds.
const REST: (i64, i64) = (SECOND / 2, 5 * MINUTE);
/// For how long the old secret signs beside the new one after a rotation (W2).
const BOTH_SECRETS_SIGN_FOR: i64 = DAY;
/// For how long deliveries and their attempts can be read (W5).
const KEPT_FOR: i64 = 30 * DAY;

impl WebhookEventType {
    /// The `type` of its messages.
    #[must_use]
    pub const fn message_type(self) -> &'static str {
        match self {
            Self::ClaimStatusChanged => "claim.status_changed",
            Self::CommentAdded => "comment.added",
            Self::HistoryAppended => "history.appended",
        }
    }

    /// The scope that a live subscription to such events needs (A5).
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::ClaimStatusChanged | Self::CommentAdded => Scope::ClaimsRead,
            Self::HistoryAppended => Scope::HistoryRead,
        }
    }
}

/// The `type` of the message that tests an endpoint.
pub const TEST_TYPE: &str = "webhook.test";

/// When a delivery is tried again that has now failed so many times in a row, counted from 1; nothing when it is to be parked.
/// `asked` is the receiver's `Retry-After`, in microseconds, `random` any number.
#[must_use]
pub fn retry_at(failures: i32, asked: Option<i64>, random: u64, now: Timestamp) -> Option<Timestamp> {
    let place = usize::try_from(failures.checked_sub(1)?).ok()?;
    let longest = *RETRIES.get(place)?;
    let earlier = longest / 100 * JITTER;
    let by_schedule = longest - i64::try_from(random % earlier.unsigned_abs().max(1)).unwrap_or(0);
    let pause = by_schedule.max(asked.unwrap_or(0).min(LONGEST_WAIT));
    Timestamp::from_micros(now.micros().saturating_add(pause)).ok()
}

/// For how long nothing is sent to an endpoint of which so many attempts failed in a row, counted from 1, in microseconds: four times as
/// long after each, up to five minutes. So an endpoint that fails costs the same however many deliveries are pending, and one that is back is
/// found soon.
#[must_use]
pub fn rest(failures: u32) -> i64 {
    let (first, longest) = REST;
    let longer = 2 * failures.saturating_sub(1).min(8);
    (first << longer).min(longest)
}

/// Whether an endpoint whose attempts have all failed since then is disabled (W4).
#[must_use]
pub const fn is_given_up(failing_since: Timestamp, now: Timestamp) -> bool {
    now.micros().saturating_sub(failing_since.micros()) >= FAILURES_DISABLE_AFTER
}

/// Until when the old secret signs too, after a rotation at this time.
#[must_use]
pub fn old_secret_until(rotated: Timestamp) -> Timestamp {
    moved(rotated, BOTH_SECRETS_SIGN_FOR)
}

/// The deliveries that can be read now were made at this time or later.
#[must_use]
pub fn kept_since(now: Timestamp) -> Timestamp {
    moved(now, -KEPT_FOR)
}

fn moved(from: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(from.micros().saturating_add(by)).unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    #[test]
    fn retries_follow_the_schedule_a_little_early_and_never_late() {
        // W3
        for (place, pause) in RETRIES.into_iter().enumerate() {
            let failures = i32::try_from(place).unwrap() + 1;
            for random in [0, 1, 999_999, u64::MAX] {
                let next = retry_at(failures, None, random, at(0)).unwrap().micros();
                assert!(next <= pause && next > pause / 100 * 80 - 1, "{failures}: {next}");
            }
        }
        assert_eq!(retry_at(8, None, 0, at(0)), None);
        assert_eq!(retry_at(0, None, 0, at(0)), None);
    }

    #[test]
    fn what_a_receiver_asks_for_is_honoured_up_to_an_hour() {
        // W3
        assert_eq!(retry_at(1, Some(60 * SECOND), 7, at(0)), Some(at(60 * SECOND)));
        assert_eq!(retry_at(1, Some(48 * HOUR), 7, at(0)), Some(at(HOUR)));
        assert_eq!(retry_at(2, Some(SECOND), 0, at(0)), Some(at(5 * MINUTE)), "never sooner than by the schedule");
        assert_eq!(retry_at(8, Some(SECOND), 0, at(0)), None);
    }

    #[test]
    fn an_endpoint_rests_longer_after_each_failure() {
        // W3
        assert_eq!([1, 2, 3, 4].map(rest), [SECOND / 2, 2 * SECOND, 8 * SECOND, 32 * SECOND]);
        assert_eq!([6, 7, u32::MAX].map(rest), [5 * MINUTE; 3]);
    }

    #[test]
    fn five_days_of_failures_are_too_many() {
        // W4
        assert!(!is_given_up(at(0), at(5 * DAY - 1)));
        assert!(is_given_up(at(0), at(5 * DAY)));
    }
}
