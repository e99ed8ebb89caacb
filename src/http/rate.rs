//! Rate limits: requests and cost per subject, refused tokens per address. Each server process counts for itself.
//!
//! What was counted is told in the fields `RateLimit-Policy` and `RateLimit` of the answer (draft-ietf-httpapi-ratelimit-headers-11).

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

use super::error::HttpError;
use crate::config::Limits;

/// After how many questions the keys that have gone quiet are forgotten.
const TIDY_EVERY: usize = 1_024;
/// The window of every limit, in seconds.
const WINDOW: u64 = 60;

/// What quotas there are.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of them.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What is limited by a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rate {
    /// The requests of a subject.
    Requests,
    /// The cost of a subject's operations.
    Cost,
    /// The refused tokens from an address.
    BadTokens,
}

impl Rate {
    /// Its name in header fields and errors.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Cost => "cost",
            Self::BadTokens => "bad-tokens",
        }
    }

    /// The unit of its quota, where that is not a request.
    const fn unit(self) -> &'static str {
        match self {
            Self::Requests | Self::BadTokens => "",
            Self::Cost => ";qu=\"cost\"",
        }
    }
}

/// The state of a limit of a caller after something was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QuotaState {
    /// The limit.
    pub(super) rate: Rate,
    /// How much there is in a minute.
    pub(super) quota: u32,
    /// How much of it is left now.
    pub(super) remaining: u32,
}

impl QuotaState {
    /// In how many seconds all of the quota is there again.
    fn reset(self) -> u64 {
        let used = u64::from(self.quota.saturating_sub(self.remaining));
        (used * WINDOW).div_ceil(u64::from(self.quota).max(1))
    }
}

/// What was counted for one request.
#[derive(Debug, Default)]
pub(super) struct Budget(Vec<QuotaState>);

impl Budget {
    /// What is left of the cost of a minute, if it was counted.
    pub(super) fn cost_left(&self) -> Option<u32> {
        self.0.iter().find(|state| state.rate == Rate::Cost).map(|state| state.remaining)
    }

    fn note(&mut self, state: QuotaState) {
        self.0.retain(|known| known.rate != state.rate);
        self.0.push(state);
    }
}

/// The rate limits of a server.
pub(super) struct RateLimits {
    requests: Option<Limiter>,
    cost: Option<Limiter>,
    bad_tokens: Option<Limiter>,
}

impl RateLimits {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            requests: Limiter::per_minute(Rate::Requests, limits.requests_per_minute),
            cost: Limiter::per_minute(Rate::Cost, limits.cost_per_minute),
            bad_tokens: Limiter::per_minute(Rate::BadTokens, limits.bad_tokens_per_minute),
        }
    }

    /// Counts a request of a subject (or of an address, if there is no subject).
    pub(super) fn request(&self, who: &str, budget: &mut Budget) -> Result<(), HttpError> {
        self.requests.as_ref().map_or(Ok(()), |limiter| limiter.take(who, 1, budget))
    }

    /// Counts the cost of an operation.
    pub(super) fn cost(&self, who: &str, cost: usize, budget: &mut Budget) -> Result<(), HttpError> {
        let cost = u32::try_from(cost).unwrap_or(u32::MAX);
        self.cost.as_ref().map_or(Ok(()), |limiter| limiter.take(who, cost, budget))
    }

    /// Counts a bad token. Good ones from the same address stay good: many callers may share it.
    pub(super) fn bad_token(&self, address: IpAddr) -> Result<(), HttpError> {
        let limiter = self.bad_tokens.as_ref();
        limiter.map_or(Ok(()), |limiter| limiter.take(&network(address), 1, &mut Budget::default()))
    }

    /// Tells in an answer's head which quotas a subject has, and what is left of those that were counted.
    pub(super) fn tell(&self, budget: &Budget, headers: &mut HeaderMap) {
        if budget.0.is_empty() {
            return;
        }
        let quotas = [&self.requests, &self.cost].into_iter().flatten();
        let policy = |limiter: &Limiter| {
            let rate = limiter.rate;
            format!("\"{}\";q={};w={WINDOW}{}", rate.name(), limiter.quota, rate.unit())
        };
        let left = |state: &QuotaState| format!("\"{}\";r={};t={}", state.rate.name(), state.remaining, state.reset());
        insert(headers, RATE_LIMIT_POLICY, &quotas.map(policy).collect::<Vec<_>>());
        insert(headers, RATE_LIMIT, &budget.0.iter().map(left).collect::<Vec<_>>());
    }
}

/// Sets a field that is a list (RFC 9651).
fn insert(headers: &mut HeaderMap, name: HeaderName, items: &[String]) {
    // Names and numbers of this program: this cannot fail.
    if let Ok(value) = HeaderValue::try_from(items.join(", ")) {
        headers.insert(name, value);
    }
}

/// The key of an address. A holder of IPv6 addresses has at least a /64 of them.
pub(super) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
    }
}

type Buckets = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

struct Limiter {
    rate: Rate,
    quota: u32,
    buckets: Buckets,
    clock: DefaultClock,
    asked: AtomicUsize,
}

impl Limiter {
    fn per_minute(rate: Rate, quota: u32) -> Option<Self> {
        let buckets = RateLimiter::dashmap(Quota::per_minute(NonZeroU32::new(quota)?)).with_middleware();
        Some(Self { rate, quota, buckets, clock: DefaultClock::default(), asked: AtomicUsize::new(0) })
    }

    fn take(&self, who: &str, count: u32, budget: &mut Budget) -> Result<(), HttpError> {
        let Some(number) = NonZeroU32::new(count) else { return Ok(()) };
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.buckets.retain_recent();
        }
        let mut note = |remaining| budget.note(QuotaState { rate: self.rate, quota: self.quota, remaining });
        match self.buckets.check_key_n(&who.to_owned(), number) {
            Ok(Ok(state)) => {
                note(state.remaining_burst_capacity());
                Ok(())
            }
            Ok(Err(later)) => {
                let wait = self.wait(&later);
                // What is missing now comes at the rate of the quota until then.
                let missing = (wait.as_millis() * u128::from(self.quota)).div_ceil(u128::from(WINDOW) * 1_000);
                note(count.saturating_sub(u32::try_from(missing).unwrap_or(u32::MAX)));
                Err(HttpError::rate_limited(self.rate, self.quota, wait.as_secs() + 1))
            }
            // More at once than a minute has; waiting does not help, a smaller operation does.
            Err(_) => Err(HttpError::too_much_at_once(self.rate, self.quota, count)),
        }
    }

    fn wait<I: governor::clock::Reference>(&self, later: &NotUntil<I>) -> std::time::Duration
    where
        DefaultClock: Clock<Instant = I>,
    {
        later.wait_time_from(self.clock.now())
    }
}
