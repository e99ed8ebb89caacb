//! Moving reviews, and absences (R3, R4).

use async_graphql::{Context, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::types::Reviewer;
use crate::{
    app::reviewers::Absence,
    graphql::{
        claim::Claim,
        error::Failure,
        guard::Root,
        loader::Reader,
        problem::{Problem, told},
        scalar::DateTime,
    },
    store::{
        claims::{self, Wanted},
        reviewers,
    },
};

/// What `reassignReviews` takes.
#[derive(Debug, InputObject)]
pub struct ReassignReviewsInput {
    /// The subject whose open reviews are moved; it need not be active or known any more.
    pub from_subject: String,
    /// The active reviewer who gets them; without one nobody is assigned.
    pub to_subject: Option<String>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// A review that stays where it is.
#[derive(SimpleObject)]
pub struct UnmovedReview {
    /// The claim.
    pub claim: Claim,
    /// Why its review was not moved.
    pub problem: Problem,
}

/// What `reassignReviews` answers.
#[derive(SimpleObject)]
pub struct ReassignReviewsPayload {
    /// The claims whose review was moved.
    pub moved: Vec<Claim>,
    /// The claims whose review stays: the new reviewer may not decide them (`NOT_ALLOWED`), or they changed meanwhile.
    pub left: Vec<UnmovedReview>,
    /// Why nothing was moved at all: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// What `setReviewerAbsence` takes.
#[derive(Debug, InputObject)]
pub struct SetReviewerAbsenceInput {
    /// The reviewer's subject: for a reviewer their own.
    pub reviewer_subject: String,
    /// When the absence begins; without `from` and `until` the reviewer is back.
    pub from: Option<DateTime>,
    /// When it ends, after it begins and in the future.
    pub until: Option<DateTime>,
    /// The active reviewer who gets the reviews that would be assigned to the absent one.
    pub deputy_subject: Option<String>,
    /// A key of the caller's own, good for at least 24 hours: the same key with the same input gives the first answer again,
    /// with another input or mutation `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// What `setReviewerAbsence` answers.
#[derive(SimpleObject)]
pub struct SetReviewerAbsencePayload {
    /// The reviewer; null if the request was refused.
    pub reviewer: Option<Reviewer>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutations of reviewers.
#[derive(Default)]
pub struct ReviewerMutation;

#[Object(guard = "Root")]
impl ReviewerMutation {
    /// Moves all open reviews of one reviewer to another, or to nobody, each with an entry in its claim's history. A review
    /// that the new reviewer may not decide stays, and is reported. For a `REVIEW_LEAD`. Needs the scope `reviews:write`.
    /// Problems: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. For one claim use `assignReviewer`.
    async fn reassign_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From whom and to whom.")] input: ReassignReviewsInput,
    ) -> Result<ReassignReviewsPayload, Failure> {
        let reader = Reader::of(ctx)?;
        let ReassignReviewsInput { from_subject, to_subject, idempotency_key } = input;
        let done =
            reader.app.reassign_reviews(&reader.caller, &from_subject, to_subject.as_deref(), idempotency_key).await?;
        let ids: Vec<Uuid> = done.moved.iter().chain(done.left.iter().map(|(id, _)| id)).copied().collect();
        let mut found: std::collections::HashMap<Uuid, Claim> =
            claims::by_ids(reader.db(), &reader.caller, &ids, Wanted::ROW)
                .await?
                .into_iter()
                .map(|row| (row.claim().id, row.into()))
                .collect();
        let moved = done.moved.iter().filter_map(|id| found.remove(id)).collect();
        let left = done
            .left
            .into_iter()
            .filter_map(|(id, problem)| Some(UnmovedReview { claim: found.remove(&id)?, problem: problem.into() }));
        Ok(ReassignReviewsPayload { moved, left: left.collect(), problems: told(done.problems) })
    }

    /// Sets when a reviewer is absent and who stands in, or ends the absence. While it lasts, reviews that would be assigned
    /// to the absent reviewer go to the deputy, and the deputy may act on the absent one's reviews. For the reviewer or a
    /// `REVIEW_LEAD`. Needs the scope `reviews:write`. Problems: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    async fn set_reviewer_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, when, and who stands in.")] input: SetReviewerAbsenceInput,
    ) -> Result<SetReviewerAbsencePayload, Failure> {
        let reader = Reader::of(ctx)?;
        let asked = Absence {
            subject: input.reviewer_subject,
            from: input.from.map(Into::into),
            until: input.until.map(Into::into),
            deputy: input.deputy_subject,
        };
        let done = reader.app.set_reviewer_absence(&reader.caller, asked, input.idempotency_key).await?;
        let reviewer = match &done.subject {
            Some(subject) => reviewers::by_subjects(reader.db(), &[subject]).await?.into_iter().next(),
            None => None,
        };
        Ok(SetReviewerAbsencePayload { reviewer: reviewer.map(Into::into), problems: told(done.problems) })
    }
}
