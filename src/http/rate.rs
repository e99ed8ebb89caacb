//! How often: requests and cost by subject, bad tokens by address. Each server process counts for itself.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use super::failure::Failure;
use crate::config::Limits;

/// After how many questions the keys that have gone quiet are forgotten.
const TIDY_EVERY: usize = 1_024;

/// The rate limits of a server.
pub(super) struct RateLimits {
    requests: Option<Limiter>,
    cost: Option<Limiter>,
    bad_tokens: Option<Limiter>,
}

impl RateLimits {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            requests: Limiter::per_minute(limits.requests_per_minute),
            cost: Limiter::per_minute(limits.cost_per_minute),
            bad_tokens: Limiter::per_minute(limits.bad_tokens_per_minute),
        }
    }

    /// Counts a request of a subject (or of an address, if there is no subject).
    pub(super) fn request(&self, who: &str) -> Result<(), Failure> {
        self.requests.as_ref().map_or(Ok(()), |limiter| limiter.take(who, 1))
    }

    /// Counts the cost of an operation.
    pub(super) fn cost(&self, who: &str, cost: usize) -> Result<(), Failure> {
        self.cost.as_ref().map_or(Ok(()), |limiter| limiter.take(who, u32::try_from(cost).unwrap_or(u32::MAX)))
    }

    /// Counts a bad token. Good ones from the same address stay good: many callers may share it.
    pub(super) fn bad_token(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_tokens.as_ref().map_or(Ok(()), |limiter| limiter.take(&network(address), 1))
    }
}

/// The key of an address. A holder of IPv6 addresses has at least a /64 of them.
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
    }
}

struct Limiter {
    buckets: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
    asked: AtomicUsize,
}

impl Limiter {
    fn per_minute(count: u32) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(count)?);
        Some(Self { buckets: RateLimiter::dashmap(quota), clock: DefaultClock::default(), asked: AtomicUsize::new(0) })
    }

    fn take(&self, who: &str, count: u32) -> Result<(), Failure> {
        let Some(count) = NonZeroU32::new(count) else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.buckets.retain_recent();
        }
        match self.buckets.check_key_n(&who.to_owned(), count) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(later)) => Err(Failure::rate_limited(self.seconds(&later))),
            // More at once than a minute has; waiting does not help, a smaller operation does.
            Err(_) => Err(Failure::rate_limited(60)),
        }
    }

    fn seconds<I: governor::clock::Reference>(&self, later: &NotUntil<I>) -> u64
    where
        DefaultClock: Clock<Instant = I>,
    {
        later.wait_time_from(self.clock.now()).as_secs() + 1
    }
}
