//! The keys that tokens are checked with, and which of them fits a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Map, Value};

use crate::config::identity::{NamedSecret, PublicKey, PublicKeyKind, SigningAlgorithm};

/// The most keys of a set that are looked at.
const MOST_KEYS: usize = 100;
/// The shortest modulus of RSA that is accepted, in bytes.
const SHORTEST_MODULUS: usize = 256;

/// A key, with the algorithms that a token may be signed with by it.
#[derive(Clone)]
pub(super) struct Key {
    kid: Option<String>,
    algorithms: Vec<SigningAlgorithm>,
    decoding: DecodingKey,
}

impl Key {
    /// The key of a secret.
    pub(super) fn of_secret(secret: &NamedSecret) -> Option<Self> {
        let decoding = DecodingKey::from_secret(secret.secret.as_bytes()).ok()?;
        Some(Self { kid: secret.kid.clone(), algorithms: vec![SigningAlgorithm::Hs256], decoding })
    }

    /// The key of a PEM file, for those of its algorithms that are allowed.
    pub(super) fn of_file(key: &PublicKey, allowed: &[SigningAlgorithm]) -> Self {
        let (algorithms, decoding) = match key.kind {
            PublicKeyKind::Rsa => {
                (vec![SigningAlgorithm::Rs256, SigningAlgorithm::Ps256], DecodingKey::from_rsa_der(&key.der))
            }
            PublicKeyKind::P256 => (vec![SigningAlgorithm::Es256], DecodingKey::from_ec_der(&key.der)),
            PublicKeyKind::Ed25519 => (vec![SigningAlgorithm::EdDsa], DecodingKey::from_ed_der(&key.der)),
        };
        Self { kid: key.kid.clone(), algorithms: only(algorithms, allowed), decoding }
    }

    /// The usable keys of a JWK set; keys for encryption, of other kinds, or too short are left out.
    ///
    /// # Errors
    /// A sentence, when it is not a set or has no usable key.
    pub(super) fn of_set(set: &Map<String, Value>, allowed: &[SigningAlgorithm]) -> Result<Vec<Self>, String> {
        let Some(Value::Array(keys)) = set.get("keys") else {
            return Err("the JWK set has no list `keys`".to_owned());
        };
        if keys.len() > MOST_KEYS {
            return Err(format!("the JWK set has {} keys; {MOST_KEYS} are read at most", keys.len()));
        }
        let usable: Vec<Self> = keys.iter().filter_map(|key| Self::of_jwk(key, allowed)).collect();
        if usable.is_empty() {
            return Err(format!("none of the {} keys of the JWK set can be used to check tokens here", keys.len()));
        }
        Ok(usable)
    }

    fn of_jwk(jwk: &Value, allowed: &[SigningAlgorithm]) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let number = |name: &str| text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        let signs = text("use").is_none_or(|purpose| purpose == "sig") && jwk.get("use").is_none_or(Value::is_string);
        let verifies = match jwk.get("key_ops") {
            None => true,
            Some(Value::Array(operations)) => operations.iter().any(|operation| operation == "verify"),
            Some(_) => false,
        };
        if !signs || !verifies {
            return None;
        }
        let (algorithms, decoding) = match (text("kty")?, text("crv")) {
            ("RSA", _) => {
                let (n, e) = (number("n")?, number("e")?);
                let significant = n.iter().skip_while(|byte| **byte == 0).count();
                let decoding = (significant >= SHORTEST_MODULUS && !e.is_empty())
                    .then(|| DecodingKey::from_rsa_raw_components(&n, &e))?;
                (vec![SigningAlgorithm::Rs256, SigningAlgorithm::Ps256], decoding)
            }
            ("EC", Some("P-256")) => {
                let (x, y) = (number("x")?, number("y")?);
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                (x.len() == 32 && y.len() == 32)
                    .then(|| (vec![SigningAlgorithm::Es256], DecodingKey::from_ec_der(&point)))?
            }
            ("OKP", Some("Ed25519")) => {
                let x = number("x")?;
                (x.len() == 32).then(|| (vec![SigningAlgorithm::EdDsa], DecodingKey::from_ed_der(&x)))?
            }
            _ => return None,
        };
        // Where the key names its algorithm it is good for no other. Entra ID's keys name none.
        let algorithms = match jwk.get("alg") {
            None => algorithms,
            Some(named) => algorithms.into_iter().filter(|algorithm| named == algorithm.as_str()).collect(),
        };
        let algorithms = only(algorithms, allowed);
        (!algorithms.is_empty()).then(|| Self { kid: text("kid").map(str::to_owned), algorithms, decoding })
    }

    /// Whether the token was signed by this key, with this algorithm: never one that the token alone chooses. Only the
    /// signature is judged; the claims are for [`super::registered`].
    pub(super) fn has_signed(&self, token: &str, algorithm: SigningAlgorithm) -> bool {
        if !self.algorithms.contains(&algorithm) {
            return false;
        }
        let mut validation = Validation::new(match algorithm {
            SigningAlgorithm::Hs256 => Algorithm::HS256,
            SigningAlgorithm::Rs256 => Algorithm::RS256,
            SigningAlgorithm::Ps256 => Algorithm::PS256,
            SigningAlgorithm::Es256 => Algorithm::ES256,
            SigningAlgorithm::EdDsa => Algorithm::EdDSA,
        });
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Map<String, Value>>(token, &self.decoding, &validation).is_ok()
    }

    /// Whether two keys are the same.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.kid == other.kid && self.algorithms == other.algorithms && same(&self.decoding, &other.decoding)
    }
}

fn same(one: &DecodingKey, other: &DecodingKey) -> bool {
    use jsonwebtoken::DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
    match (one.kind(), other.kind()) {
        (SecretOrDer(one), SecretOrDer(other)) => one == other,
        (RsaModulusExponent { n, e }, RsaModulusExponent { n: other_n, e: other_e }) => n == other_n && e == other_e,
        _ => false,
    }
}

fn only(algorithms: Vec<SigningAlgorithm>, allowed: &[SigningAlgorithm]) -> Vec<SigningAlgorithm> {
    algorithms.into_iter().filter(|algorithm| allowed.contains(algorithm)).collect()
}

/// The keys that may have signed a token of this `kid` and algorithm; none where the `kid` is unknown, or where the token
/// names none and more than one public key would fit.
pub(super) fn fitting<'k>(keys: &'k [Key], kid: Option<&str>, algorithm: SigningAlgorithm) -> Vec<&'k Key> {
    let fits = |key: &&Key| key.algorithms.contains(&algorithm);
    let all: Vec<&Key> = keys.iter().filter(fits).collect();
    let of_secrets = algorithm == SigningAlgorithm::Hs256;
    let Some(kid) = kid else {
        return if of_secrets || all.len() == 1 { all } else { Vec::new() };
    };
    let named: Vec<&Key> = all.iter().copied().filter(|key| key.kid.as_deref() == Some(kid)).collect();
    if !named.is_empty() {
        return named;
    }
    // A key without a `kid` of its own, and a single secret, are the only ones that can be meant.
    match all.as_slice() {
        [only] if of_secrets || only.kid.is_none() => all,
        _ => Vec::new(),
    }
}
