//! Turns a bearer token into a caller (A5, A7): its issuer's keys, fixed algorithms, mapped claims, no default role.
//!
//! `token` parses it, `ring` verifies its signature with the issuer's keys (`remote` fetches published ones),
//! `registered` and `bearer` read its claims. A token is good if none of them has a reason to refuse it; the reasons
//! are for the log, never for the client.

mod bearer;
mod claims;
mod fetch;
mod key;
mod known;
mod refusal;
mod registered;
mod remote;
mod revocations;
mod ring;
#[cfg(test)]
mod tests;
mod token;

use std::{
    future::Future,
    sync::{Arc, Once},
    time::Duration,
};

use bearer::Bearer;
use claims::Claims;
pub use claims::Grant;
use domain::caller::Caller;
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use known::Known;
pub use refusal::{Reason, Refusal};
use registered::{LEEWAY_SECONDS, Registered};
use remote::Remote;
pub use revocations::{Revocation, Revocations};
use ring::Ring;
use token::{Token, shown};

use crate::{
    clock::Clock,
    config::identity::{Identity, KeySource},
};

/// How often it is looked whether keys are to be fetched again.
const UPKEEP_EVERY: Duration = Duration::from_secs(1);

/// Why a token is refused. Nothing more is told: whoever guesses tokens learns nothing from the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// The token is not one of ours, or not valid now.
    Unauthenticated,
    /// The token is good and gives its bearer no standing; the sentence says why (A5).
    Forbidden(&'static str),
    /// The keys of the token's issuer are not there: nothing can be said about the token.
    Unavailable,
}

/// A caller, for as long as the token is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who bears the token.
    pub caller: Arc<Caller>,
    /// When the token ends, in seconds since the start of 1970.
    expires_at: u64,
    /// Who issued it.
    issuer: Arc<str>,
    /// Its id, if it has one.
    jti: Option<Arc<str>>,
    /// When it was issued, in microseconds since the start of 1970, if it says so.
    issued_at: Option<i64>,
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

    /// When the token ends, in seconds since the start of 1970.
    #[must_use]
    pub const fn expires_at(&self) -> u64 {
        self.expires_at
    }
}

/// What a token is, and what becomes of it: for the operator.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The issuer that it names, `None` where it names none.
    pub issuer: Option<String>,
    /// The subject that it names.
    pub subject: Option<String>,
    /// The key that it names.
    pub kid: Option<String>,
    /// The session, or every reason why it is refused.
    pub outcome: Result<Session, Vec<Refusal>>,
    /// What the client learns.
    error: Option<AuthError>,
}

/// Checks tokens, and signs them if there is a secret.
pub struct Authenticator {
    rings: Vec<Ring>,
    signer: Option<Signer>,
    known: Known,
    revocations: Revocations,
}

struct Signer {
    key: EncodingKey,
    kid: Option<String>,
    issuer: String,
    audience: String,
}

impl Authenticator {
    /// An authenticator for these issuers, on the machine's clock and without revocations.
    #[must_use]
    pub fn new(identity: &Identity) -> Self {
        Self::with(identity, &Clock::System, Revocations::default())
    }

    /// The same, which keeps fetched keys by this clock and refuses the tokens of these revocations. Tokens are judged by
    /// the machine's time all the same (T5).
    #[must_use]
    pub fn with(identity: &Identity, keys_clock: &Clock, revocations: Revocations) -> Self {
        install_crypto();
        let signer = identity.issuers().iter().find_map(|issuer| match &issuer.keys {
            KeySource::Secrets(secrets) => {
                let first = secrets.first()?;
                Some(Signer {
                    key: EncodingKey::from_secret(first.secret.as_bytes()).ok()?,
                    kid: first.kid.clone(),
                    issuer: issuer.issuer.clone(),
                    audience: issuer.audiences.first()?.clone(),
                })
            }
            _ => None,
        });
        let rings = identity.issuers().iter().map(|issuer| Ring::new(issuer, keys_clock)).collect();
        Self { rings, signer, known: Known::default(), revocations }
    }

    /// Who bears the token, and until when. Judged by real time, also where the sandbox clock runs ahead (T5). Waits for
    /// the issuer's keys where the token needs one that is not known yet.
    ///
    /// # Errors
    /// [`AuthError`].
    pub async fn authenticate(&self, token: &str) -> Result<Session, AuthError> {
        if let Some(session) = self.known(token) {
            return Ok(session);
        }
        Self::finish(self.verdict(token).await)
    }

    /// The same with the keys that are there now.
    ///
    /// # Errors
    /// [`AuthError`].
    pub fn authenticate_now(&self, token: &str) -> Result<Session, AuthError> {
        match self.known(token) {
            Some(session) => Ok(session),
            None => Self::finish(self.judge(token)),
        }
    }

    /// What a token is and becomes, with every reason why it is refused.
    pub async fn verdict(&self, token: &str) -> Verdict {
        let verdict = self.judge(token);
        // A token with anything else wrong about it is refused whatever its key is.
        let Err([only]) = verdict.outcome.as_ref().map_err(Vec::as_slice) else { return verdict };
        let named = self.rings.iter().find(|ring| verdict.issuer.as_deref() == Some(&*ring.name));
        let Some(remote) = named.and_then(Ring::remote) else { return verdict };
        let changed = match only.reason {
            Reason::KeysUnavailable => remote.refresh_if_due().await,
            Reason::UnknownKey => remote.refresh_for_unknown().await,
            _ => return verdict,
        };
        if changed {
            self.known.forget();
        }
        self.judge(token)
    }

    /// The session of a token that was checked before, unless it has ended, was revoked, or its issuer's keys are too old.
    fn known(&self, token: &str) -> Option<Session> {
        let session = self.known.session(token, seconds())?;
        let open = self.rings.iter().any(|ring| Arc::ptr_eq(&ring.name, &session.issuer) && ring.is_open());
        (open && !self.revocations.cover(&session)).then_some(session)
    }

    fn judge(&self, text: &str) -> Verdict {
        let (now, generation) = (seconds(), self.known.generation());
        let token = match Token::read(text) {
            Ok(token) => token,
            Err(refusal) => return Verdict::refused(&Token::default(), vec![refusal], AuthError::Unauthenticated),
        };
        let ring = self.rings.iter().find(|ring| token.text("iss") == Some(&*ring.name));
        let Some(ring) = ring else {
            let named = token.text("iss").map_or_else(|| "nobody".to_owned(), |issuer| format!("{:?}", shown(issuer)));
            let known: Vec<&str> = self.rings.iter().map(|ring| &*ring.name).collect();
            let detail = format!("It was issued by {named}; tokens are accepted of {}.", known.join(", "));
            let refusals = vec![Refusal::new(Reason::UnknownIssuer, detail)];
            return Verdict::refused(&token, refusals, AuthError::Unauthenticated);
        };
        let mut refusals = token.judge_header(ring.issuer.require_at_jwt);
        refusals.extend(ring.judge_signature(text, &token));
        let registered = Registered::read(&token.claims, &ring.issuer, now, &mut refusals);
        let bearer = bearer::read(&token.claims, &ring.issuer.mapping, &mut refusals);
        let error = error_of(&refusals, &bearer);
        let Bearer::Caller(caller) = bearer else { return Verdict::refused(&token, refusals, error) };
        let session = Session {
            caller: Arc::new(caller),
            expires_at: registered.expires_at,
            issuer: Arc::clone(&ring.name),
            jti: registered.jti.as_deref().map(Into::into),
            issued_at: registered.issued_at,
        };
        if self.revocations.cover(&session) {
            refusals.push(Refusal::new(Reason::Revoked, "It was revoked."));
        }
        if !refusals.is_empty() {
            return Verdict::refused(&token, refusals, error);
        }
        self.known.keep(text, &session, generation);
        Verdict { outcome: Ok(session), error: None, ..Verdict::refused(&token, Vec::new(), error) }
    }

    /// What the client gets; a refusal goes to the log, without the token.
    fn finish(verdict: Verdict) -> Result<Session, AuthError> {
        let Verdict { issuer, subject, kid, outcome, error } = verdict;
        match outcome {
            Ok(session) => Ok(session),
            Err(refusals) => {
                let reasons: Vec<&str> = refusals.iter().map(|refusal| refusal.reason.as_str()).collect();
                let details: Vec<&str> = refusals.iter().map(|refusal| refusal.detail.as_str()).collect();
                let (reason, detail) = (reasons.join(" "), details.join(" "));
                // As the token says them, whoever wrote it.
                tracing::info!(reason, detail, issuer, subject, kid, "a token was refused");
                Err(error.unwrap_or(AuthError::Unauthenticated))
            }
        }
    }

    /// Whether tokens of any issuer can be checked: keys that are published were fetched, and are not too old.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.rings.iter().any(Ring::is_open)
    }

    /// The issuers that publish their keys: authorization servers, for the metadata of RFC 9728.
    pub fn published_issuers(&self) -> impl Iterator<Item = &str> {
        self.rings.iter().filter(|ring| ring.remote().is_some()).map(|ring| &*ring.name)
    }

    /// The revocations that it looks at.
    #[must_use]
    pub const fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// Fetches the keys that are to be fetched again by now.
    pub async fn refresh_if_due(&self) {
        let refreshed = join_all(self.rings.iter().filter_map(Ring::remote).map(Remote::refresh_if_due)).await;
        if refreshed.contains(&true) {
            self.known.forget();
        }
    }

    /// Keeps the keys fresh until `stop` is done.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        if self.rings.iter().all(|ring| ring.remote().is_none()) {
            return;
        }
        let mut ticks = tokio::time::interval(UPKEEP_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                _ = ticks.tick() => self.refresh_if_due().await,
            }
        }
    }

    /// Signs a token by the first secret of the first issuer that has secrets; that issuer's name and first audience go into
    /// it.
    ///
    /// # Errors
    /// A sentence, when there is no secret or the token cannot be written.
    pub fn sign(&self, grant: &Grant) -> Result<String, String> {
        let Some(signer) = &self.signer else {
            return Err("there is no secret to sign with: the keys are public ones".to_owned());
        };
        let claims = Claims::of(grant, &signer.issuer, &signer.audience);
        let header = Header { kid: signer.kid.clone(), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &signer.key).map_err(|error| error.to_string())
    }

    /// The issuer of the tokens that [`Authenticator::sign`] signs.
    #[must_use]
    pub fn signing_issuer(&self) -> Option<&str> {
        self.signer.as_ref().map(|signer| signer.issuer.as_str())
    }
}

impl Verdict {
    fn refused(token: &Token, refusals: Vec<Refusal>, error: AuthError) -> Self {
        Self {
            issuer: token.text("iss").map(shown),
            subject: token.text("sub").map(shown),
            kid: token.header_text("kid").map(shown),
            outcome: Err(refusals),
            error: Some(error),
        }
    }
}

/// What the client learns. That keys are missing is said where nothing else is known to be wrong, so that it tries again; why
/// a token gives no standing, where that is the only reason.
fn error_of(refusals: &[Refusal], bearer: &Bearer) -> AuthError {
    match (refusals, bearer) {
        ([only], _) if only.reason == Reason::KeysUnavailable => AuthError::Unavailable,
        ([only], Bearer::NoStanding(why)) if only.reason == Reason::NoStanding => AuthError::Forbidden(why),
        _ => AuthError::Unauthenticated,
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let issuers: Vec<&str> = self.rings.iter().map(|ring| &*ring.name).collect();
        f.debug_struct("Authenticator").field("issuers", &issuers).finish_non_exhaustive()
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
