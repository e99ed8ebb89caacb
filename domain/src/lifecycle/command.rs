//! What can be asked of a claim, with everything that was random or outside already put in.

use uuid::Uuid;

use crate::{
    claim::{Claim, Contact, Reviewer},
    eligibility::Intent,
    kinds::{ActionReason, Activity, ClaimAction, CommentVisibility, RejectionReason, SolutionArea},
    patch::Patch,
};

/// One action on a claim with its input.
#[derive(Clone, Debug)]
pub enum Command {
    /// Change fields and lines; prepared by [`super::prepare_edit`].
    Edit(Box<Edited>),
    /// Attach a document.
    AttachProof(NewDocument),
    /// Remove a document.
    RemoveProof {
        /// The document of this claim; `None` if the id names none.
        document: Option<OldDocument>,
    },
    /// Delete the draft.
    DeleteDraft,
    /// Hand it in.
    Submit,
    /// Take it into review.
    StartReview,
    /// Assign the review.
    Assign {
        /// The reviewer; `None` removes the current one.
        to: Option<Reviewer>,
        /// The absent reviewer whose deputy gets the review, or who has no deputy.
        absent: Option<String>,
    },
    /// Move a review, whoever is assigned now (R3).
    Reassign {
        /// The subject that has it.
        from: String,
        /// The reviewer who gets it; none takes it away.
        to: Option<Reviewer>,
    },
    /// Ask the partner for more (L4).
    RequestPartnerAction {
        /// Why, at least one.
        reasons: Vec<ActionReason>,
        /// In words; posted as a comment.
        message: String,
        /// The id of that comment.
        comment_id: Uuid,
    },
    /// Answer the reviewers (L5).
    Respond {
        /// In words; posted as a comment.
        message: Option<String>,
        /// The id of that comment.
        comment_id: Uuid,
    },
    /// Decide for it (L6).
    Approve {
        /// A note for the history.
        note: Option<String>,
    },
    /// Decide against it (L7).
    Reject {
        /// Why.
        reason: RejectionReason,
        /// In words.
        detail: String,
    },
    /// Take it back (L9).
    Withdraw {
        /// Why.
        detail: String,
    },
    /// Dispute the rejection (D1).
    Dispute {
        /// The business justification.
        justification: Option<String>,
    },
    /// The customer declines (N3).
    DeclineConsent {
        /// Why, in the customer's words.
        reason: Option<String>,
    },
    /// Write a comment (K1).
    Comment {
        /// The text.
        body: String,
        /// Who may read it.
        visibility: CommentVisibility,
        /// The comment's id.
        comment_id: Uuid,
    },
}

impl Command {
    /// Its row in the table.
    #[must_use]
    pub const fn action(&self) -> ClaimAction {
        match self {
            Self::Edit(_) => ClaimAction::Edit,
            Self::AttachProof(_) => ClaimAction::AttachProof,
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

/// A patch of a claim (L8, L12).
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// The partner's title.
    pub name: Patch<String>,
    /// The partner's key.
    pub external_reference: Patch<String>,
    /// The location.
    pub mpn_id: Patch<String>,
    /// Lines to add, with the ids they will get.
    pub add_lines: Vec<NewLine>,
    /// Lines to remove; `None` if the given id names no line at all.
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

/// A line to add.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// The id it will get.
    pub id: Uuid,
    /// The product; `None` if the given id names none.
    pub sku_id: Option<Uuid>,
    /// The subscription id as typed.
    pub typed: Option<String>,
}

/// A claim with a patch applied and its values checked, to be judged with the facts of its intent.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The claim as it would be, its new lines included.
    pub claim: Claim,
    /// What it would claim.
    pub intent: Intent,
}

/// A document whose content is already stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// The document's id.
    pub id: Uuid,
    /// The cleaned name (P1).
    pub name: String,
    /// The media type found by content; `None` if it is not an allowed one.
    pub media_type: Option<String>,
    /// In bytes.
    pub size: u64,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
}

/// A document that the claim has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldDocument {
    /// The document's id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
}
