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
        claims::attempt::UnitError,
        idempotency::Key,
        transact::{Locks, MutationResult, Unit, result},
    },
    store::notices::{outbox, owner},
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

impl MutationResult for Preferred {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
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
        result(self.prefer(caller, &owner, (kind, preference), key.as_deref()).await)
    }

    async fn prefer(
        &self,
        caller: &Caller,
        owner: &str,
        (kind, preference): (NoticeKind, NoticePreference),
        key: Option<&str>,
    ) -> Result<Preferred, UnitError> {
        let key = Key::new(caller, key, "setNoticePreference", &(kind, preference))?;
        if let Some(problem) = impossible(kind, preference) {
            return Err(problem.into());
        }
        let work = |unit: Unit| async move {
            outbox::prefer(&unit, owner, kind, preference, self.now()).await?;
            Ok(unit.commit(Preferred { kind: Some(kind), preference: Some(preference), problems: Vec::new() }))
        };
        self.transact_once(key.as_ref(), Locks::Own, work).await
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
