//! Claims: created and changed, each in one transaction with its history (H1).

mod ask;
pub(super) mod attempt;
pub(super) mod carry;
pub(super) mod change;
pub(super) mod create;
mod effects;
pub(super) mod upload;

pub use create::may_create;

use domain::{
    claim::{Claim, Contact},
    kinds::{ActionReason, Activity, ClaimAction, CommentVisibility, RejectionReason, SolutionArea},
    patch::Patch,
    problem::Problem,
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    app::transact::MutationResult,
    documents::Received,
    store::records::{Comment, Document},
};

/// What a mutation on a claim answers: the changed objects, or nothing but the reasons of a refusal.
#[derive(Clone, Debug, Default)]
pub struct Answer {
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

impl MutationResult for Answer {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::default() }
    }
}

impl Answer {
    /// The same answer; where the state of this claim is the reason of a refusal, its problems name it (L16).
    #[must_use]
    pub(super) fn about(mut self, claim_id: Option<Uuid>) -> Self {
        if let (Some(id), None) = (claim_id, &self.claim) {
            self.problems = self.problems.into_iter().map(|problem| problem.of_claim_as_it_stands(id)).collect();
        }
        self
    }
}

/// A new draft, as the API takes it.
#[derive(Clone, Debug, Serialize)]
pub struct CreateClaim {
    /// The partner's title.
    pub name: String,
    /// The partner's own key.
    pub external_reference: Option<String>,
    /// The customer.
    pub tenant_id: Uuid,
    /// A verified domain of the customer (E1).
    pub domain: String,
    /// The solution area.
    pub solution_area: SolutionArea,
    /// The activities (C4b).
    pub activities: Vec<Activity>,
    /// The location.
    pub mpn_id: String,
    /// The lines.
    pub lines: Vec<LineInput>,
    /// The customer's contact.
    pub customer_contact: Option<Contact>,
    /// The customer's technical contact.
    pub technical_contact: Option<Contact>,
    /// The partner's contact.
    pub partner_contact: Option<Contact>,
    /// The Dynamics solution seller.
    pub solution_seller: Option<String>,
    /// The partner's solution.
    pub partner_solution: Option<String>,
}

/// A line as given.
#[derive(Clone, Debug, Serialize)]
pub struct LineInput {
    /// The product; `None` if the id names no product at all.
    pub sku_id: Option<Uuid>,
    /// The subscription id as typed.
    pub typed: Option<String>,
}

/// A patch of a claim, as the API takes it (L12).
#[derive(Clone, Debug, Default, Serialize)]
pub struct EditInput {
    /// The partner's title.
    pub name: Patch<String>,
    /// The partner's own key.
    pub external_reference: Patch<String>,
    /// The location.
    pub mpn_id: Patch<String>,
    /// Lines to add.
    pub add_lines: Vec<LineInput>,
    /// Lines to remove; `None` if an id names no line at all.
    pub remove_lines: Vec<Option<Uuid>>,
    /// The customer's contact.
    pub customer_contact: Patch<Contact>,
    /// The customer's technical contact.
    pub technical_contact: Patch<Contact>,
    /// The partner's contact.
    pub partner_contact: Patch<Contact>,
    /// The customer; drafts only.
    pub tenant_id: Patch<Uuid>,
    /// The customer's domain; drafts only.
    pub domain: Patch<String>,
    /// The solution area; drafts only.
    pub solution_area: Patch<SolutionArea>,
    /// The activities; drafts only.
    pub activities: Patch<Vec<Activity>>,
    /// The Dynamics solution seller; drafts only.
    pub solution_seller: Patch<String>,
    /// The partner's solution; drafts only.
    pub partner_solution: Patch<String>,
}

/// A file as it was uploaded.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name that the client gave.
    pub name: String,
    /// The file, received and looked at.
    pub content: Received,
}

/// A change of one claim.
#[derive(Clone, Debug)]
pub enum Change {
    /// Change fields and lines.
    Edit(Box<EditInput>),
    /// Attach a document.
    AttachProof {
        /// The file.
        file: Upload,
    },
    /// Remove a document.
    RemoveProof {
        /// The document; `None` if the id names no document at all.
        document_id: Option<Uuid>,
    },
    /// Delete the draft.
    DeleteDraft,
    /// Hand it in.
    Submit,
    /// Take it into review.
    StartReview,
    /// Assign the review.
    Assign {
        /// The reviewer's token subject; `None` removes the current reviewer (R2).
        subject: Option<String>,
    },
    /// Move the review of one reviewer (R3).
    Reassign {
        /// The subject that has it.
        from: String,
        /// The subject that gets it; none takes it away.
        to: Option<String>,
    },
    /// Ask the partner for more.
    RequestPartnerAction {
        /// Why.
        reasons: Vec<ActionReason>,
        /// In words.
        message: String,
    },
    /// Answer the reviewers.
    Respond {
        /// In words.
        message: Option<String>,
    },
    /// Decide for it.
    Approve {
        /// A note for the history.
        note: Option<String>,
    },
    /// Decide against it.
    Reject {
        /// Why.
        reason: RejectionReason,
        /// In words.
        detail: String,
    },
    /// Take it back.
    Withdraw {
        /// Why.
        detail: String,
    },
    /// Dispute the rejection.
    Dispute {
        /// The business justification.
        justification: Option<String>,
    },
    /// The customer declines.
    DeclineConsent {
        /// Why.
        reason: Option<String>,
        /// Whether by the link of a mail (M3).
        by_link: bool,
    },
    /// Write a comment.
    Comment {
        /// The text.
        body: String,
        /// Who may read it.
        visibility: CommentVisibility,
    },
}

impl Change {
    /// Whether it may touch what other partners claim, so that the customer is locked first (X1).
    #[must_use]
    pub(super) const fn is_wide(&self) -> bool {
        matches!(
            self,
            Self::Edit(_)
                | Self::Submit
                | Self::Approve { .. }
                | Self::Reject { .. }
                | Self::Withdraw { .. }
                | Self::Dispute { .. }
                | Self::DeclineConsent { .. }
        )
    }

    /// Whether it is judged by its claim alone, and not by the claim's lines: by nothing that the change of another claim
    /// could move.
    #[must_use]
    pub(super) const fn is_of_its_claim(&self) -> bool {
        matches!(
            self,
            Self::AttachProof { .. }
                | Self::StartReview
                | Self::Assign { .. }
                | Self::Reassign { .. }
                | Self::RequestPartnerAction { .. }
                | Self::Comment { .. }
        )
    }

    /// Its row in the lifecycle table.
    #[must_use]
    pub const fn action(&self) -> ClaimAction {
        match self {
            Self::Edit(_) => ClaimAction::Edit,
            Self::AttachProof { .. } => ClaimAction::AttachProof,
            Self::RemoveProof { .. } => ClaimAction::RemoveProof,
            Self::DeleteDraft => ClaimAction::DeleteDraft,
            Self::Submit => ClaimAction::Submit,
            Self::StartReview => ClaimAction::StartReview,
            Self::Assign { .. } | Self::Reassign { .. } => ClaimAction::Assign,
            Self::RequestPartnerAction { .. } => ClaimAction::RequestPartnerAction,
            Self::Respond { .. } => ClaimAction::Respond,
            Self::Approve { .. } => ClaimAction::Approve,
            Self::Reject { .. } => ClaimAction::Reject,
            Self::Withdraw { .. } => ClaimAction::Withdraw,
            Self::Dispute { .. } => ClaimAction::Dispute,
            Self::DeclineConsent { .. } => ClaimAction::DeclineConsent,
            Self::Comment { .. } => ClaimAction::Comment,
        }
    }
}
