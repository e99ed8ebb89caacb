//! Tokens that were checked a moment ago. The same one comes with every request of a client, and checking it costs more
//! than parsing the request.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Session;

/// How many tokens are kept.
const MOST: usize = 1_024;
/// The longest token that is kept, in bytes: together they take 2 MB at most.
const LONGEST: usize = 2_048;

/// Sessions by the tokens that they were made from.
#[derive(Default)]
pub(super) struct Known(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    sessions: HashMap<String, Session>,
    /// Counts how often everything was forgotten.
    generation: u64,
}

impl Known {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a token that was good, unless it has ended by now. Times are in seconds since the start of 1970.
    pub(super) fn session(&self, token: &str, now: u64) -> Option<Session> {
        self.kept().sessions.get(token).filter(|session| session.is_good_at(now)).cloned()
    }

    /// To be asked before a token is checked whose session is kept afterwards.
    pub(super) fn generation(&self) -> u64 {
        self.kept().generation
    }

    /// Keeps the session of a good token, unless everything was forgotten since it began to be checked.
    pub(super) fn keep(&self, token: &str, session: &Session, now: u64, generation: u64) {
        if token.len() > LONGEST {
            return;
        }
        let mut kept = self.kept();
        if kept.generation != generation {
            return;
        }
        if kept.sessions.len() >= MOST {
            kept.sessions.retain(|_, session| session.is_good_at(now));
        }
        if kept.sessions.len() >= MOST {
            kept.sessions.clear();
        }
        kept.sessions.insert(token.to_owned(), session.clone());
    }

    /// Forgets every session: the keys that they were checked with are not all good any more.
    pub(super) fn forget(&self) {
        let mut kept = self.kept();
        kept.sessions.clear();
        kept.generation += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::session_until;

    #[test]
    fn a_known_token_is_good_until_it_ends() {
        let known = Known::default();
        known.keep("token", &session_until(1_000), 900, 0);
        assert!(known.session("token", 1_030).is_some());
        assert!(known.session("token", 1_031).is_none());
        assert!(known.session("another", 1_000).is_none());
    }

    #[test]
    fn only_so_many_tokens_are_kept() {
        let known = Known::default();
        for number in 0..=MOST {
            known.keep(&number.to_string(), &session_until(1_000), 900, 0);
        }
        assert!(known.session(&MOST.to_string(), 900).is_some());
        assert!(known.kept().sessions.len() <= MOST);
        known.keep(&"t".repeat(LONGEST + 1), &session_until(1_000), 900, 0);
        assert!(known.session(&"t".repeat(LONGEST + 1), 900).is_none());
    }

    #[test]
    fn what_was_checked_with_keys_of_before_is_not_kept() {
        let known = Known::default();
        let generation = known.generation();
        known.keep("token", &session_until(1_000), 900, generation);
        known.forget();
        assert!(known.session("token", 900).is_none());
        known.keep("token", &session_until(1_000), 900, generation);
        assert!(known.session("token", 900).is_none());
    }
}
