//! A bearer token becomes a caller (A5): one algorithm, fixed claims, no default role.

mod claims;
mod known;
#[cfg(test)]
mod tests;

use std::{sync::Once, time::Duration};

use claims::Claims;
pub use claims::Grant;
use domain::caller::Caller;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use known::Known;

use crate::{clock::Clock, config::Keys};

/// How far the clocks of issuer and server may be apart, in seconds.
const LEEWAY_SECONDS: u64 = 30;

/// Why a token is refused. Nothing more is told: whoever guesses tokens learns nothing from the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// The token is not one of ours, or not valid now.
    Unauthenticated,
    /// The token is good and gives its bearer no standing; the sentence says why (A5).
    Forbidden(&'static str),
}

/// A caller, for as long as the token is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who bears the token.
    pub caller: Caller,
    /// When the token ends, in seconds since the start of 1970.
    expires_at: u64,
}

impl Session {
    /// Whether the token is good at a time, in seconds since the start of 1970.
    const fn is_good_at(&self, now: u64) -> bool {
        now <= self.expires_at.saturating_add(LEEWAY_SECONDS)
    }

    /// How long the token is still good: nothing of the leeway, which is for clocks that differ and not for longer use.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        let now = u64::try_from(Clock::System.now().micros()).unwrap_or_default();
        Duration::from_micros(self.expires_at.saturating_mul(1_000_000).saturating_sub(now))
    }
}

/// Checks tokens, and signs them for development.
pub struct Authenticator {
    decoding: DecodingKey,
    encoding: EncodingKey,
    validation: Validation,
    issuer: String,
    audience: String,
    known: Known,
}

impl Authenticator {
    /// An authenticator for these keys.
    #[must_use]
    pub fn new(keys: &Keys) -> Self {
        install_crypto();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.set_issuer(&[&keys.issuer]);
        validation.set_audience(&[&keys.audience]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY_SECONDS;
        Self {
            decoding: DecodingKey::from_secret(keys.secret.as_bytes()),
            encoding: EncodingKey::from_secret(keys.secret.as_bytes()),
            validation,
            issuer: keys.issuer.clone(),
            audience: keys.audience.clone(),
            known: Known::default(),
        }
    }

    /// Who bears the token, and until when. Judged by real time, also where the sandbox clock runs ahead (T5).
    ///
    /// # Errors
    /// [`AuthError`].
    pub fn authenticate(&self, token: &str) -> Result<Session, AuthError> {
        let now = seconds();
        if let Some(session) = self.known.session(token, now) {
            return Ok(session);
        }
        let session = self.check(token)?;
        self.known.keep(token, &session, now);
        Ok(session)
    }

    fn check(&self, token: &str) -> Result<Session, AuthError> {
        claims::check_header(token)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| AuthError::Unauthenticated)?
            .claims;
        let expires_at = claims.expires_at();
        Ok(Session { caller: claims.into_caller()?, expires_at })
    }

    /// Signs a token for development; issuer and audience are this server's own.
    ///
    /// # Errors
    /// A sentence, when the token cannot be written.
    pub fn sign(&self, grant: &Grant) -> Result<String, String> {
        let claims = Claims::issued(grant, &self.issuer, &self.audience);
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|error| error.to_string())
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// The real time, in seconds since the start of 1970.
fn seconds() -> u64 {
    u64::try_from(Clock::System.now().micros() / 1_000_000).unwrap_or_default()
}

/// Names the provider of cryptography, since the library stops the process when a dependency switches a second one on.
fn install_crypto() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An `Err` only says that one is installed already.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    });
}
