//! The reviewer.

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::{
    graphql::{
        error::ApiError,
        global_id::{self, Kind},
        loader::{load, loads_by_id},
        page::connection,
        scalar::DateTime,
    },
    store::reviewers,
};

/// A reviewer of the vendor. Only the vendor's side sees reviewers. One who is assigned to a claim and was never loaded nor
/// signed in here is known by the subject alone.
#[derive(Clone, Debug)]
pub struct Reviewer {
    subject: String,
    name: Option<String>,
    known: Option<reviewers::Reviewer>,
}

impl From<domain::claim::Reviewer> for Reviewer {
    fn from(reviewer: domain::claim::Reviewer) -> Self {
        Self { subject: reviewer.subject, name: reviewer.name, known: None }
    }
}

impl From<reviewers::Reviewer> for Reviewer {
    fn from(known: reviewers::Reviewer) -> Self {
        Self { subject: known.subject.clone(), name: Some(known.name.clone()), known: Some(known) }
    }
}

connection!(ReviewerConnection, ReviewerEdge, Reviewer, "reviewers", "a reviewer");

impl Reviewer {
    async fn known(&self, ctx: &Context<'_>) -> Result<Option<reviewers::Reviewer>, ApiError> {
        match &self.known {
            Some(known) => Ok(Some(known.clone())),
            None => load(ctx, ReviewerBySubject(self.subject.clone())).await,
        }
    }
}

/// A person of the vendor who reviews claims. Only the vendor sees reviewers.
#[Object]
impl Reviewer {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::Reviewer, reviewers::id_of(&self.subject))
    }

    /// The subject of the reviewer's tokens, as `assignReviewer` takes it.
    async fn subject(&self) -> &str {
        &self.subject
    }

    /// The name from the directory or a token; null if neither has one.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The e-mail address for notices; null if the directory has none.
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.known(ctx).await?.and_then(|known| known.email))
    }

    /// Whether reviews can be assigned to them.
    async fn active(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.known(ctx).await?.is_some_and(|known| known.active))
    }

    /// Whether the reviewer may also award arbitrations and move reviews.
    async fn lead(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(self.known(ctx).await?.is_some_and(|known| known.lead))
    }

    /// The number of claims assigned to the reviewer in `SUBMITTED`, `UNDER_REVIEW` or `PARTNER_ACTION_REQUIRED`.
    async fn open_reviews(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        let open = load(ctx, OpenReviewsOf(self.subject.clone())).await?.unwrap_or_default();
        Ok(i32::try_from(open).unwrap_or(i32::MAX))
    }

    /// The current or coming absence; null if none is set, or if it is over.
    async fn absence(&self, ctx: &Context<'_>) -> Result<Option<ReviewerAbsence>, ApiError> {
        let now = crate::graphql::loader::Reader::of(ctx)?.app.now();
        let absence = self.known(ctx).await?.and_then(|known| known.absence).filter(|absence| absence.until > now);
        let Some(absence) = absence else { return Ok(None) };
        let deputy = absence.deputy.map(|subject| Self { subject, name: None, known: None });
        let deputy = match deputy {
            Some(deputy) => Some(deputy.known(ctx).await?.map_or(deputy, Into::into)),
            None => None,
        };
        Ok(Some(ReviewerAbsence { from: absence.from.into(), until: absence.until.into(), deputy }))
    }
}

/// A period in which a reviewer is away.
#[derive(SimpleObject)]
pub struct ReviewerAbsence {
    /// When the absence begins.
    pub from: DateTime,
    /// When the absence ends.
    pub until: DateTime,
    /// Who receives the reviewer's new reviews meanwhile; null if nobody does.
    pub deputy: Option<Reviewer>,
}

loads_by_id! {
    /// The reviewer with a subject.
    ReviewerBySubject(String) => reviewers::Reviewer,
    |reader, subjects| {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        reviewers::by_subjects(reader.db(), &subjects).await?.into_iter().map(|found| (found.subject.clone(), found))
    }
}

loads_by_id! {
    /// How many open reviews a subject has.
    OpenReviewsOf(String) => i64,
    |reader, subjects| {
        let subjects: Vec<&str> = subjects.iter().map(String::as_str).collect();
        reviewers::open_reviews(reader.db(), &subjects).await?
    }
}

crate::graphql::at_hand::nothing_at_hand!(Reviewer);
