//! What a claim consists of beside its own fields.

use async_graphql::{InputObject, SimpleObject};
use domain::{kinds, policy::Policy, time::Timestamp};

use super::enums::{
    ActionReason, ClaimAction, ConsentStatus, DeadlineKind, DeadlineState, DisputeStatus, EvaluationStatus,
    RejectionReason,
};
use crate::{
    graphql::{
        directory::IncentiveProgram,
        problem::Problem,
        scalar::{DateTime, Uuid},
    },
    store::evaluations,
};

/// A contact person at the customer or the partner.
#[derive(Clone, Debug, SimpleObject)]
pub struct Contact {
    /// The person's full name.
    pub name: String,
    /// The job title.
    pub title: Option<String>,
    /// The e-mail address; its form is checked, not whether it exists.
    pub email: String,
    /// The telephone number as typed; no format is required.
    pub phone: Option<String>,
}

impl From<domain::claim::Contact> for Contact {
    fn from(contact: domain::claim::Contact) -> Self {
        Self { name: contact.name, title: contact.title, email: contact.email, phone: contact.phone }
    }
}

/// A contact person at the customer or the partner. Each text is a single line of at most 200 characters; otherwise
/// `INVALID_VALUE`.
#[derive(Clone, Debug, InputObject)]
pub struct ContactInput {
    /// The full name; not blank.
    pub name: String,
    /// The job title.
    pub title: Option<String>,
    /// The e-mail address; its form is checked.
    pub email: String,
    /// The telephone number, in any form.
    pub phone: Option<String>,
}

impl From<ContactInput> for domain::claim::Contact {
    fn from(contact: ContactInput) -> Self {
        Self { name: contact.name, title: contact.title, email: contact.email, phone: contact.phone }
    }
}

/// A running deadline of a claim. Business days are Monday to Friday except the vendor's holidays, in the vendor's time
/// zone.
#[derive(Clone, Debug, SimpleObject)]
pub struct Deadline {
    /// What has to happen in time.
    pub kind: DeadlineKind,
    /// The midnight that ends the last day; from then on it is too late.
    pub due_at: DateTime,
    /// Whether it is on track, at risk, extended or overdue.
    pub state: DeadlineState,
    /// The business days after today up to the last one: 0 on the last day, negative when overdue.
    pub business_days_left: i32,
}

impl Deadline {
    /// A running deadline and its current state.
    #[must_use]
    pub fn of(
        (deadline, state): (domain::deadline::Deadline, kinds::DeadlineState),
        now: Timestamp,
        policy: &Policy,
    ) -> Self {
        Self {
            kind: deadline.kind.into(),
            due_at: deadline.due_at.into(),
            state: state.into(),
            business_days_left: deadline.business_days_left(now, policy),
        }
    }
}

/// A reviewer's latest request for action by the partner.
#[derive(Clone, Debug, SimpleObject)]
pub struct ActionRequest {
    /// The reasons for the request, at least one.
    pub reasons: Vec<ActionReason>,
    /// The reviewer's text, at most 10,000 characters; also posted as a comment on the claim.
    pub message: String,
    /// When the reviewer asked; the response period starts here.
    pub requested_at: DateTime,
    /// The deadline for the partner's response. If it passes, the claim is rejected with `NO_PARTNER_RESPONSE`; an
    /// approved claim in arbitration stays approved, and the history records the missed deadline.
    pub respond_by: DateTime,
}

impl From<domain::claim::ActionRequest> for ActionRequest {
    fn from(request: domain::claim::ActionRequest) -> Self {
        Self {
            reasons: request.reasons.into_iter().map(Into::into).collect(),
            message: request.message,
            requested_at: request.requested_at.into(),
            respond_by: request.respond_by.into(),
        }
    }
}

/// Why a claim was rejected, and until when that can be disputed.
#[derive(Clone, Debug, SimpleObject)]
pub struct Rejection {
    /// One of the fixed reasons.
    pub reason: RejectionReason,
    /// The explanation for the partner.
    pub detail: String,
    /// The time of the decision, withdrawal, decline or missed deadline.
    pub rejected_at: DateTime,
    /// Until when the rejection can be disputed; null if it cannot, and a new claim is needed.
    pub disputable_until: Option<DateTime>,
}

impl From<domain::claim::Rejection> for Rejection {
    fn from(rejection: domain::claim::Rejection) -> Self {
        Self {
            reason: rejection.reason.into(),
            detail: rejection.detail,
            rejected_at: rejection.rejected_at.into(),
            disputable_until: rejection.disputable_until.map(Into::into),
        }
    }
}

/// The customer's consent to an approved claim. The customer is asked on approval and may decline until the period
/// ends; silence is consent.
#[derive(Clone, Debug, SimpleObject)]
pub struct Consent {
    /// Whether the customer can still decline, has declined, or let the period pass.
    pub status: ConsentStatus,
    /// When the customer was asked, which is on approval.
    pub requested_at: DateTime,
    /// The end of the consent period; declining at this instant is too late.
    pub decline_until: DateTime,
    /// When the customer declined or the period ended; null until then.
    pub settled_at: Option<DateTime>,
}

impl From<domain::claim::Consent> for Consent {
    fn from(consent: domain::claim::Consent) -> Self {
        Self {
            status: consent.status.into(),
            requested_at: consent.requested_at.into(),
            decline_until: consent.decline_until.into(),
            settled_at: consent.settled_at.map(Into::into),
        }
    }
}

/// A partner's objection to a rejection.
#[derive(Clone, Debug, SimpleObject)]
pub struct Dispute {
    /// Whether the reviewers have answered, and how.
    pub status: DisputeStatus,
    /// The partner's reasons, at most 10,000 characters; null if the partner attached new proof instead.
    pub justification: Option<String>,
    /// When the partner disputed the rejection.
    pub opened_at: DateTime,
    /// The deadline for the reviewers' answer.
    pub answer_by: DateTime,
    /// When the reviewers answered by approving or rejecting again; null until then.
    pub answered_at: Option<DateTime>,
}

impl From<domain::claim::Dispute> for Dispute {
    fn from(dispute: domain::claim::Dispute) -> Self {
        Self {
            status: dispute.status.into(),
            justification: dispute.justification,
            opened_at: dispute.opened_at.into(),
            answer_by: dispute.answer_by.into(),
            answered_at: dispute.answered_at.map(Into::into),
        }
    }
}

/// The incentive evaluation of an approved claim, with the ids under which the partner finds it in its payment report.
#[derive(Clone, Debug, SimpleObject)]
pub struct IncentiveEvaluation {
    /// Whether the claim was sent for evaluation.
    pub status: EvaluationStatus,
    /// The programs that evaluate the claim; empty for Revenue association.
    pub programs: Vec<IncentiveProgram>,
    /// When the claim was sent for evaluation; null until then.
    pub sent_at: Option<DateTime>,
    /// The id that appears in the payment report in Microsoft 365; null in Business Applications.
    pub tenant_id: Option<Uuid>,
    /// The ids that appear in the payment report in Business Applications; empty in Microsoft 365.
    pub subscription_ids: Vec<Uuid>,
}

impl From<evaluations::Evaluation> for IncentiveEvaluation {
    fn from(evaluation: evaluations::Evaluation) -> Self {
        Self {
            status: evaluation.status.into(),
            programs: evaluation.programs.into_iter().map(Into::into).collect(),
            sent_at: evaluation.sent_at.map(Into::into),
            tenant_id: evaluation.tenant_id.map(Into::into),
            subscription_ids: evaluation.subscription_ids.into_iter().map(Into::into).collect(),
        }
    }
}

/// An action that is not open to the caller on a claim, and why.
#[derive(Clone, Debug, SimpleObject)]
pub struct UnavailableAction {
    /// One of the actions of the caller's side.
    pub action: ClaimAction,
    /// Why it is not open, with what can be done instead.
    pub reason: Problem,
}
