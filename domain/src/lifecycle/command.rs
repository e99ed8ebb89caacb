//! What can be asked of a claim: what the API builds, what an idempotency key is compared by, and what the rules judge.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use super::edit::prepare_edit;
use crate::{
    claim::{Claim, Contact},
    eligibility::Intent,
    kinds::{ActionReason, Activity, ClaimAction, CommentVisibility, RejectionReason, SolutionArea},
    patch::Patch,
    problem::Problem,
};

/// One action on a claim with its input, as the client gave it.
#[derive(Clone, Debug, Serialize)]
pub enum Command {
    /// Change fields and lines.
    Edit(Box<Edit>),
    /// Attach a document.
    AttachProof(NewDocument),
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
    /// Move a review, whoever is assigned now (R3).
    Reassign {
        /// The subject that has it.
        from: String,
        /// The subject that gets it; none takes it away.
        to: Option<String>,
    },
    /// Ask the partner for more (L4).
    RequestPartnerAction {
        /// Why, at least one.
        reasons: Vec<ActionReason>,
        /// In words; posted as a comment.
        message: String,
    },
    /// Answer the reviewers (L5).
    Respond {
        /// In words; posted as a comment.
        message: Option<String>,
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
        /// Whether by the link in a mail (M3).
        by_link: bool,
    },
    /// Write a comment (K1).
    Comment {
        /// The text.
        body: String,
        /// Who may read it.
        visibility: CommentVisibility,
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

    /// Whether it may touch what other partners claim, so that the customer is locked first (X1).
    #[must_use]
    pub const fn concerns_rivals(&self) -> bool {
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

    /// Whether it is judged by the claim's row alone, and not by its lines: by nothing that the change of another claim
    /// could move.
    #[must_use]
    pub const fn ignores_lines(&self) -> bool {
        matches!(
            self,
            Self::AttachProof(_)
                | Self::StartReview
                | Self::Assign { .. }
                | Self::Reassign { .. }
                | Self::RequestPartnerAction { .. }
                | Self::Comment { .. }
        )
    }

    /// What must be looked up before it can be decided on this claim.
    ///
    /// # Errors
    /// Every value of an edit that is not acceptable.
    pub fn needs(&self, claim: &Claim, ids: Ids<'_>) -> Result<Needs, Vec<Problem>> {
        let mut needs = Needs::default();
        match self {
            Self::Edit(edit) => {
                let edited = prepare_edit(claim, Edit::clone(edit), ids)?;
                needs.facts_of = Some(edited.intent);
                needs.edited = Some(Box::new(edited.claim));
            }
            Self::Submit | Self::Respond { .. } => needs.facts_of = Some(Intent::of(claim)),
            Self::Approve { .. } => {
                needs.facts_of = Some(Intent::of(claim));
                needs.associations = true;
            }
            Self::Dispute { .. } => needs.facts_of = Some(Intent::of(&super::with_open_lines(claim))),
            Self::RemoveProof { document_id } => needs.document = *document_id,
            Self::Assign { subject } | Self::Reassign { to: subject, .. } => needs.assignee.clone_from(subject),
            Self::AttachProof(_)
            | Self::DeleteDraft
            | Self::StartReview
            | Self::RequestPartnerAction { .. }
            | Self::Reject { .. }
            | Self::Withdraw { .. }
            | Self::DeclineConsent { .. }
            | Self::Comment { .. } => {}
        }
        Ok(needs)
    }
}

/// What a command is judged by beside the claim, to be looked up.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// The intent whose facts are needed.
    pub facts_of: Option<Intent>,
    /// The claim as an edit would make it: whether its external reference is free must be known.
    pub edited: Option<Box<Claim>>,
    /// Which of the claim's subjects another claim holds an association for.
    pub associations: bool,
    /// The document of this id, if the claim has it.
    pub document: Option<Uuid>,
    /// The reviewer of this subject, or the deputy.
    pub assignee: Option<String>,
}

/// Where new ids come from: rules have no randomness of their own.
#[derive(Clone, Copy)]
pub struct Ids<'a>(pub &'a (dyn Fn() -> Uuid + Sync));

impl Ids<'_> {
    /// A new id.
    #[must_use]
    pub fn next(self) -> Uuid {
        (self.0)()
    }
}

impl fmt::Debug for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ids")
    }
}

/// The whole content of a claim as a client states it: for a new draft, or for one that is to become it (B2). What is left
/// out is not set, or stays as it is (L12).
#[derive(Clone, Debug, Serialize)]
pub struct ClaimContent {
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
    /// All lines.
    pub lines: Patch<Vec<NewLine>>,
    /// The customer's contact.
    pub customer_contact: Patch<Contact>,
    /// The customer's technical contact.
    pub technical_contact: Patch<Contact>,
    /// The partner's contact.
    pub partner_contact: Patch<Contact>,
    /// The Dynamics solution seller.
    pub solution_seller: Patch<String>,
    /// The partner's solution.
    pub partner_solution: Patch<String>,
}

impl ClaimContent {
    /// Nothing but the customer and the solution area; the rest is to be filled in.
    #[must_use]
    pub const fn about(tenant_id: Uuid, solution_area: SolutionArea) -> Self {
        Self {
            name: String::new(),
            external_reference: None,
            tenant_id,
            domain: String::new(),
            solution_area,
            activities: Vec::new(),
            mpn_id: String::new(),
            lines: Patch::Keep,
            customer_contact: Patch::Keep,
            technical_contact: Patch::Keep,
            partner_contact: Patch::Keep,
            solution_seller: Patch::Keep,
            partner_solution: Patch::Keep,
        }
    }

    /// Completes stated contacts with the title and the telephone number that the draft has, for a source that has no place
    /// for them: what is not stated stays as it is (L12).
    pub fn keep_details_of_contacts(&mut self, draft: &Claim) {
        let contacts = [
            (&mut self.customer_contact, &draft.customer_contact),
            (&mut self.technical_contact, &draft.technical_contact),
            (&mut self.partner_contact, &draft.partner_contact),
        ];
        for (stated, known) in contacts {
            if let (Patch::Set(stated), Some(known)) = (stated, known) {
                stated.title = stated.title.take().or_else(|| known.title.clone());
                stated.phone = stated.phone.take().or_else(|| known.phone.clone());
            }
        }
    }

    /// The content as a patch, and all lines beside it.
    pub(super) fn into_edit(self) -> (Edit, Patch<Vec<NewLine>>) {
        let edit = Edit {
            name: Patch::Set(self.name),
            external_reference: self.external_reference.map_or(Patch::Keep, Patch::Set),
            mpn_id: Patch::Set(self.mpn_id),
            add_lines: Vec::new(),
            remove_lines: Vec::new(),
            customer_contact: self.customer_contact,
            technical_contact: self.technical_contact,
            partner_contact: self.partner_contact,
            tenant_id: Patch::Set(self.tenant_id),
            domain: Patch::Set(self.domain),
            solution_area: Patch::Set(self.solution_area),
            activities: Patch::Set(self.activities),
            solution_seller: self.solution_seller,
            partner_solution: self.partner_solution,
        };
        (edit, self.lines)
    }
}

/// A patch of a claim (L8, L12).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Edit {
    /// The partner's title.
    pub name: Patch<String>,
    /// The partner's key.
    pub external_reference: Patch<String>,
    /// The location.
    pub mpn_id: Patch<String>,
    /// Lines to add.
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
#[derive(Clone, Debug, Serialize)]
pub struct NewLine {
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

/// An uploaded file that is to become a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewDocument {
    /// The document's id, under which its content is kept before the document is attached.
    #[serde(skip)]
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
