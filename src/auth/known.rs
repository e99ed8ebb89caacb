//! Tokens that were checked a moment ago. The same one comes with every request of a client, and checking it costs more
//! than parsing the request.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::Session;

/// How many tokens are kept.
const MOST: usize = 1_024;
/// The longest token that is kept, in bytes: together they take 2 MB at most.
const LONGEST: usize = 2_048;

/// Sessions by the tokens that they were made from.
#[derive(Default)]
pub(super) struct Known(Mutex<HashMap<String, Session>>);

impl Known {
    /// The session of a token that was good, unless it has ended by now. Times are in seconds since the start of 1970.
    pub(super) fn session(&self, token: &str, now: u64) -> Option<Session> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(token).filter(|session| session.is_good_at(now)).cloned()
    }

    /// Keeps the session of a good token.
    pub(super) fn keep(&self, token: &str, session: &Session, now: u64) {
        if token.len() > LONGEST {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, session| session.is_good_at(now));
        }
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(token.to_owned(), session.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::tests::session_until;

    #[test]
    fn a_known_token_is_good_until_it_ends() {
        let known = Known::default();
        known.keep("token", &session_until(1_000), 900);
        assert!(known.session("token", 1_030).is_some());
        assert!(known.session("token", 1_031).is_none());
        assert!(known.session("another", 1_000).is_none());
    }

    #[test]
    fn only_so_many_tokens_are_kept() {
        let known = Known::default();
        for number in 0..=MOST {
            known.keep(&number.to_string(), &session_until(1_000), 900);
        }
        assert!(known.session(&MOST.to_string(), 900).is_some());
        assert!(known.0.lock().unwrap().len() <= MOST);
        known.keep(&"t".repeat(LONGEST + 1), &session_until(1_000), 900);
        assert!(known.session(&"t".repeat(LONGEST + 1), 900).is_none());
    }
}
