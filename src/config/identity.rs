//! Whose tokens are accepted, and what their claims mean here (A7).
//!
//! An [`Identity`] is valid once it exists: every issuer has one source of keys, at least one audience and algorithms that
//! fit its keys, and no two issuers share a name in `iss`. It holds no key that was not configured: keys that an issuer
//! publishes are fetched by `auth`.

mod file;
mod mapping;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, path::Path};

pub use mapping::{Mapping, Pointer, Preset, Table};

use super::{ConfigError, Secret};

/// The issuers whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct Identity {
    issuers: Vec<Issuer>,
}

/// One issuer of tokens.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// What the log and `cpor token explain` call it.
    pub name: String,
    /// The `iss` of its tokens, compared byte by byte.
    pub issuer: String,
    /// The audiences, one of which a token must name.
    pub audiences: Vec<String>,
    /// Where its keys come from.
    pub keys: KeySource,
    /// The algorithms that its tokens may be signed with.
    pub algorithms: Vec<SigningAlgorithm>,
    /// What its claims mean here.
    pub mapping: Mapping,
    /// Whether only tokens of the type `at+jwt` are accepted (RFC 9068).
    pub require_at_jwt: bool,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// Secrets that this server shares with the issuer; the first one signs.
    Secrets(Vec<NamedSecret>),
    /// Public keys from files.
    PublicKeys(Vec<PublicKey>),
    /// A JWK set at this address.
    Jwks(String),
    /// A JWK set at the address that the issuer's `OpenID` configuration names.
    Discovery,
}

/// A secret, and the `kid` that a token names it by.
#[derive(Clone, Debug)]
pub struct NamedSecret {
    /// The key id; without one, tokens of any `kid` are checked against the secret.
    pub kid: Option<String>,
    /// The secret, at least 32 bytes.
    pub secret: Secret,
}

/// A public key in PEM, and the `kid` that a token names it by.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The key id; without one, tokens of any `kid` are checked against the key.
    pub kid: Option<String>,
    /// What kind of key it is.
    pub kind: PublicKeyKind,
    /// The key as DER (`SubjectPublicKeyInfo`).
    pub der: Vec<u8>,
}

/// The kinds of public keys that are supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicKeyKind {
    /// RSA, for RS256 and PS256.
    Rsa,
    /// The elliptic curve P-256, for ES256.
    P256,
    /// Ed25519, for `EdDSA`.
    Ed25519,
}

/// The algorithms that tokens may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
pub enum SigningAlgorithm {
    /// HMAC with SHA-256, with secrets only.
    #[serde(rename = "HS256")]
    Hs256,
    /// RSA, PKCS #1 v1.5, with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// `EdDSA` on Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl SigningAlgorithm {
    /// Every algorithm of public keys.
    pub const PUBLIC: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// Its name in a token's `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl KeySource {
    /// Whether the keys are fetched from the issuer.
    #[must_use]
    pub const fn is_remote(&self) -> bool {
        matches!(self, Self::Jwks(_) | Self::Discovery)
    }

    /// The algorithms that fit the keys, used if the configuration names none.
    fn algorithms(&self) -> Vec<SigningAlgorithm> {
        match self {
            Self::Secrets(_) => vec![SigningAlgorithm::Hs256],
            Self::PublicKeys(_) | Self::Jwks(_) | Self::Discovery => SigningAlgorithm::PUBLIC.to_vec(),
        }
    }
}

impl Issuer {
    /// An issuer with the algorithms of its keys and the claims of its preset.
    #[must_use]
    pub fn new(issuer: String, audiences: Vec<String>, keys: KeySource, preset: Option<Preset>) -> Self {
        let (algorithms, mapping) = (keys.algorithms(), Mapping::of(preset, &audiences));
        Self { name: issuer.clone(), issuer, audiences, keys, algorithms, mapping, require_at_jwt: false }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |what: &str, remedy: &str| {
            Err(ConfigError::new(format!("The issuer {:?} {what}", self.name), remedy.to_owned()))
        };
        if self.issuer.trim().is_empty() {
            return wrong("has a blank `issuer`.", "Write the `iss` of its tokens, exactly as they have it.");
        }
        if self.audiences.is_empty() || self.audiences.iter().any(|audience| audience.trim().is_empty()) {
            return wrong("has no audience, or a blank one.", "Name the audience that its tokens for cpor have.");
        }
        let of_secrets = matches!(self.keys, KeySource::Secrets(_));
        if self.algorithms.is_empty()
            || self.algorithms.iter().any(|algorithm| (*algorithm == SigningAlgorithm::Hs256) != of_secrets)
        {
            let fitting: Vec<&str> = self.keys.algorithms().into_iter().map(SigningAlgorithm::as_str).collect();
            return wrong(
                "has algorithms that do not fit its keys.",
                &format!("Leave `algorithms` out, or name some of {}.", fitting.join(", ")),
            );
        }
        let address = match &self.keys {
            KeySource::Jwks(url) => Some(url),
            KeySource::Discovery => Some(&self.issuer),
            KeySource::Secrets(_) | KeySource::PublicKeys(_) => None,
        };
        match address {
            Some(url) if !is_trustworthy(url) => wrong(
                &format!("has keys at {url:?}, which is not an https address."),
                "Give an address that begins with https:// (http:// only on this machine's loopback address).",
            ),
            _ => Ok(()),
        }
    }
}

impl Identity {
    /// These issuers.
    ///
    /// # Errors
    /// [`ConfigError`] when there is none, two share an `iss`, or one is incomplete.
    pub fn of(issuers: Vec<Issuer>) -> Result<Self, ConfigError> {
        if issuers.is_empty() {
            return Err(ConfigError::new("There is no issuer.", "Add an `[[issuer]]` to the identity file."));
        }
        let (mut named, mut known) = (HashSet::new(), HashSet::new());
        for issuer in &issuers {
            issuer.check()?;
            if !known.insert(issuer.issuer.as_str()) || !named.insert(issuer.name.as_str()) {
                return Err(ConfigError::new(
                    format!("Two issuers are named {:?}.", issuer.name),
                    "Give every `[[issuer]]` an `issuer` and a `name` of its own; put several keys of one issuer into one entry.",
                ));
            }
        }
        Ok(Self { issuers })
    }

    /// One issuer whose tokens this secret signs, as by `--jwt-secret`.
    ///
    /// # Errors
    /// [`ConfigError`] when the secret is short, or issuer or audience are blank.
    pub fn of_secret(secret: Secret, issuer: &str, audience: &str) -> Result<Self, ConfigError> {
        let secrets = vec![NamedSecret { kid: None, secret: secret.long_enough()? }];
        Self::of(vec![Issuer::new(issuer.to_owned(), vec![audience.to_owned()], KeySource::Secrets(secrets), None)])
    }

    /// The issuers that a file describes.
    ///
    /// # Errors
    /// [`ConfigError`] when the file, or one that it names, cannot be read, or when its settings contradict each other.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        file::read(path)
    }

    /// The secrets of all issuers, in the order of the configuration.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.issuers
            .iter()
            .flat_map(|issuer| match &issuer.keys {
                KeySource::Secrets(secrets) => secrets.as_slice(),
                KeySource::PublicKeys(_) | KeySource::Jwks(_) | KeySource::Discovery => &[],
            })
            .map(|named| &named.secret)
    }

    /// The issuers, in the order of the configuration.
    #[must_use]
    pub fn issuers(&self) -> &[Issuer] {
        &self.issuers
    }
}

/// Whether keys from this address can be trusted: by TLS, or because they never leave this machine.
#[must_use]
pub fn is_trustworthy(url: &str) -> bool {
    let host_of = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
        (!authority.is_empty() && !authority.contains('@')).then_some(authority)
    };
    if let Some(rest) = url.strip_prefix("https://") {
        return host_of(rest).is_some();
    }
    let Some(authority) = url.strip_prefix("http://").and_then(host_of) else { return false };
    let host = if authority.starts_with('[') {
        authority.split_once(']').map_or(authority.as_str(), |(host, _)| host).trim_start_matches('[')
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}
