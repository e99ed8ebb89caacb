//! The vendor's reviewers (R1-R4): learned from their tokens, absent for a while, and relieved of their reviews.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    caller::Caller,
    claim::Reviewer as Assigned,
    identifier,
    kinds::{Role, Scope},
    lifecycle::{Assignee, Command},
    problem::{Problem, ProblemCode},
    text,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use uuid::Uuid;

use super::{
    App, AppError,
    claims::{ChangeResult, attempt::UnitError},
    idempotency::Key,
    transact::{End, Locks, MutationResult, Unit, result},
};
use crate::store::{
    Reads, StoreError,
    reviewers::{self, Reviewer, write as writes},
};

/// How many subjects are remembered as known.
const MOST_MET: usize = 10_000;

/// How long a request waits until its reviewer is learned: while the database is away, the request itself will be told so
/// after its own wait, which must not come on top of a long one here.
const LEARNING: Duration = Duration::from_secs(1);

/// The reviewers whose tokens this server has seen, so that each is learned once.
#[derive(Debug, Default)]
pub(super) struct Met(Mutex<HashSet<String>>);

/// Who stands in for whom and when, as the database had it a few seconds ago.
#[derive(Debug, Default)]
pub(super) struct Deputies(Mutex<Vec<Reviewer>>);

/// The result of moving a reviewer's reviews.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reassigned {
    /// The claims whose review was moved, as they are now.
    pub moved: Vec<Uuid>,
    /// The claims that stay, and why.
    pub left: Vec<(Uuid, Problem)>,
    /// Why nothing was done at all.
    pub problems: Vec<Problem>,
}

/// What is asked for an absence.
#[derive(Clone, Debug, Serialize)]
pub struct Absence {
    /// The reviewer.
    pub subject: String,
    /// When it begins; nothing with `until` ends it.
    pub from: Option<Timestamp>,
    /// When it ends.
    pub until: Option<Timestamp>,
    /// Who takes new reviews meanwhile.
    pub deputy: Option<String>,
}

impl Absence {
    /// The same with its subjects in their one form (L15).
    fn checked(self) -> Result<Self, Problem> {
        let subject = text::subject("reviewerSubject", &self.subject)?;
        let deputy = text::optional("deputySubject", self.deputy.as_deref(), text::NAME_MAX)?;
        Ok(Self { subject, deputy: deputy.map(|deputy| identifier::subject(&deputy)), ..self })
    }
}

/// The result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AbsenceSet {
    /// The reviewer's subject; `None` if it was refused.
    pub subject: Option<String>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

impl MutationResult for Reassigned {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

impl MutationResult for AbsenceSet {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { subject: None, problems }
    }
}

impl App {
    /// Learns of a reviewer whose token is seen for the first time (R1). A failure is logged: the token is good all the same.
    pub async fn meet(&self, caller: &Caller) {
        if !caller.is_any(&[Role::Reviewer, Role::ReviewLead]) {
            return;
        }
        let met = &self.0.met.0;
        if met.lock().unwrap_or_else(PoisonError::into_inner).contains(&caller.subject) {
            return;
        }
        match timeout(LEARNING, self.learn(caller)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(cause = error.for_the_log(), "a new reviewer could not be stored");
                return;
            }
            Err(_) => {
                tracing::warn!("storing a new reviewer timed out");
                return;
            }
        }
        let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.len() >= MOST_MET {
            met.clear();
        }
        met.insert(caller.subject.clone());
    }

    async fn learn(&self, caller: &Caller) -> Result<(), AppError> {
        if !reviewers::by_subjects(self.db(), &[&caller.subject]).await?.is_empty() {
            return Ok(());
        }
        let learn = |unit: Unit| async move {
            writes::learn(&unit, caller).await?;
            Ok(unit.commit(()))
        };
        Ok(self.transact(Locks::Own, learn).await?)
    }

    /// The caller with the absent reviewers whose deputy they are now (R4).
    #[must_use]
    pub fn standing_in(&self, mut caller: Arc<Caller>) -> Arc<Caller> {
        if caller.is_any(&[Role::Reviewer, Role::ReviewLead]) {
            let (deputies, now) = (self.0.deputies.0.lock().unwrap_or_else(PoisonError::into_inner), self.now());
            let of_caller = |absent: &&Reviewer| {
                let deputy = absent.absence.as_ref().and_then(|absence| absence.deputy.as_deref());
                absent.is_absent(now) && deputy == Some(caller.subject.as_str())
            };
            let absent: Vec<_> = deputies.iter().filter(of_caller).map(|absent| absent.subject.clone()).collect();
            if caller.stands_in_for != absent {
                Arc::make_mut(&mut caller).stands_in_for = absent;
            }
        }
        caller
    }

    /// The deputy of this reviewer, if the reviewer is absent now (R4).
    pub(super) fn deputy_now(&self, subject: &str) -> Option<String> {
        let (deputies, now) = (self.0.deputies.0.lock().unwrap_or_else(PoisonError::into_inner), self.now());
        let absent = deputies.iter().find(|absent| absent.subject == subject && absent.is_absent(now))?;
        absent.absence.as_ref()?.deputy.clone()
    }

    /// Reads who deputizes for whom from the database.
    ///
    /// # Errors
    /// Database errors; what was known stays in effect.
    pub async fn refresh_deputies(&self) -> Result<(), AppError> {
        let absent = reviewers::with_deputies(self.db()).await?;
        *self.0.deputies.0.lock().unwrap_or_else(PoisonError::into_inner) = absent;
        Ok(())
    }

    /// Who gets a review that is to be assigned to this subject, and who is absent in that case: an active reviewer
    /// (R2), or while they are absent their deputy, or nobody where the deputy is absent too (R4). A reviewer who takes
    /// a review themselves is present.
    pub(super) async fn assignee(
        &self,
        on: &impl Reads,
        caller: &Caller,
        subject: &str,
    ) -> Result<Assignee, UnitError> {
        let subject = text::subject("reviewerSubject", subject)?;
        let reviewer = active(on, &subject, "reviewerSubject").await??;
        let now = self.now();
        if subject == caller.subject || !reviewer.is_absent(now) {
            return Ok(Assignee { reviewer: Some(assigned(reviewer)), absent: None });
        }
        let deputy = match reviewer.absence.and_then(|absence| absence.deputy) {
            Some(deputy) => reviewers::by_subjects(on, &[&deputy]).await?.into_iter().next(),
            None => None,
        };
        let deputy = deputy.filter(|deputy| deputy.active && !deputy.is_absent(now));
        Ok(Assignee { reviewer: deputy.map(assigned), absent: Some(reviewer.name) })
    }

    /// Moves every open review of one reviewer to another, or to nobody (R3). Each claim is changed separately, with
    /// its own history entry; one that cannot be moved stays and is reported.
    ///
    /// # Errors
    /// `FORBIDDEN` for every caller except a review lead with `reviews:write`; database errors.
    pub async fn reassign_reviews(
        &self,
        caller: &Caller,
        from: &str,
        to: Option<&str>,
        key: Option<String>,
    ) -> Result<Reassigned, AppError> {
        may_manage(caller)?;
        result(self.reassign(caller, from, to, key.as_deref()).await)
    }

    async fn reassign(
        &self,
        caller: &Caller,
        from: &str,
        to: Option<&str>,
        key: Option<&str>,
    ) -> Result<Reassigned, UnitError> {
        let from = text::subject("fromSubject", from)?;
        let to = text::optional("toSubject", to, text::NAME_MAX)?.map(|to| identifier::subject(&to));
        if let Some(to) = &to {
            if *to == from {
                let problem = Problem::invalid(["toSubject"], "fromSubject and toSubject are the same reviewer.");
                return Err(problem.remedy("Give another reviewer, or none.").into());
            }
            active(self.db(), to, "toSubject").await??;
        }
        let key = Key::new(caller, key, "reassignReviews", &(&from, &to))?;
        if let Some(done) = self.done_before(key.as_ref()).await? {
            return Ok(done);
        }
        let mut done = Reassigned::default();
        for id in reviewers::open_claims(self.db(), &from).await? {
            let command = Command::Reassign { from: from.clone(), to: to.clone() };
            let ChangeResult { problems, .. } = self.change_claim(caller, Some(id), None, command, None).await?;
            match problems.into_iter().next() {
                None => done.moved.push(id),
                Some(problem) => done.left.push((id, problem)),
            }
        }
        // Each claim is changed by itself: a call that is cut short moved some, and its repeat moves the others.
        let done = &done;
        self.transact_once(key.as_ref(), Locks::Own, |unit| async move { Ok(unit.commit(done.clone())) }).await
    }

    /// Sets an absence, or ends it if neither time is given (R4): a reviewer's own, or for a lead any reviewer's.
    ///
    /// # Errors
    /// `FORBIDDEN` for other roles and without `reviews:write`; database errors.
    pub async fn set_reviewer_absence(
        &self,
        caller: &Caller,
        asked: Absence,
        key: Option<String>,
    ) -> Result<AbsenceSet, AppError> {
        if !caller.has(Scope::ReviewsWrite) {
            return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::ReviewsWrite)));
        }
        if !caller.is_any(&[Role::Reviewer, Role::ReviewLead]) {
            return Err(AppError::Forbidden("Only reviewers and review leads may set absences.".to_owned()));
        }
        let done = result(self.set_absence(caller, asked, key.as_deref()).await)?;
        self.refresh_deputies().await?;
        Ok(done)
    }

    async fn set_absence(&self, caller: &Caller, asked: Absence, key: Option<&str>) -> Result<AbsenceSet, UnitError> {
        let asked = asked.checked()?;
        let key = Key::new(caller, key, "setReviewerAbsence", &asked)?;
        if !caller.is(Role::ReviewLead) && asked.subject != caller.subject {
            let problem = Problem::new(ProblemCode::NotAllowed, "A reviewer may set only their own absence.");
            return Err(problem.at(["reviewerSubject"]).remedy("Ask a review lead to set it.").into());
        }
        self.transact_once(key.as_ref(), Locks::Own, |unit| self.store_absence(unit, &asked)).await
    }

    async fn store_absence(&self, unit: Unit, asked: &Absence) -> Result<End<AbsenceSet>, UnitError> {
        known(&unit, &asked.subject, "reviewerSubject").await??;
        let absence = match (asked.from, asked.until) {
            (None, None) if asked.deputy.is_none() => None,
            (Some(from), Some(until)) if from < until && until > self.now() => {
                Some((from, until, asked.deputy.as_deref()))
            }
            (Some(_), Some(_)) => {
                return Err(Problem::invalid(["until"], "The absence ends before it begins, or has already ended.")
                    .remedy("Give an end that is later than the start and in the future.")
                    .into());
            }
            _ => {
                return Err(Problem::invalid(["from"], "An absence needs both a start and an end.")
                    .remedy("Give both from and until; to end the absence, omit them and the deputy.")
                    .into());
            }
        };
        if let Some((_, _, Some(deputy))) = absence {
            if deputy == asked.subject {
                return Err(Problem::invalid(["deputySubject"], "The reviewer and the deputy are the same person.")
                    .remedy("Give another reviewer, or none.")
                    .into());
            }
            active(&unit, deputy, "deputySubject").await??;
        }
        writes::set_absence(&unit, &asked.subject, absence).await?;
        Ok(unit.commit(AbsenceSet { subject: Some(asked.subject.clone()), problems: Vec::new() }))
    }
}

fn assigned(reviewer: Reviewer) -> Assigned {
    Assigned { subject: reviewer.subject, name: Some(reviewer.name) }
}

/// Whether the caller manages the reviewers' work: moves their reviews and sets their absences (R3, R4).
///
/// # Errors
/// `FORBIDDEN` for anybody but a review lead with `reviews:write`.
pub fn may_manage(caller: &Caller) -> Result<(), AppError> {
    if !caller.has(Scope::ReviewsWrite) {
        return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::ReviewsWrite)));
    }
    if !caller.is(Role::ReviewLead) {
        return Err(AppError::Forbidden(format!("Only the role {} may move reviews.", Role::ReviewLead)));
    }
    Ok(())
}

/// The reviewer with this subject; inside, why there is none.
async fn known(on: &impl Reads, subject: &str, field: &str) -> Result<Result<Reviewer, Problem>, StoreError> {
    let found = reviewers::by_subjects(on, &[subject]).await?.into_iter().next();
    Ok(found.ok_or_else(|| {
        Problem::invalid([field], format!("{subject:?} is not the subject of a reviewer."))
            .param("subject", subject)
            .remedy("Choose one of `reviewers`: people loaded into the directory, or who have signed in.")
    }))
}

/// The active reviewer with this subject; inside, why there is none (R2).
///
/// # Errors
/// Database errors.
pub(super) async fn active(
    on: &impl Reads,
    subject: &str,
    field: &str,
) -> Result<Result<Reviewer, Problem>, StoreError> {
    Ok(known(on, subject, field).await?.and_then(|reviewer| {
        if reviewer.active {
            return Ok(reviewer);
        }
        Err(Problem::invalid([field], format!("The reviewer {subject:?} is not active."))
            .param("subject", subject)
            .remedy("Choose one of `reviewers(active: true)`."))
    }))
}
