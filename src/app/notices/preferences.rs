//! How notices are wanted (M5): a company's by its admins, a reviewer's by the reviewer.

use domain::{
    caller::{Caller, Side},
    kinds::{NoticeKind, NoticePreference, Role, Scope},
    problem::Problem,
};
use serde::{Deserialize, Serialize};

use crate::{
    app::{
        App, AppError,
        claims::attempt::{Failure, tried},
        idempotency::Key,
    },
    store::{records::owner, write::outbox},
};

/// The result of setting a preference.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Preferred {
    /// The kind; `None` if it was refused.
    pub kind: Option<NoticeKind>,
    /// How it is wanted now.
    pub preference: Option<NoticePreference>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl App {
    /// Sets the preference for a kind of notice, from the next notice on.
    ///
    /// # Errors
    /// `FORBIDDEN` without the scope, and for a caller who may not set the preference or receives no notices; database
    /// errors.
    pub async fn set_notice_preference(
        &self,
        caller: &Caller,
        kind: NoticeKind,
        preference: NoticePreference,
        key: Option<String>,
    ) -> Result<Preferred, AppError> {
        let owner = owner_of(caller)?;
        let refused = |problems| Preferred { problems, ..Preferred::default() };
        let key = match Key::new(caller, key.as_deref(), "setNoticePreference", &(kind, preference)) {
            Ok(key) => key,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        if let Some(problem) = impossible(kind, preference) {
            return Ok(refused(vec![problem]));
        }
        Ok(tried(|| self.try_to_prefer(&owner, kind, preference, key.as_ref())).await?.unwrap_or_else(refused))
    }

    async fn try_to_prefer(
        &self,
        owner: &str,
        kind: NoticeKind,
        preference: NoticePreference,
        key: Option<&Key>,
    ) -> Result<Preferred, Failure> {
        let transaction = self.db().begin().await?;
        if let Some(key) = key
            && let Some(done) = key.earlier::<Preferred>(&transaction).await??
        {
            return Ok(done);
        }
        outbox::prefer(&transaction, owner, kind, preference, self.now()).await?;
        let done = Preferred { kind: Some(kind), preference: Some(preference), problems: Vec::new() };
        if let Some(key) = key {
            key.remember(&transaction, &done, self.now()).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }
}

/// Whose notices the caller decides about.
fn owner_of(caller: &Caller) -> Result<String, AppError> {
    if !caller.has(Scope::NoticesRead) {
        return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::NoticesRead)));
    }
    let admins = [Role::GlobalAdmin, Role::BillingAdmin, Role::IncentivesAdmin];
    match caller.side {
        Side::Partner(id) if caller.is_any(&admins) => Ok(owner::partner(id)),
        Side::Partner(_) => {
            Err(AppError::Forbidden("Only a partner's admins may set how its notices are sent.".to_owned()))
        }
        Side::Customer(id) => Ok(owner::customer(id)),
        Side::Vendor if caller.is_any(&[Role::Reviewer, Role::ReviewLead]) => Ok(owner::reviewer(&caller.subject)),
        Side::Vendor => Err(AppError::Forbidden("None of the token's roles receives notices.".to_owned())),
    }
}

/// Why a kind cannot be wanted that way.
fn impossible(kind: NoticeKind, preference: NoticePreference) -> Option<Problem> {
    match (kind, preference) {
        (kind, NoticePreference::Daily | NoticePreference::Off) if kind.is_mandatory() => Some(
            Problem::invalid(["preference"], format!("Notices of the kind {kind} are always sent immediately."))
                .remedy(format!("Keep {kind} at {}.", NoticePreference::Immediately)),
        ),
        (NoticeKind::Digest, NoticePreference::Immediately) => {
            Some(Problem::invalid(["preference"], "The digest is sent once a day at most.").remedy(
                "Choose DAILY or OFF; to receive a kind of notice immediately, set the preference of that kind.",
            ))
        }
        _ => None,
    }
}
