//! The published keys of an issuer, cached and renewed (A7).
//!
//! Keys are fetched again before they are stale, also without requests. A key that is not known causes one fetch in 30
//! seconds at most, for all callers together, and callers whose key is known never wait for it. While the issuer does
//! not answer, its keys stay good for 24 hours; after that none is, until it answers again.

use std::{
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
    time::Duration,
};

use super::{fetch::Fetcher, key::Key};
use crate::{
    clock::Clock,
    config::identity::{Issuer, KeySource, SigningAlgorithm},
};

const SECOND: i64 = 1_000_000;
/// How long keys are fresh if the issuer does not specify it.
const FRESH: Duration = Duration::from_mins(10);
/// The shortest and the longest time for which an issuer may say that its keys are fresh.
const FRESH_FROM_TO: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(24));
/// How long keys are used after they were last fetched.
const GOOD_FOR: i64 = 24 * 3_600 * SECOND;
/// How often an unknown key may cause a fetch.
const UNKNOWN_EVERY: i64 = 30 * SECOND;
/// How soon a failed fetch is retried: without keys, and with keys.
const RETRY: (i64, i64) = (5 * SECOND, 60 * SECOND);

/// The published keys of one issuer.
pub(super) struct Remote {
    issuer: String,
    source: KeySource,
    allowed: Vec<SigningAlgorithm>,
    clock: Clock,
    fetcher: Fetcher,
    state: RwLock<State>,
    /// Held while keys are fetched, so that there is one fetch at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Arc<Vec<Key>>,
    /// When they were last fetched; never at first. Times are in microseconds by the clock.
    fetched_at: Option<i64>,
    /// When they are to be fetched again.
    due_at: i64,
    /// When an unknown key last caused a fetch.
    asked_for_unknown: Option<i64>,
}

impl Remote {
    /// Nothing fetched yet.
    pub(super) fn new(issuer: &Issuer, clock: Clock) -> Self {
        Self {
            issuer: issuer.issuer.clone(),
            source: issuer.keys.clone(),
            allowed: issuer.algorithms.clone(),
            clock,
            fetcher: Fetcher::new(),
            state: RwLock::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    fn now(&self) -> i64 {
        self.clock.now().micros()
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys, unless none was ever fetched or the last ones are too old.
    pub(super) fn keys(&self) -> Option<Arc<Vec<Key>>> {
        let state = self.state();
        let good = state.fetched_at.is_some_and(|at| self.now() < at.saturating_add(GOOD_FOR));
        good.then(|| Arc::clone(&state.keys))
    }

    /// Fetches the keys if it is time to. Whether they are others now.
    pub(super) async fn refresh_if_due(&self) -> bool {
        if self.now() < self.state().due_at {
            return false;
        }
        let _alone = self.fetching.lock().await;
        // Another caller may have fetched them meanwhile.
        if self.now() < self.state().due_at {
            return false;
        }
        self.fetch().await
    }

    /// Fetches the keys because a token names one that is not known, unless that was done a moment ago. Whether they are
    /// others now.
    pub(super) async fn refresh_for_unknown(&self) -> bool {
        let recent = |state: &State, now: i64| state.asked_for_unknown.is_some_and(|at| now < at + UNKNOWN_EVERY);
        let _alone = self.fetching.lock().await;
        let now = self.now();
        if recent(&self.state(), now) {
            return false;
        }
        self.state.write().unwrap_or_else(PoisonError::into_inner).asked_for_unknown = Some(now);
        self.fetch().await
    }

    async fn fetch(&self) -> bool {
        let fetched = self.fetch_set().await;
        let now = self.now();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok((keys, fresh_for)) => {
                let (least, most) = FRESH_FROM_TO;
                // Renewed before they are stale: there is time to try again.
                let fresh = fresh_for.unwrap_or(FRESH).clamp(least, most).mul_f32(0.9);
                let changed = keys.len() != state.keys.len()
                    || keys.iter().zip(state.keys.iter()).any(|(new, old)| !new.is_same(old));
                state.fetched_at = Some(now);
                state.due_at = now.saturating_add(i64::try_from(fresh.as_micros()).unwrap_or(i64::MAX));
                if changed {
                    tracing::info!(issuer = self.issuer, keys = keys.len(), "the issuer's keys were fetched");
                    state.keys = Arc::new(keys);
                }
                changed
            }
            Err(cause) => {
                let (soon, later) = RETRY;
                state.due_at = now + if state.fetched_at.is_some() { later } else { soon };
                tracing::warn!(issuer = self.issuer, cause, "the issuer's keys could not be fetched");
                false
            }
        }
    }

    async fn fetch_set(&self) -> Result<(Vec<Key>, Option<Duration>), String> {
        let url = match &self.source {
            KeySource::Jwks(url) => url.clone(),
            _ => self.discover().await?,
        };
        let set = self.fetcher.get(&url).await?;
        let keys = Key::of_set(&set.fields, &self.allowed).map_err(|wrong| format!("{url}: {wrong}"))?;
        Ok((keys, set.fresh_for))
    }

    /// The address of the keys, by the issuer's `OpenID` configuration.
    async fn discover(&self) -> Result<String, String> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document = self.fetcher.get(&url).await?;
        let text = |name: &str| document.fields.get(name).and_then(serde_json::Value::as_str);
        // Otherwise another issuer's configuration could supply keys for this one (OpenID Connect Discovery, 4.3).
        match text("issuer") {
            Some(issuer) if issuer == self.issuer => {}
            other => {
                let other: String = other.unwrap_or("nobody").chars().take(200).collect();
                return Err(format!("{url} is the configuration of {other:?}, not of the configured issuer"));
            }
        }
        text("jwks_uri").map(str::to_owned).ok_or_else(|| format!("{url} names no `jwks_uri`"))
    }
}
