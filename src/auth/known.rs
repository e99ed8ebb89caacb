//! Tokens that were checked a moment ago. The same one comes with every request of a client, and checking it costs as much as
//! answering a small request.
//!
//! Sessions are kept in two halves, by the digests of their tokens. When the newer half is full it becomes the older one, and
//! what was in the older one is forgotten unless it was asked for meanwhile: however many clients there are, most requests
//! of those that come often find their session.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::Session;

/// How many sessions are kept in each half. One takes some 500 bytes, so all take some 8 MB.
const HALF: usize = 8_192;

type Digest = [u8; 32];

/// Sessions by the tokens that they were made from.
#[derive(Default)]
pub(super) struct Known(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    newer: HashMap<Digest, Session>,
    older: HashMap<Digest, Session>,
    /// Counts how often everything was forgotten.
    generation: u64,
}

impl Kept {
    fn keep(&mut self, digest: Digest, session: Session) {
        if self.newer.len() >= HALF {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(digest, session);
    }
}

/// What a token is known by. Only a good token's digest is ever kept, and nobody can make another token with the same one.
fn digest(token: &str) -> Digest {
    Sha256::digest(token).into()
}

impl Known {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a token that was good, unless it has ended by now. Times are in seconds since the start of 1970.
    pub(super) fn session(&self, token: &str, now: u64) -> Option<Session> {
        let digest = digest(token);
        let mut kept = self.kept();
        if let Some(session) = kept.newer.get(&digest) {
            return session.is_good_at(now).then(|| session.clone());
        }
        let session = kept.older.remove(&digest).filter(|session| session.is_good_at(now))?;
        kept.keep(digest, session.clone());
        drop(kept);
        Some(session)
    }

    /// To be asked before a token is checked whose session is kept afterwards.
    pub(super) fn generation(&self) -> u64 {
        self.kept().generation
    }

    /// Keeps the session of a good token, unless everything was forgotten since it began to be checked.
    pub(super) fn keep(&self, token: &str, session: &Session, generation: u64) {
        let digest = digest(token);
        let mut kept = self.kept();
        if kept.generation == generation {
            kept.keep(digest, session.clone());
        }
    }

    /// Forgets every session: the keys that they were checked with are not all good any more.
    pub(super) fn forget(&self) {
        let mut kept = self.kept();
        *kept = Kept { generation: kept.generation + 1, ..Kept::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::session_until;

    #[test]
    fn a_known_token_is_good_until_it_ends() {
        let known = Known::default();
        known.keep("token", &session_until(1_000), 0);
        assert!(known.session("token", 1_030).is_some());
        assert!(known.session("token", 1_031).is_none());
        assert!(known.session("another", 1_000).is_none());
    }

    #[test]
    fn only_so_many_tokens_are_kept() {
        let (known, session) = (Known::default(), session_until(1_000));
        for number in 0..3 * HALF {
            known.keep(&number.to_string(), &session, 0);
        }
        assert!(known.session("0", 900).is_none());
        let kept = known.kept();
        assert!(kept.newer.len() + kept.older.len() <= 2 * HALF);
    }

    #[test]
    fn a_token_that_comes_often_stays_known() {
        let (known, session) = (Known::default(), session_until(1_000));
        known.keep("often", &session, 0);
        for number in 0..3 * HALF {
            known.keep(&number.to_string(), &session, 0);
            if number % (HALF / 2) == 0 {
                assert!(known.session("often", 900).is_some());
            }
        }
    }

    #[test]
    fn what_was_checked_with_keys_of_before_is_not_kept() {
        let known = Known::default();
        let generation = known.generation();
        known.keep("token", &session_until(1_000), generation);
        known.forget();
        assert!(known.session("token", 900).is_none());
        known.keep("token", &session_until(1_000), generation);
        assert!(known.session("token", 900).is_none());
    }
}
