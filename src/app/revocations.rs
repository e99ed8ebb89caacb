//! Revoking tokens (A8). A revocation is judged and stored here; every server takes the list over from the database, the one
//! that revoked at once, the others within seconds ([`App::refresh_revocations`]).

use std::sync::{Mutex, PoisonError};

use domain::{
    caller::{Caller, Side},
    kinds::{Role, Scope},
    problem::{Problem, ProblemCode},
    text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{
    App, AppError,
    claims::attempt::{Failure, tried},
    idempotency::Key,
};
use crate::{
    auth::Revocation,
    clock::Clock,
    store::{
        Db,
        revocations::{self, Edition, Revoked, ServiceToken},
        write::revocations as writes,
    },
};

const HOUR: i64 = 3_600 * 1_000_000;
/// How long a revocation is kept where it is not known how long the tokens live, in microseconds: ten years.
const KEPT: i64 = 10 * 366 * 24 * HOUR;
/// The longest `jti` and issuer, in characters.
const LONGEST: usize = 256;
/// How many looks at the edition lie between two readings of the whole list.
const LOOKS_PER_READING: u32 = 6;

/// The tokens to revoke, as requested.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Asked {
    /// The token's id.
    pub jti: Option<String>,
    /// The token's issuer.
    pub issuer: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The time of issue before which the subject's tokens are refused.
    pub issued_before: Option<Timestamp>,
}

/// The result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RevokedTokens {
    /// When it was done; `None` if it was refused.
    pub revoked_at: Option<Timestamp>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

/// What this server knows of the list that the database has.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<(Option<Edition>, u32)>);

impl App {
    /// Revokes tokens for a caller: a partner's global admin by subject and for its own partner only, a review lead any.
    ///
    /// # Errors
    /// `FORBIDDEN` for other roles, or without the scope `tokens:revoke`; database errors.
    pub async fn revoke_tokens(
        &self,
        caller: &Caller,
        asked: Asked,
        key: Option<String>,
    ) -> Result<RevokedTokens, AppError> {
        let refused = |problems| RevokedTokens { revoked_at: None, problems };
        if !caller.has(Scope::TokensRevoke) {
            return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::TokensRevoke)));
        }
        if !caller.is_any(&[Role::GlobalAdmin, Role::ReviewLead]) {
            let message = format!("Only the roles {} and {} may revoke tokens.", Role::GlobalAdmin, Role::ReviewLead);
            return Err(AppError::Forbidden(message));
        }
        let key = match Key::new(caller, key.as_deref(), "revokeTokens", &asked) {
            Ok(key) => key,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        let what = match what(&asked, &caller.side) {
            Ok(what) => what,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        let done = tried(|| try_to_revoke(self.db(), &what, &caller.subject, key.as_ref())).await?;
        self.refresh_revocations().await?;
        Ok(done.unwrap_or_else(refused))
    }

    /// Takes over the revocations of the database, if they are others than before.
    ///
    /// # Errors
    /// Database errors; the list that was known stays in effect.
    pub async fn refresh_revocations(&self) -> Result<(), AppError> {
        let edition = revocations::edition(self.db()).await?;
        let seen = &self.0.seen_revocations.0;
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.0 == Some(edition) && seen.1 < LOOKS_PER_READING {
                seen.1 += 1;
                return Ok(());
            }
        }
        self.revocations().replace(known(self.db()).await?);
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = (Some(edition), 0);
        Ok(())
    }

    /// Forgets revocations of tokens that are dead by now.
    ///
    /// # Errors
    /// Database errors.
    pub async fn forget_dead_tokens(&self) -> Result<(), AppError> {
        let transaction = self.db().begin().await?;
        writes::forget(&transaction, Clock::System.now()).await?;
        Ok(transaction.commit().await?)
    }
}

/// Revokes tokens for the operator, at the command line.
///
/// # Errors
/// Database errors.
pub async fn revoke_as_operator(db: &Db, asked: &Asked) -> Result<RevokedTokens, AppError> {
    let refused = |problems| RevokedTokens { revoked_at: None, problems };
    match what(asked, &Side::Vendor) {
        Ok(what) => Ok(tried(|| try_to_revoke(db, &what, "operator", None)).await?.unwrap_or_else(refused)),
        Err(problem) => Ok(refused(vec![problem])),
    }
}

async fn try_to_revoke(db: &Db, what: &Revoked, by: &str, key: Option<&Key>) -> Result<RevokedTokens, Failure> {
    // Tokens are judged by real time, so they are revoked by it (T5).
    let now = Clock::System.now();
    let transaction = db.begin().await?;
    if let Some(key) = key
        && let Some(done) = key.earlier::<RevokedTokens>(&transaction).await??
    {
        return Ok(done);
    }
    let end = match what {
        Revoked::Token { jti, .. } => revocations::end_of(&transaction, jti).await?,
        Revoked::Subject { .. } => None,
    };
    let kept_until = end.map_or(now.micros().saturating_add(KEPT), |end| end.micros().saturating_add(HOUR));
    let kept_until = Timestamp::from_micros(kept_until).unwrap_or(now);
    writes::revoke(&transaction, what, by, now, kept_until).await?;
    let done = RevokedTokens { revoked_at: Some(now), problems: Vec::new() };
    if let Some(key) = key {
        key.remember(&transaction, &done, now).await?;
    }
    transaction.commit().await?;
    tracing::info!(by, "tokens were revoked");
    Ok(done)
}

/// Makes the token of a service account known, so that it is listed.
///
/// # Errors
/// Database errors.
pub async fn register_service_token(db: &Db, token: &ServiceToken) -> Result<(), AppError> {
    let transaction = db.begin().await?;
    writes::register(&transaction, token).await?;
    Ok(transaction.commit().await?)
}

/// The tokens of service accounts that have not ended, the oldest first.
///
/// # Errors
/// Database errors.
pub async fn service_tokens(db: &Db) -> Result<Vec<ServiceToken>, AppError> {
    let now = Clock::System.now();
    let all = revocations::service_tokens(db).await?;
    Ok(all.into_iter().filter(|token| token.expires_at > now).collect())
}

/// The revocations that the database has.
///
/// # Errors
/// Database errors.
pub async fn known(db: &Db) -> Result<Vec<Revocation>, AppError> {
    Ok(revocations::all(db).await?.into_iter().map(revocation).collect())
}

fn revocation(revoked: Revoked) -> Revocation {
    match revoked {
        Revoked::Token { jti, issuer } => Revocation::Token { jti, issuer },
        Revoked::Subject { subject, issued_before, partner } => Revocation::Subject { subject, issued_before, partner },
    }
}

/// The tokens to revoke, according to the caller.
fn what(asked: &Asked, side: &Side) -> Result<Revoked, Problem> {
    let partner = match side {
        Side::Partner(id) => Some(*id),
        Side::Vendor | Side::Customer(_) => None,
    };
    match (&asked.jti, &asked.subject, asked.issued_before) {
        (Some(_), None, None) if partner.is_some() => {
            Err(Problem::new(ProblemCode::NotAllowed, "A partner's admin may revoke by subject, not by token id.")
                .at(["jti"])
                .remedy("Give subject and issuedBefore."))
        }
        (Some(jti), None, None) => {
            let jti = text::required("jti", jti, LONGEST)?;
            Ok(Revoked::Token { jti, issuer: text::optional("issuer", asked.issuer.as_deref(), LONGEST)? })
        }
        (None, Some(subject), Some(issued_before)) if asked.issuer.is_none() => {
            let subject = text::subject("subject", subject)?;
            if issued_before > Clock::System.now() {
                return Err(Problem::invalid(["issuedBefore"], format!("{issued_before} is in the future."))
                    .param("value", issued_before)
                    .remedy("Give a time in the past; tokens issued later can be revoked later."));
            }
            Ok(Revoked::Subject { subject, issued_before, partner })
        }
        _ => Err(Problem::invalid(["jti"], "The input names neither a token nor a subject with a time.")
            .remedy("Give either jti, with the issuer if several use such ids, or subject and issuedBefore.")),
    }
}
