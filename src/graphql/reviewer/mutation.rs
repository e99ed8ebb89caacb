//! Moving reviews, and absences (R3, R4).

use async_graphql::{Context, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::types::Reviewer;
use crate::{
    app::reviewers::Absence,
    graphql::{
        claim::Claim,
        error::ApiError,
        guard::Root,
        loader::Reader,
        problem::{Problem, api_problems},
        scalar::DateTime,
    },
    store::{
        claims::{self, Wanted},
        reviewers,
    },
};

/// Whose open reviews to move, and to whom.
#[derive(Debug, InputObject)]
pub struct ReassignReviewsInput {
    /// The subject whose open reviews are moved; it may be inactive or unknown.
    pub from_subject: String,
    /// The subject of the active reviewer who takes over; if omitted, nobody is assigned.
    pub to_subject: Option<String>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// A review that was not moved, and the reason.
#[derive(SimpleObject)]
pub struct UnmovedReview {
    /// The claim whose reviewer stays.
    pub claim: Claim,
    /// Why the review was not moved.
    pub problem: Problem,
}

/// The reviews that were moved and those that were not, or why nothing was moved.
#[derive(SimpleObject)]
pub struct ReassignReviewsPayload {
    /// The claims that have a new reviewer, or none.
    pub moved: Vec<Claim>,
    /// The claims whose review was not moved, because the new reviewer may not decide them (`NOT_ALLOWED`) or they
    /// changed meanwhile.
    pub left: Vec<UnmovedReview>,
    /// Why nothing was moved at all: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The reviewer, the period and the deputy.
#[derive(Debug, InputObject)]
pub struct SetReviewerAbsenceInput {
    /// The subject of the absent reviewer; reviewers may give only their own.
    pub reviewer_subject: String,
    /// When the absence begins. Without `from` and `until`, the current absence ends.
    pub from: Option<DateTime>,
    /// When the absence ends: after it begins, and in the future.
    pub until: Option<DateTime>,
    /// The subject of the active reviewer who receives the absent reviewer's new reviews; if omitted, they stay
    /// unassigned.
    pub deputy_subject: Option<String>,
    /// A key chosen by the client, valid for at least 24 hours. Repeating the same key with the same input returns the
    /// first result again; with another input or mutation it is refused with `IDEMPOTENCY_KEY_REUSED`.
    pub idempotency_key: Option<String>,
}

/// The reviewer with the new absence, or why it was refused.
#[derive(SimpleObject)]
pub struct SetReviewerAbsencePayload {
    /// The reviewer as stored; null if the request was refused.
    pub reviewer: Option<Reviewer>,
    /// Why the request was refused: `INVALID_VALUE`, `NOT_ALLOWED`, `IDEMPOTENCY_KEY_REUSED`.
    pub problems: Vec<Problem>,
}

/// The mutations of reviewers.
#[derive(Default)]
pub struct ReviewerMutation;

#[Object(guard = "Root")]
impl ReviewerMutation {
    /// Moves all open reviews of one reviewer to another reviewer or to nobody; each claim gets its own history entry.
    /// Reviews that the new reviewer may not decide stay, and are returned in `left`. For a `REVIEW_LEAD`. Needs the
    /// scope `reviews:write`. Problems: `INVALID_VALUE`, `IDEMPOTENCY_KEY_REUSED`. For one claim use `assignReviewer`.
    async fn reassign_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The current and the new reviewer.")] input: ReassignReviewsInput,
    ) -> Result<ReassignReviewsPayload, ApiError> {
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
        Ok(ReassignReviewsPayload { moved, left: left.collect(), problems: api_problems(done.problems) })
    }

    /// Sets when a reviewer is absent and who deputizes, or ends the absence. Meanwhile, reviews that would be assigned
    /// to the reviewer go to the deputy, who may also act on the reviewer's claims. For the reviewer and for a
    /// `REVIEW_LEAD`. Needs the scope `reviews:write`. Problems: `INVALID_VALUE`, `NOT_ALLOWED`,
    /// `IDEMPOTENCY_KEY_REUSED`.
    async fn set_reviewer_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reviewer, the period and the deputy.")] input: SetReviewerAbsenceInput,
    ) -> Result<SetReviewerAbsencePayload, ApiError> {
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
        Ok(SetReviewerAbsencePayload { reviewer: reviewer.map(Into::into), problems: api_problems(done.problems) })
    }
}
