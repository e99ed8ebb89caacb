//! Claims: created and changed, each in one transaction with its history (H1).

pub(super) mod attempt;
pub(super) mod carry;
pub(super) mod change;
pub(super) mod create;
mod effects;
mod request;
pub(super) mod upload;

pub use create::may_create;

use domain::{claim::Claim, problem::Problem};
use uuid::Uuid;

use super::transact::MutationResult;
use crate::{
    documents::Received,
    store::{comments::Comment, documents::Document},
};

/// The result of a mutation on a claim: the changed objects, or nothing but the reasons of a refusal.
#[derive(Clone, Debug, Default)]
pub struct ChangeResult {
    /// The claim after the change; nothing when refused or deleted.
    pub claim: Option<Claim>,
    /// The attached document.
    pub document: Option<Document>,
    /// The posted comment.
    pub comment: Option<Comment>,
    /// The deleted draft.
    pub deleted_claim_id: Option<Uuid>,
    /// Why it was refused, or, beside a draft, what would refuse its submission.
    pub problems: Vec<Problem>,
}

impl MutationResult for ChangeResult {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

impl ChangeResult {
    /// The same result; where the state of this claim is the reason of a refusal, its problems name it (L16).
    #[must_use]
    pub(super) fn about(mut self, claim_id: Option<Uuid>) -> Self {
        if let (Some(id), None) = (claim_id, &self.claim) {
            self.problems = self.problems.into_iter().map(|problem| problem.of_claim_as_it_stands(id)).collect();
        }
        self
    }
}

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name that the client gave.
    pub name: String,
    /// The file, received and looked at.
    pub content: Received,
}
