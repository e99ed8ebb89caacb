//! One issuer, with its keys as they are now.

use std::{borrow::Cow, sync::Arc};

use super::{
    key::{Key, fitting},
    refusal::{Reason, Refusal},
    remote::Remote,
    token::{Token, shown},
};
use crate::{
    clock::Clock,
    config::identity::{Issuer, KeySource, SigningAlgorithm},
};

/// An issuer and its keys.
pub(super) struct Ring {
    pub(super) issuer: Issuer,
    /// The `iss` that its sessions share.
    pub(super) name: Arc<str>,
    keys: Keys,
}

enum Keys {
    Fixed(Vec<Key>),
    Remote(Box<Remote>),
}

impl Ring {
    /// The keys of an issuer; published ones are not fetched yet.
    pub(super) fn new(issuer: &Issuer, clock: &Clock) -> Self {
        let keys = match &issuer.keys {
            KeySource::Secrets(secrets) => Keys::Fixed(secrets.iter().filter_map(Key::of_secret).collect()),
            KeySource::PublicKeys(files) => {
                Keys::Fixed(files.iter().map(|file| Key::of_file(file, &issuer.algorithms)).collect())
            }
            KeySource::Jwks(_) | KeySource::Discovery => Keys::Remote(Box::new(Remote::new(issuer, clock.clone()))),
        };
        Self { name: issuer.issuer.as_str().into(), issuer: issuer.clone(), keys }
    }

    /// The published keys, where they are published.
    pub(super) fn remote(&self) -> Option<&Remote> {
        match &self.keys {
            Keys::Fixed(_) => None,
            Keys::Remote(remote) => Some(remote),
        }
    }

    /// Whether there are keys to check tokens with.
    pub(super) fn is_open(&self) -> bool {
        self.remote().is_none_or(|remote| remote.keys().is_some())
    }

    /// Every reason to refuse the token that its signature gives.
    pub(super) fn judge_signature(&self, text: &str, token: &Token) -> Vec<Refusal> {
        let kid = match token.kid() {
            Ok(kid) => kid,
            Err(refusal) => return vec![refusal],
        };
        let named = token.header_text("alg").unwrap_or_default();
        let algorithm = self.issuer.algorithms.iter().copied().find(|algorithm| algorithm.as_str() == named);
        let Some(algorithm) = algorithm else {
            let allowed: Vec<&str> = self.issuer.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
            let detail = format!("It is signed by {:?}; here it must be {}.", shown(named), allowed.join(" or "));
            return vec![Refusal::new(Reason::Algorithm, detail)];
        };
        let Some(keys) = self.keys() else {
            let detail = "The keys of its issuer could not be fetched, or are too old; see the server's log.";
            return vec![Refusal::new(Reason::KeysUnavailable, detail)];
        };
        let fitting = fitting(&keys, kid, algorithm);
        if fitting.is_empty() {
            let detail = match kid {
                Some(kid) => format!("No key for {} has its `kid`, {:?}.", algorithm.as_str(), shown(kid)),
                None => format!("It names no `kid`, and not exactly one key is for {}.", algorithm.as_str()),
            };
            return vec![Refusal::new(Reason::UnknownKey, detail)];
        }
        if fitting.iter().any(|key| has_signed(key, text, algorithm)) {
            return Vec::new();
        }
        vec![Refusal::new(Reason::Signature, "Its signature is invalid: another key signed it, or it was changed.")]
    }

    fn keys(&self) -> Option<Cow<'_, [Key]>> {
        match &self.keys {
            Keys::Fixed(keys) => Some(Cow::Borrowed(keys)),
            Keys::Remote(remote) => remote.keys().map(|keys| Cow::Owned(keys.to_vec())),
        }
    }
}

fn has_signed(key: &Key, text: &str, algorithm: SigningAlgorithm) -> bool {
    key.has_signed(text, algorithm)
}
