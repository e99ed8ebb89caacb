//! Signed addresses of documents (P2): the holder may read one document for five minutes, with one disposition, and nothing else.
//!
//! A token is the time of its end, the disposition and a mark of its maker, signed together with the document's id. Nothing
//! about it is stored, so every server with the same keys accepts it.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{history::hex, time::Timestamp};
use uuid::Uuid;

use crate::ids;

/// How long an address is valid, in seconds of real time (P2).
pub const VALID_FOR: i64 = 300;

/// What each kind of text begins with before it is signed, so that no signature is one of another kind.
const TOKEN: &[u8] = b"cpor document address 1\0";
const KEY: &[u8] = b"cpor document key 1\0";
const MAKER: &[u8] = b"cpor document maker 1\0";

/// The bytes of a token before its signature: the end, the disposition, the mark of its maker.
const PAYLOAD: usize = 8 + 1 + MARK;
/// How many bytes of a mark are kept: enough to distinguish callers.
const MARK: usize = 8;

/// What a browser does with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It saves the document.
    Attachment,
    /// It shows the document, where that is a PDF or an image.
    Inline,
}

/// What a valid token allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// In which way the document may be read.
    pub disposition: Disposition,
    /// A mark of the caller who asked for the address, for counting. It does not reveal who that is.
    pub maker: String,
}

/// Signs addresses with the first of its keys, and accepts those of all of them.
pub struct Addresses {
    keys: Vec<hmac::Key>,
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses").field("keys", &self.keys.len()).finish()
    }
}

impl Default for Addresses {
    /// With a key that no other process has.
    fn default() -> Self {
        Self::new(&ids::secret::<32>(), std::iter::empty())
    }
}

impl Addresses {
    /// With one key for each of these secrets, all of which are made with `stored`, the key in the database; with a key of
    /// `stored` alone where there is no secret.
    #[must_use]
    pub fn new<'a>(stored: &[u8], secrets: impl Iterator<Item = &'a [u8]>) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, stored);
        let key =
            |secret: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, &[KEY, secret].concat()).as_ref());
        let mut keys: Vec<hmac::Key> = secrets.map(key).collect();
        if keys.is_empty() {
            keys.push(key(&[]));
        }
        Self { keys }
    }

    /// A token that opens this document until `VALID_FOR` seconds after `now`.
    #[must_use]
    pub fn sign(&self, document: Uuid, disposition: Disposition, maker: &str, now: Timestamp) -> String {
        let Some(key) = self.keys.first() else { return String::new() };
        let mut payload = Vec::with_capacity(PAYLOAD);
        payload.extend(seconds(now).saturating_add(VALID_FOR).to_be_bytes());
        payload.push(u8::from(disposition == Disposition::Inline));
        payload.extend(&hmac::sign(key, &[MAKER, maker.as_bytes()].concat()).as_ref()[..MARK]);
        let signature = hmac::sign(key, &signed(document, &payload));
        URL_SAFE_NO_PAD.encode([&payload, signature.as_ref()].concat())
    }

    /// What the token allows; nothing where it is forged, expired or another document's.
    #[must_use]
    pub fn open(&self, document: Uuid, token: &str, now: Timestamp) -> Option<Opened> {
        let token = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (payload, signature) = token.split_at_checked(PAYLOAD)?;
        let signed = signed(document, payload);
        if !self.keys.iter().any(|key| hmac::verify(key, &signed, signature).is_ok()) {
            return None;
        }
        let (end, rest) = payload.split_at_checked(8)?;
        let (disposition, maker) = rest.split_first()?;
        let end = i64::from_be_bytes(end.try_into().ok()?);
        let disposition = if *disposition == 1 { Disposition::Inline } else { Disposition::Attachment };
        (seconds(now) < end).then(|| Opened { disposition, maker: hex(maker) })
    }
}

fn signed(document: Uuid, payload: &[u8]) -> Vec<u8> {
    [TOKEN, document.as_bytes(), payload].concat()
}

const fn seconds(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: Uuid = Uuid::from_u128(7);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros((1_800_000_000 + seconds) * 1_000_000).unwrap()
    }

    fn with(secrets: &[&str]) -> Addresses {
        Addresses::new(&[1; 32], secrets.iter().map(|secret| secret.as_bytes()))
    }

    #[test]
    fn a_token_opens_its_document_for_five_minutes() {
        // P2
        let addresses = with(&["one"]);
        for disposition in [Disposition::Attachment, Disposition::Inline] {
            let token = addresses.sign(DOCUMENT, disposition, "ann", at(0));
            let opened = addresses.open(DOCUMENT, &token, at(299)).unwrap();
            assert_eq!(opened.disposition, disposition);
            assert!(!opened.maker.contains("ann"));
            assert_eq!(addresses.open(DOCUMENT, &token, at(300)), None, "expired");
            assert_eq!(addresses.open(Uuid::from_u128(8), &token, at(0)), None, "another document");
        }
        let maker = |name: &str| {
            let token = addresses.sign(DOCUMENT, Disposition::Inline, name, at(0));
            addresses.open(DOCUMENT, &token, at(0)).unwrap().maker
        };
        assert_eq!(maker("ann"), maker("ann"));
        assert_ne!(maker("ann"), maker("bea"));
    }

    #[test]
    fn a_token_that_was_changed_opens_nothing() {
        // P2
        let addresses = with(&[]);
        let token = addresses.sign(DOCUMENT, Disposition::Attachment, "ann", at(0));
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 1;
            assert_eq!(addresses.open(DOCUMENT, &URL_SAFE_NO_PAD.encode(changed), at(0)), None, "{place}");
        }
        for other in ["", "AAAA", "not base64!", &token[..token.len() - 1], &format!("{token}A")] {
            assert_eq!(addresses.open(DOCUMENT, other, at(0)), None, "{other}");
        }
    }

    #[test]
    fn servers_with_the_same_keys_accept_each_others_tokens() {
        // P2
        let token = with(&["one"]).sign(DOCUMENT, Disposition::Inline, "ann", at(0));
        assert!(with(&["one"]).open(DOCUMENT, &token, at(0)).is_some());
        assert!(with(&["two", "one"]).open(DOCUMENT, &token, at(0)).is_some(), "a secret that was replaced");
        assert!(with(&["two"]).open(DOCUMENT, &token, at(0)).is_none());
        assert!(with(&[]).open(DOCUMENT, &token, at(0)).is_none());
        let elsewhere = Addresses::new(&[2; 32], std::iter::once("one".as_bytes()));
        assert!(elsewhere.open(DOCUMENT, &token, at(0)).is_none(), "another installation");
        assert!(Addresses::default().open(DOCUMENT, &token, at(0)).is_none());
    }
}
