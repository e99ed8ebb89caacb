//! THE table: which action is open in which status, to whom, and where it leads. The guards, `availableActions`, the
//! texts of refusals, the diagram and the reviewed matrix all come from here (L10, L11).

use crate::kinds::{
    ClaimAction::{
        self, Approve, Assign, AttachProof, Comment, DeleteDraft, Edit, Reject, RemoveProof, RequestPartnerAction,
        Respond, StartReview, Submit, Withdraw,
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
    /// The assigned reviewer, anybody who reviews while nobody is assigned, or a review lead (L3).
    OpenReviewer,
    /// A reviewer while nobody is assigned, or a review lead (L3).
    TakingReviewer,
    /// The assigned reviewer or a review lead (L3).
    AssignedReviewer,
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
    /// Deleted.
    Away,
}

/// One row: an action, open in some statuses to some people.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The action.
    pub action: ClaimAction,
    /// The statuses it is open in.
    pub from: &'static [ClaimStatus],
    /// To whom.
    pub who: Who,
    /// The scope that the token needs (A5).
    pub scope: Scope,
    /// Where it leads.
    pub leads: Leads,
}

const fn rule(action: ClaimAction, from: &'static [ClaimStatus], who: Who, scope: Scope, leads: Leads) -> Rule {
    Rule { action, from, who, scope, leads }
}

/// The table, one row an action (L1-L9, K1).
pub const TABLE: &[Rule] = &[
    rule(Edit, &[Editing, Submitted, PartnerActionRequired], Who::PartnerAnyone, Scope::ClaimsWrite, Leads::Nowhere),
    rule(
        AttachProof,
        &[Editing, Submitted, PartnerActionRequired],
        Who::PartnerAnyone,
        Scope::ClaimsWrite,
        Leads::Nowhere,
    ),
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
    rule(
        RequestPartnerAction,
        &[UnderReview],
        Who::AssignedReviewer,
        Scope::ReviewsWrite,
        Leads::To(PartnerActionRequired),
    ),
    rule(Respond, &[PartnerActionRequired], Who::PartnerAdmin, Scope::ClaimsWrite, Leads::To(UnderReview)),
    rule(Approve, &[UnderReview], Who::AssignedReviewer, Scope::ReviewsWrite, Leads::To(Approved)),
    rule(Reject, &[UnderReview], Who::AssignedReviewer, Scope::ReviewsWrite, Leads::To(Rejected)),
    rule(
        Withdraw,
        &[Submitted, UnderReview, PartnerActionRequired, Approved],
        Who::PartnerAdmin,
        Scope::ClaimsWrite,
        Leads::To(Rejected),
    ),
    rule(
        Comment,
        &[Submitted, UnderReview, PartnerActionRequired, Approved, Rejected],
        Who::BothSides,
        Scope::CommentsWrite,
        Leads::Nowhere,
    ),
];

/// The row of an action; nothing for an action that no row opens.
#[must_use]
pub fn rule_of(action: ClaimAction) -> Option<&'static Rule> {
    TABLE.iter().find(|rule| rule.action == action)
}
