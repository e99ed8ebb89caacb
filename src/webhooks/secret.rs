//! An endpoint's secret, and the signatures that it makes (W2), by Standard Webhooks 1.0.0.

use std::fmt;

use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::ids;

/// The length of either part, in bytes.
const LENGTH: usize = 32;

/// The secret of an endpoint: the shared key of its `v1` signatures, and the seed of the key pair of its `v1a` signatures, which
/// never leaves the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    shared: [u8; LENGTH],
    seed: [u8; LENGTH],
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self { shared: ids::secret(), seed: ids::secret() }
    }

    /// Its bytes, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.shared, self.seed].concat()
    }

    /// The secret of these bytes; nothing for any others.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (shared, seed) = bytes.split_at_checked(LENGTH)?;
        Some(Self { shared: shared.try_into().ok()?, seed: seed.try_into().ok()? })
    }

    /// The shared key, as it is shown to the endpoint's owner once.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.shared))
    }

    /// The public key of `v1a` signatures.
    #[must_use]
    pub fn public_key(&self) -> Option<String> {
        Some(format!("whpk_{}", STANDARD.encode(self.pair()?.public_key())))
    }

    fn pair(&self) -> Option<Ed25519KeyPair> {
        // Every seed of this length is one.
        Ed25519KeyPair::from_seed_unchecked(&self.seed).ok()
    }
}

/// What signs the messages of an endpoint: its secret, and for a day after a rotation the one before (W2).
#[derive(Clone, Debug)]
pub struct Signer {
    /// The secrets, the newest first.
    pub secrets: Vec<Secret>,
    /// Whether `v1a` signatures are made too.
    pub asymmetric: bool,
}

impl Signer {
    /// The value of `webhook-signature` for a message of this id at this second.
    #[must_use]
    pub fn signature(&self, id: &str, second: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{second}.").as_bytes(), body].concat();
        let mut signatures: Vec<String> = Vec::new();
        for secret in &self.secrets {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.shared);
            signatures.push(format!("v1,{}", STANDARD.encode(hmac::sign(&key, &signed))));
        }
        for pair in self.secrets.iter().filter(|_| self.asymmetric).filter_map(Secret::pair) {
            signatures.push(format!("v1a,{}", STANDARD.encode(pair.sign(&signed))));
        }
        signatures.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification() {
        // W2: the example of the libraries of Standard Webhooks.
        let shared = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &shared);
        let signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        assert_eq!(STANDARD.encode(hmac::sign(&key, signed)), "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_sign_and_the_public_key_checks() {
        // W2
        let (new, old) = (Secret::generate(), Secret::generate());
        assert_ne!(new, old);
        assert_eq!(Secret::from_bytes(&new.to_bytes()), Some(new.clone()));
        assert!(!format!("{new:?}").contains(&new.shown()));
        let signer = Signer { secrets: vec![new.clone(), old.clone()], asymmetric: true };
        let all = signer.signature("msg_1", 7, b"{}");
        let parts: Vec<&str> = all.split(' ').collect();
        assert_eq!(
            parts.iter().map(|part| part.split(',').next().unwrap()).collect::<Vec<_>>(),
            ["v1", "v1", "v1a", "v1a"]
        );
        let public = new.public_key().unwrap();
        let public = STANDARD.decode(public.strip_prefix("whpk_").unwrap()).unwrap();
        let signature = STANDARD.decode(parts[2].strip_prefix("v1a,").unwrap()).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(b"msg_1.7.{}", &signature).unwrap();
        let alone = Signer { secrets: vec![new], asymmetric: false };
        assert_eq!(alone.signature("msg_1", 7, b"{}"), parts[0]);
    }
}
