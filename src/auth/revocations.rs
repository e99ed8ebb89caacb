//! The tokens that are refused although they are good: those that were revoked (A8).
//!
//! The list is in memory and is replaced as a whole when the database has another one; who must know it at once (a
//! WebSocket, an event stream) waits for the change.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::time::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use super::Session;

/// What one revocation takes away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The token with this id, of this issuer or of any.
    Token {
        /// The token's `jti`.
        jti: String,
        /// The token's `iss`; none means every issuer.
        issuer: Option<String>,
    },
    /// Every token of this subject that was issued before this time, or whose time of issue is not known.
    Subject {
        /// The subject.
        subject: String,
        /// The time before which its tokens are refused.
        issued_before: Timestamp,
        /// The partner whose tokens alone are meant; none means the tokens of every side.
        partner: Option<Uuid>,
    },
}

/// The revocations that a server knows; clones share them.
#[derive(Clone, Debug)]
pub struct Revocations(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    list: RwLock<List>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct List {
    /// By `jti`, with the issuer of each.
    tokens: HashMap<String, Vec<Option<String>>>,
    /// By subject, with the time and partner of each.
    subjects: HashMap<String, Vec<(i64, Option<Uuid>)>>,
}

impl Default for Revocations {
    fn default() -> Self {
        Self(Arc::new(Inner { list: RwLock::default(), changed: watch::Sender::new(()) }))
    }
}

impl Revocations {
    /// Takes over a list, in place of the one before, and wakes everybody whom it may concern.
    pub fn replace(&self, revocations: impl IntoIterator<Item = Revocation>) {
        let mut list = List::default();
        for revocation in revocations {
            match revocation {
                Revocation::Token { jti, issuer } => list.tokens.entry(jti).or_default().push(issuer),
                Revocation::Subject { subject, issued_before, partner } => {
                    list.subjects.entry(subject).or_default().push((issued_before.micros(), partner));
                }
            }
        }
        *self.0.list.write().unwrap_or_else(PoisonError::into_inner) = list;
        self.0.changed.send_replace(());
    }

    /// Whether the token of a session was revoked.
    #[must_use]
    pub fn cover(&self, session: &Session) -> bool {
        let list = self.0.list.read().unwrap_or_else(PoisonError::into_inner);
        let by_id = |jti: &str| {
            let issuers = list.tokens.get(jti)?;
            issuers.iter().any(|issuer| issuer.as_deref().is_none_or(|issuer| issuer == &*session.issuer)).then_some(())
        };
        let by_subject = || {
            let entries = list.subjects.get(&session.caller.subject)?;
            let covers = |(before, partner): &(i64, Option<Uuid>)| {
                let of_partner = partner.is_none_or(|partner| session.caller.partner_id() == Some(partner));
                of_partner && session.issued_at.is_none_or(|at| at < *before)
            };
            entries.iter().any(covers).then_some(())
        };
        session.jti.as_deref().and_then(by_id).or_else(by_subject).is_some()
    }

    /// Waits until the token of a session is revoked: for ever, where it never is.
    pub async fn revoked(&self, session: &Session) {
        let mut changes = self.0.changed.subscribe();
        loop {
            changes.mark_unchanged();
            if self.cover(session) {
                return;
            }
            if changes.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}
