//! The part of a receiver's response that is read.

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{Response, header::RETRY_AFTER};

use crate::clock::Clock;

/// How much of an answer is kept, in bytes (W5).
const KEPT: usize = 4 * 1024;
/// How much is read at most: an answer that was read to its end leaves the connection good for the next message.
const READ: usize = 64 * 1024;

/// The first bytes of the answer as text; what cannot be read is left out. It never takes longer than the request's own limit.
pub(super) async fn beginning(response: &mut Response) -> String {
    let (mut kept, mut read) = (Vec::new(), 0);
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = KEPT - kept.len();
        kept.extend_from_slice(chunk.get(..room.min(chunk.len())).unwrap_or_default());
        read += chunk.len();
        if read >= READ {
            break;
        }
    }
    // PostgreSQL keeps no NUL.
    String::from_utf8_lossy(&kept).replace('\0', "\u{fffd}")
}

/// For how long the receiver asks not to be tried again, in microseconds: `Retry-After` in seconds or as a date.
pub(super) fn retry_after(response: &Response) -> Option<i64> {
    let value = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim();
    pause(value, Clock::System.now().to_jiff())
}

fn pause(value: &str, now: Timestamp) -> Option<i64> {
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds) * 1_000_000);
    }
    let at = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(at.as_microsecond().saturating_sub(now.as_microsecond())).filter(|pause| *pause > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_asks_for_a_pause_in_seconds_or_by_a_date() {
        // W3
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        assert_eq!(pause("120", now), Some(120_000_000));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(37_000_000));
        assert_eq!(pause("Sun, 06 Nov 1994 08:48:37 GMT", now), None);
        assert_eq!(pause("soon", now), None);
        assert_eq!(pause("-5", now), None);
    }
}
