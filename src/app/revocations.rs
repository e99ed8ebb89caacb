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
    claims::attempt::UnitError,
    idempotency::Key,
    transact::{End, Locks, MutationResult, Unit, in_transaction, result},
};
use crate::{
    auth::Revocation,
    clock::Clock,
    store::{
        Db,
        revocations::{self, Edition, Revoked, ServiceToken, write as writes},
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

impl MutationResult for RevokedTokens {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { revoked_at: None, problems }
    }
}

impl RevokedTokens {
    fn log(&self, by: &str) {
        if self.revoked_at.is_some() {
            tracing::info!(by, "tokens were revoked");
        }
    }
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
        may_revoke(caller)?;
        let done = result(self.revoke(caller, &asked, key.as_deref()).await)?;
        done.log(&caller.subject);
        self.refresh_revocations().await?;
        Ok(done)
    }

    async fn revoke(&self, caller: &Caller, asked: &Asked, key: Option<&str>) -> Result<RevokedTokens, UnitError> {
        let key = Key::new(caller, key, "revokeTokens", asked)?;
        let what = what(asked, &caller.side)?;
        self.transact_once(key.as_ref(), Locks::Own, |unit| store_revocation(unit, &what, &caller.subject)).await
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
        let forget = |unit: Unit| async move {
            writes::forget(&unit, Clock::System.now()).await?;
            Ok(unit.commit(()))
        };
        Ok(self.transact(Locks::Own, forget).await?)
    }
}

/// Whether the caller revokes tokens (A8).
///
/// # Errors
/// `FORBIDDEN` for anybody but a partner's global admin or a review lead with `tokens:revoke`.
pub fn may_revoke(caller: &Caller) -> Result<(), AppError> {
    if !caller.has(Scope::TokensRevoke) {
        return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::TokensRevoke)));
    }
    if !caller.is_any(&[Role::GlobalAdmin, Role::ReviewLead]) {
        let message = format!("Only the roles {} and {} may revoke tokens.", Role::GlobalAdmin, Role::ReviewLead);
        return Err(AppError::Forbidden(message));
    }
    Ok(())
}

/// Revokes tokens for the operator, at the command line.
///
/// # Errors
/// Database errors.
pub async fn revoke_as_operator(db: &Db, asked: &Asked) -> Result<RevokedTokens, AppError> {
    let revoke = async {
        let what = what(asked, &Side::Vendor)?;
        Ok(in_transaction(db, Locks::Own, |unit| store_revocation(unit, &what, "operator")).await?.0)
    };
    let done = result::<RevokedTokens>(revoke.await)?;
    done.log("operator");
    Ok(done)
}

async fn store_revocation(unit: Unit, what: &Revoked, by: &str) -> Result<End<RevokedTokens>, UnitError> {
    // Tokens are judged by real time, so they are revoked by it (T5).
    let now = Clock::System.now();
    let end = match what {
        Revoked::Token { jti, .. } => revocations::end_of(&unit, jti).await?,
        Revoked::Subject { .. } => None,
    };
    let kept_until = end.map_or(now.micros().saturating_add(KEPT), |end| end.micros().saturating_add(HOUR));
    let kept_until = Timestamp::from_micros(kept_until).unwrap_or(now);
    writes::revoke(&unit, what, by, now, kept_until).await?;
    Ok(unit.commit(RevokedTokens { revoked_at: Some(now), problems: Vec::new() }))
}

/// Makes the token of a service account known, so that it is listed.
///
/// # Errors
/// Database errors.
pub async fn register_service_token(db: &Db, token: &ServiceToken) -> Result<(), AppError> {
    let register = |unit: Unit| async move {
        writes::register(&unit, token).await?;
        Ok(unit.commit(()))
    };
    let ((), _) = in_transaction(db, Locks::Own, register).await?;
    Ok(())
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
