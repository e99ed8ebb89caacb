//! What a claim consists of beside its own fields.

use async_graphql::{InputObject, SimpleObject};
use domain::{kinds, policy::Policy, time::Timestamp};

use super::enums::{
    ActionReason, ConsentStatus, DeadlineKind, DeadlineState, DisputeStatus, EvaluationStatus, RejectionReason,
};
use crate::{
    graphql::{
        directory::IncentiveProgram,
        scalar::{DateTime, Uuid},
    },
    store::records,
};

/// A person to ask, at the customer or at the partner.
#[derive(Clone, Debug, SimpleObject)]
pub struct Contact {
    /// The full name.
    pub name: String,
    /// The job title.
    pub title: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The telephone number, as it was typed.
    pub phone: Option<String>,
}

impl From<domain::claim::Contact> for Contact {
    fn from(contact: domain::claim::Contact) -> Self {
        Self { name: contact.name, title: contact.title, email: contact.email, phone: contact.phone }
    }
}

/// A person to ask, at the customer or at the partner. Each text is at most 200 characters in one line; else
/// `INVALID_VALUE`.
#[derive(Clone, Debug, InputObject)]
pub struct ContactInput {
    /// The full name; not blank.
    pub name: String,
    /// The job title.
    pub title: Option<String>,
    /// The e-mail address; checked for its form.
    pub email: String,
    /// The telephone number, in any form.
    pub phone: Option<String>,
}

impl From<ContactInput> for domain::claim::Contact {
    fn from(contact: ContactInput) -> Self {
        Self { name: contact.name, title: contact.title, email: contact.email, phone: contact.phone }
    }
}

/// A clock that runs on a claim. Business days are Monday to Friday less the vendor's holidays, in the vendor's time
/// zone.
#[derive(Clone, Debug, SimpleObject)]
pub struct Deadline {
    /// Which clock it is.
    pub kind: DeadlineKind,
    /// When it is too late: the midnight that ends the last day.
    pub due_at: DateTime,
    /// How it stands now.
    pub state: DeadlineState,
    /// Business days after today up to the last one: 0 on the last day, negative when overdue.
    pub business_days_left: i32,
}

impl Deadline {
    /// A clock that runs, and how it stands now.
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

/// What a reviewer asked the partner for.
#[derive(Clone, Debug, SimpleObject)]
pub struct ActionRequest {
    /// Why, at least one reason.
    pub reasons: Vec<ActionReason>,
    /// The reviewer's words; they are a comment on the claim too.
    pub message: String,
    /// When the partner was asked.
    pub requested_at: DateTime,
    /// Until when the partner is to answer; without an answer the claim is rejected with `NO_PARTNER_RESPONSE`. An
    /// approved claim in arbitration never is: there silence is only noted.
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

/// How a claim was rejected.
#[derive(Clone, Debug, SimpleObject)]
pub struct Rejection {
    /// Why.
    pub reason: RejectionReason,
    /// Why, in words.
    pub detail: String,
    /// When.
    pub rejected_at: DateTime,
    /// Until when the rejection may be disputed; null where it may not, and a new claim is needed.
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

/// The customer's consent to an approved claim. The customer is asked on approval, and may decline until the time is
/// over; silence is consent.
#[derive(Clone, Debug, SimpleObject)]
pub struct Consent {
    /// How it stands.
    pub status: ConsentStatus,
    /// When the customer was asked: on approval.
    pub requested_at: DateTime,
    /// Until when the customer may decline; at this instant it is too late.
    pub decline_until: DateTime,
    /// When the customer declined or the time was over; null while it is not.
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

/// The partner's dispute of a rejection.
#[derive(Clone, Debug, SimpleObject)]
pub struct Dispute {
    /// How it stands.
    pub status: DisputeStatus,
    /// Why the rejection is wrong, in the partner's words; null where new proof of execution alone was brought.
    pub justification: Option<String>,
    /// When the partner disputed.
    pub opened_at: DateTime,
    /// Until when the reviewers are to answer.
    pub answer_by: DateTime,
    /// When they answered, by approving or rejecting again; null while they have not.
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

/// The incentive evaluation of an approved claim, with what the partner finds it by in its payment report.
#[derive(Clone, Debug, SimpleObject)]
pub struct IncentiveEvaluation {
    /// How it stands.
    pub status: EvaluationStatus,
    /// The programmes that evaluate it; none for Revenue association.
    pub programs: Vec<IncentiveProgram>,
    /// When it was sent; null where it was not.
    pub sent_at: Option<DateTime>,
    /// The customer's tenant id (Microsoft 365); null in Business Applications.
    pub tenant_id: Option<Uuid>,
    /// The subscription ids (Business Applications); empty in Microsoft 365.
    pub subscription_ids: Vec<Uuid>,
}

impl From<records::Evaluation> for IncentiveEvaluation {
    fn from(evaluation: records::Evaluation) -> Self {
        Self {
            status: evaluation.status.into(),
            programs: evaluation.programs.into_iter().map(Into::into).collect(),
            sent_at: evaluation.sent_at.map(Into::into),
            tenant_id: evaluation.tenant_id.map(Into::into),
            subscription_ids: evaluation.subscription_ids.into_iter().map(Into::into).collect(),
        }
    }
}
