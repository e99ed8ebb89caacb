//! What a claim consists of beside its own fields.

use async_graphql::{InputObject, SimpleObject};
use domain::{policy::Policy, time::Timestamp};

use super::enums::{ActionReason, DeadlineKind, DeadlineState, RejectionReason};
use crate::graphql::scalar::DateTime;

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
    /// A deadline as it stands now.
    #[must_use]
    pub fn at(deadline: domain::deadline::Deadline, now: Timestamp, policy: &Policy) -> Self {
        Self {
            kind: deadline.kind.into(),
            due_at: deadline.due_at.into(),
            state: deadline.state(now, policy).into(),
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
    /// Until when the partner is to answer; without an answer the claim is rejected with `NO_PARTNER_RESPONSE`.
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

/// The reviewer who is assigned to a claim. Only the vendor's side sees reviewers.
#[derive(Clone, Debug, SimpleObject)]
pub struct Reviewer {
    /// The subject of the reviewer's token, as `assignReviewer` takes it.
    pub subject: String,
    /// The reviewer's name, once they acted on a claim under it.
    pub name: Option<String>,
}

impl From<domain::claim::Reviewer> for Reviewer {
    fn from(reviewer: domain::claim::Reviewer) -> Self {
        Self { subject: reviewer.subject, name: reviewer.name }
    }
}
