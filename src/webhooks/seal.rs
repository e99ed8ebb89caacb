//! Encryption of secrets at rest, with a key that is not in the database, if the operator configures one.
//!
//! Servers need a secret to sign every message, so it cannot be hashed. Encrypted, it is useless to those who have only
//! the database or a backup. AES-256-GCM, bound to the endpoint: one that is copied to another row does not open.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Secret;
use crate::ids;

/// A secret as it is kept: text.
pub type Sealed = String;

/// How a secret begins that was kept without a key, and one that was sealed.
const PLAIN: &str = "plain:";
const SEALED: &str = "a256gcm:";

/// Seals with the first of its keys, and opens with any: so keys can be replaced. Without a key it leaves secrets as they are.
#[derive(Default)]
pub struct Sealer {
    keys: Vec<[u8; 32]>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("keys", &self.keys.len()).finish()
    }
}

impl Sealer {
    /// With these keys, texts of any length.
    #[must_use]
    pub fn new<'a>(keys: impl Iterator<Item = &'a [u8]>) -> Self {
        Self { keys: keys.map(|key| Sha256::digest(key).into()).collect() }
    }

    /// Seals the secret of an endpoint; `None` if the machine fails to.
    #[must_use]
    pub fn seal(&self, endpoint: Uuid, secret: &Secret) -> Option<Sealed> {
        let bytes = secret.to_bytes();
        let Some(key) = self.keys.first() else { return Some(format!("{PLAIN}{}", STANDARD.encode(bytes))) };
        let sealed = sealed(key, endpoint, bytes).ok()?;
        Some(format!("{SEALED}{}", STANDARD.encode(sealed)))
    }

    /// Opens it; `None` if no key does.
    #[must_use]
    pub fn open(&self, endpoint: Uuid, sealed: &str) -> Option<Secret> {
        if let Some(plain) = sealed.strip_prefix(PLAIN) {
            return Secret::from_bytes(&STANDARD.decode(plain).ok()?);
        }
        let sealed = STANDARD.decode(sealed.strip_prefix(SEALED)?).ok()?;
        let bytes = self.keys.iter().find_map(|key| opened(key, endpoint, &sealed).ok())?;
        Secret::from_bytes(&bytes)
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Unspecified> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?))
}

/// A random nonce and what it seals.
fn sealed(key: &[u8; 32], endpoint: Uuid, mut bytes: Vec<u8>) -> Result<Vec<u8>, Unspecified> {
    let nonce: [u8; NONCE_LEN] = ids::secret();
    let about = Aad::from(endpoint.into_bytes());
    cipher(key)?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), about, &mut bytes)?;
    Ok([nonce.as_slice(), &bytes].concat())
}

fn opened(key: &[u8; 32], endpoint: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(Unspecified)?;
    let mut rest = rest.to_vec();
    let about = Aad::from(endpoint.into_bytes());
    let bytes = cipher(key)?.open_in_place(Nonce::try_assume_unique_for_key(nonce)?, about, &mut rest)?;
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(keys: &[&str]) -> Sealer {
        Sealer::new(keys.iter().map(|key| key.as_bytes()))
    }

    #[test]
    fn a_sealed_secret_opens_with_its_key_for_its_endpoint_only() {
        // W2
        let (secret, id) = (Secret::generate(), Uuid::from_u128(7));
        let sealed = sealer(&["one"]).seal(id, &secret).unwrap();
        assert!(!sealed.contains(&STANDARD.encode(secret.to_bytes())[..20]));
        assert_eq!(sealer(&["one"]).open(id, &sealed), Some(secret.clone()));
        assert_eq!(sealer(&["two", "one"]).open(id, &sealed), Some(secret.clone()), "a key that was replaced");
        assert_eq!(sealer(&["two"]).open(id, &sealed), None);
        assert_eq!(sealer(&[]).open(id, &sealed), None);
        assert_eq!(sealer(&["one"]).open(Uuid::from_u128(8), &sealed), None);
        assert_ne!(sealer(&["one"]).seal(id, &secret).unwrap(), sealed);
        for broken in ["", "a256gcm:", "a256gcm:AAAA", "plain:AAAA", "other:AAAA"] {
            assert_eq!(sealer(&["one"]).open(id, broken), None, "{broken}");
        }
    }

    #[test]
    fn without_a_key_secrets_are_kept_as_they_are() {
        let (secret, id) = (Secret::generate(), Uuid::from_u128(7));
        let kept = sealer(&[]).seal(id, &secret).unwrap();
        assert_eq!(sealer(&["later"]).open(id, &kept), Some(secret));
    }
}
