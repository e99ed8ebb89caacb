//! THE table: which action is open in which status, to whom, and where it leads. The guards, `availableActions`, the
//! texts of refusals, the diagram and the reviewed matrix all come from here (L10, L11).

use crate::kinds::{
    ClaimAction::{
        self, Approve, Assign, AttachProof, AwardArbitration, Comment, DeclineConsent, DeleteDraft, Dispute, Edit,
        Reject, RemoveProof, RequestPartnerAction, Respond, StartReview, Submit, Withdraw,
    },
    ClaimStatus::{self, Approved, Editing, PartnerActionRequired, Rejected, Submitted, UnderReview},
    Scope,
};

/// Who may do an action; the roles are those of A1 and A2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Any role of the claim's partner.
    PartnerAnyone,
    /// The three administrators of the claim's partner (A1).
    PartnerAdmin,
    /// The assigned reviewer, any reviewer while nobody is assigned, or a review lead (L3).
    OpenReviewer,
    /// A reviewer while nobody is assigned, or a review lead (L3).
    TakingReviewer,
    /// The assigned reviewer or a review lead (L3).
    AssignedReviewer,
    /// As [`Who::AssignedReviewer`], but not the one whose rejection is disputed, unless a review lead (D2).
    DecidingReviewer,
    /// A review lead (A2, X5).
    Lead,
    /// An administrator of the claim's customer (A3).
    Customer,
    /// Any role of the claim's partner, a reviewer or a review lead.
    BothSides,
}

/// Where an action leaves the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// In the status it was in.
    Nowhere,
    /// In this status.
    To(ClaimStatus),
    /// To the partner, who must act; an approved claim stays approved (X3).
    Asks,
    /// Deleted.
    Away,
}

/// What must hold beside the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A product of the claim is in an open arbitration (X).
    Contested,
    /// No product of it is (L6).
    Uncontested,
    /// The rejection may be disputed now (D1, D3).
    Disputable,
    /// The customer may still decline (N1).
    ConsentOpen,
}

/// One row: an action, open in some statuses to some people.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The action.
    pub action: ClaimAction,
    /// The statuses it is open in.
    pub from: &'static [ClaimStatus],
    /// The statuses it is open in only when something more holds.
    pub only: &'static [(ClaimStatus, When)],
    /// To whom.
    pub who: Who,
    /// The scope that the token needs (A5).
    pub scope: Scope,
    /// Where it leads.
    pub leads: Leads,
}

const fn rule(action: ClaimAction, from: &'static [ClaimStatus], who: Who, scope: Scope, leads: Leads) -> Rule {
    Rule { action, from, only: &[], who, scope, leads }
}

impl Rule {
    const fn only(self, only: &'static [(ClaimStatus, When)]) -> Self {
        Self { only, ..self }
    }

    /// Every status that it can be open in.
    pub fn statuses(&self) -> impl Iterator<Item = ClaimStatus> {
        self.from.iter().copied().chain(self.only.iter().map(|(status, _)| *status))
    }

    /// What must hold in this status; nothing in one where it is open anyway or not at all.
    #[must_use]
    pub fn condition(&self, status: ClaimStatus) -> Option<When> {
        self.only.iter().find(|(only, _)| *only == status).map(|(_, when)| *when)
    }
}

/// The table, one row an action (L1-L9, N3, D1, X3, X5, K1).
pub const TABLE: &[Rule] = &[
    rule(Edit, &[Editing, Submitted, PartnerActionRequired], Who::PartnerAnyone, Scope::ClaimsWrite, Leads::Nowhere),
    rule(
        AttachProof,
        &[Editing, Submitted, PartnerActionRequired],
        Who::PartnerAnyone,
        Scope::ClaimsWrite,
        Leads::Nowhere,
    )
    .only(&[(Approved, When::Contested), (Rejected, When::Disputable)]),
    rule(RemoveProof, &[Editing], Who::PartnerAnyone, Scope::ClaimsWrite, Leads::Nowhere),
    rule(DeleteDraft, &[Editing], Who::PartnerAdmin, Scope::ClaimsWrite, Leads::Away),
    rule(Submit, &[Editing], Who::PartnerAdmin, Scope::ClaimsWrite, Leads::To(Submitted)),
    rule(StartReview, &[Submitted], Who::OpenReviewer, Scope::ReviewsWrite, Leads::To(UnderReview)),
    rule(
        Assign,
        &[Submitted, UnderReview, PartnerActionRequired],
        Who::TakingReviewer,
        Scope::ReviewsWrite,
        Leads::Nowhere,
    ),
    rule(RequestPartnerAction, &[UnderReview], Who::AssignedReviewer, Scope::ReviewsWrite, Leads::Asks)
        .only(&[(Approved, When::Contested)]),
    rule(Respond, &[PartnerActionRequired], Who::PartnerAdmin, Scope::ClaimsWrite, Leads::To(UnderReview)),
    rule(Approve, &[], Who::DecidingReviewer, Scope::ReviewsWrite, Leads::To(Approved))
        .only(&[(UnderReview, When::Uncontested)]),
    rule(Reject, &[UnderReview], Who::DecidingReviewer, Scope::ReviewsWrite, Leads::To(Rejected)),
    rule(
        Withdraw,
        &[Submitted, UnderReview, PartnerActionRequired, Approved],
        Who::PartnerAdmin,
        Scope::ClaimsWrite,
        Leads::To(Rejected),
    ),
    rule(Dispute, &[], Who::PartnerAdmin, Scope::ClaimsWrite, Leads::To(UnderReview))
        .only(&[(Rejected, When::Disputable)]),
    rule(
        Comment,
        &[Submitted, UnderReview, PartnerActionRequired, Approved, Rejected],
        Who::BothSides,
        Scope::CommentsWrite,
        Leads::Nowhere,
    ),
    rule(DeclineConsent, &[], Who::Customer, Scope::ClaimsWrite, Leads::To(Rejected))
        .only(&[(Approved, When::ConsentOpen)]),
    rule(AwardArbitration, &[], Who::Lead, Scope::ReviewsWrite, Leads::Nowhere).only(&[
        (Submitted, When::Contested),
        (UnderReview, When::Contested),
        (PartnerActionRequired, When::Contested),
        (Approved, When::Contested),
    ]),
];

/// The row of an action; nothing for an action that no row opens.
#[must_use]
pub fn rule_of(action: ClaimAction) -> Option<&'static Rule> {
    TABLE.iter().find(|rule| rule.action == action)
}
