//! Notices: their recipients, content and expiry (N1, D4, M1). They are recorded in the transaction of the change that
//! they report.
//!
//! A notice contains facts. Its subject and body are a record in plain English, with the API's terms; the mail is
//! written from the facts, in the recipient's language.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    claim::{Claim, Consent, Rejection},
    kinds::{ActionReason, LineOutcome, NoticeKind, RejectionReason},
    time::Timestamp,
};

/// Whom a notice is for (M1b).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The claim's partner.
    Partner,
    /// The claim's customer.
    Customer,
    /// The reviewer with this subject.
    Reviewer(String),
    /// Every active lead, each with a notice of their own.
    Leads,
}

impl Recipient {
    /// The word that the database keeps.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Partner => "PARTNER",
            Self::Customer => "CUSTOMER",
            Self::Reviewer(_) | Self::Leads => "REVIEWERS",
        }
    }

    /// The reviewers who are notified about a claim: the assigned one, or every active lead if nobody is assigned
    /// (M1b).
    #[must_use]
    pub fn reviewers_of(claim: &Claim) -> Self {
        claim.reviewer.as_ref().map_or(Self::Leads, |reviewer| Self::Reviewer(reviewer.subject.clone()))
    }
}

/// The facts of a notice, as the database keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum NoticeFacts {
    /// The customer may decline (N1).
    ConsentRequested {
        /// When the customer was asked, which distinguishes this window from a later one.
        requested_at: Timestamp,
        /// Until when.
        decline_until: Timestamp,
    },
    /// The claim was approved.
    Approved {
        /// Until when the customer may decline.
        decline_until: Timestamp,
    },
    /// The claim was rejected (D4).
    Rejected {
        /// Why.
        reason: RejectionReason,
        /// In words.
        detail: String,
        /// Until when it may be disputed; `None` if it may not (D3).
        disputable_until: Option<Timestamp>,
    },
    /// The reviewers ask the partner for more (L4).
    ActionRequired {
        /// Why.
        reasons: Vec<ActionReason>,
        /// The reviewer's words.
        message: String,
        /// Until when (T3).
        respond_by: Timestamp,
        /// Whether the claim is approved and stays so (X3).
        incumbent: bool,
    },
    /// A product of the claim is in arbitration (X4).
    ArbitrationOpened {
        /// The product.
        sku_id: Uuid,
    },
    /// The arbitration of a product is over for the claim (X4).
    ArbitrationSettled {
        /// The product.
        sku_id: Uuid,
        /// `WON` or `LOST`; `None` if the claim takes no part any more.
        outcome: Option<LineOutcome>,
    },
    /// A subscription has ended, and the association for it (I2).
    SubscriptionEnded {
        /// The subscription.
        subscription_id: Option<Uuid>,
        /// The product.
        sku_id: Uuid,
    },
    /// The partner has answered the reviewers (L5).
    Responded {
        /// The partner's words.
        message: Option<String>,
        /// Until when the reviewers decide.
        decide_by: Option<Timestamp>,
    },
    /// The partner disputes the rejection (D1).
    Disputed {
        /// The partner's words.
        justification: Option<String>,
        /// Until when the reviewers answer (D2).
        answer_by: Timestamp,
    },
    /// A webhook endpoint was disabled (W4).
    WebhookDisabled {
        /// Its address.
        url: String,
    },
    /// The notices of a day (M5).
    Digest,
}

impl NoticeFacts {
    /// The kind of notice for it.
    #[must_use]
    pub const fn kind(&self) -> NoticeKind {
        match self {
            Self::ConsentRequested { .. } => NoticeKind::ConsentRequested,
            Self::Approved { .. } | Self::Rejected { .. } => NoticeKind::Decided,
            Self::ActionRequired { .. } => NoticeKind::ActionRequired,
            Self::ArbitrationOpened { .. } => NoticeKind::ArbitrationOpened,
            Self::ArbitrationSettled { .. } => NoticeKind::ArbitrationSettled,
            Self::SubscriptionEnded { .. } => NoticeKind::SubscriptionEnded,
            Self::Responded { .. } => NoticeKind::Responded,
            Self::Disputed { .. } => NoticeKind::Disputed,
            Self::WebhookDisabled { .. } => NoticeKind::WebhookDisabled,
            Self::Digest => NoticeKind::Digest,
        }
    }

    /// The deadline after which it is not sent any more (M6); `None` if it never comes too late.
    ///
    /// The reviewers' deadlines are none: a late review is still to be done (T1, T2).
    #[must_use]
    pub const fn useless_from(&self) -> Option<Timestamp> {
        match self {
            Self::ConsentRequested { decline_until, .. } => Some(*decline_until),
            Self::Rejected { disputable_until, .. } => *disputable_until,
            Self::ActionRequired { respond_by, .. } => Some(*respond_by),
            _ => None,
        }
    }
}

/// A notice to one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For whom.
    pub recipient: Recipient,
    /// The facts.
    pub told: NoticeFacts,
    /// The record: one line.
    pub subject: String,
    /// The record: the text.
    pub body: String,
}

impl Notice {
    fn partner(told: NoticeFacts, subject: String, body: impl Into<String>) -> Self {
        Self { recipient: Recipient::Partner, told, subject, body: body.into() }
    }

    /// The same notice to each of these reviewers; to leads in general if there is none.
    #[must_use]
    pub fn addressed(self, subjects: &[String]) -> Vec<Self> {
        if subjects.is_empty() {
            return vec![self];
        }
        let to = |subject: &String| Self { recipient: Recipient::Reviewer(subject.clone()), ..self.clone() };
        subjects.iter().map(to).collect()
    }
}

/// Notifies the partner of a rejection: why, how to dispute it and until when, or what to do instead (D3, D4).
#[must_use]
pub fn rejected(claim: &Claim, rejection: &Rejection) -> Notice {
    let way_on = match rejection.disputable_until {
        Some(until) => format!(
            "You may dispute the rejection until {until}: call disputeClaim with a business justification, or attach new \
             proof of execution first and call it without one."
        ),
        None => "This rejection cannot be disputed. Create a new claim with updated proof of execution.".to_owned(),
    };
    let told = NoticeFacts::Rejected {
        reason: rejection.reason,
        detail: rejection.detail.clone(),
        disputable_until: rejection.disputable_until,
    };
    let subject = format!("Claim {} was rejected", claim.number);
    Notice::partner(told, subject, format!("Reason: {}. {}\n\n{way_on}", rejection.reason, rejection.detail))
}

/// Notifies the customer of an approval: what it means, how to decline and until when (N1).
#[must_use]
pub fn consent_requested(claim: &Claim, consent: &Consent) -> Notice {
    let Consent { requested_at, decline_until, .. } = *consent;
    Notice {
        recipient: Recipient::Customer,
        told: NoticeFacts::ConsentRequested { requested_at, decline_until },
        subject: format!("A partner is about to be associated with your tenant (claim {})", claim.number),
        body: format!(
            "The claim {} of a partner on your tenant was approved. If you do nothing, the association becomes official. To \
             decline, call declineConsent before {decline_until}.",
            claim.number
        ),
    }
}

/// Notifies the partner of an approval (M1).
#[must_use]
pub fn approved(claim: &Claim, decline_until: Timestamp) -> Notice {
    Notice::partner(
        NoticeFacts::Approved { decline_until },
        format!("Claim {} was approved", claim.number),
        format!(
            "The customer may decline until {decline_until}. Otherwise the association becomes official at that time."
        ),
    )
}

/// Notifies the partner what the reviewers ask for, and until when (L4, T3).
#[must_use]
pub fn action_required(
    claim: &Claim,
    reasons: &[ActionReason],
    message: &str,
    respond_by: Timestamp,
    incumbent: bool,
) -> Notice {
    let words = reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let told =
        NoticeFacts::ActionRequired { reasons: reasons.to_vec(), message: message.to_owned(), respond_by, incumbent };
    let subject = format!("Claim {} needs your action", claim.number);
    Notice::partner(told, subject, format!("Reasons: {words}. {message}\n\nAnswer before {respond_by}."))
}

/// Notifies the partner that a product is in arbitration (X4).
#[must_use]
pub fn arbitration_opened(claim: &Claim, sku_id: Uuid, told: &str) -> Notice {
    let subject = format!("A product of claim {} is in arbitration", claim.number);
    Notice::partner(NoticeFacts::ArbitrationOpened { sku_id }, subject, told)
}

/// Notifies the partner that the arbitration of a product is over for the claim (X4).
#[must_use]
pub fn arbitration_settled(claim: &Claim, sku_id: Uuid, outcome: Option<LineOutcome>, told: &str) -> Notice {
    let subject = format!("The arbitration on claim {} is over", claim.number);
    Notice::partner(NoticeFacts::ArbitrationSettled { sku_id, outcome }, subject, told)
}

/// Notifies the partner that a subscription has ended, and the association for it (I2).
#[must_use]
pub fn subscription_ended(claim: &Claim, sku_id: Uuid, subscription_id: Option<Uuid>, told: &str) -> Notice {
    let subject = format!("A subscription of claim {} has ended", claim.number);
    Notice::partner(NoticeFacts::SubscriptionEnded { subscription_id, sku_id }, subject, told)
}

/// Notifies the reviewers that the partner has answered (L5).
#[must_use]
pub fn responded(claim: &Claim, message: Option<&str>) -> Notice {
    let decide_by = claim.deadline.map(|clock| clock.due_at);
    Notice {
        recipient: Recipient::reviewers_of(claim),
        told: NoticeFacts::Responded { message: message.map(str::to_owned), decide_by },
        subject: format!("The partner has responded on claim {}", claim.number),
        body: message.unwrap_or("The partner has edited the claim, commented on it or attached proof.").to_owned(),
    }
}

/// Notifies the reviewers of a dispute (D1).
#[must_use]
pub fn disputed(claim: &Claim, justification: Option<&str>, answer_by: Timestamp) -> Notice {
    Notice {
        recipient: Recipient::reviewers_of(claim),
        told: NoticeFacts::Disputed { justification: justification.map(str::to_owned), answer_by },
        subject: format!("The rejection of claim {} is disputed", claim.number),
        body: format!("{}\n\nAnswer before {answer_by}.", justification.unwrap_or("New proof was attached.")),
    }
}

/// Notifies the owner of a webhook endpoint that it was disabled (W4).
#[must_use]
pub fn webhook_disabled(recipient: Recipient, url: &str) -> Notice {
    Notice {
        recipient,
        told: NoticeFacts::WebhookDisabled { url: url.to_owned() },
        subject: "A webhook endpoint was disabled".to_owned(),
        body: format!("Nothing more is delivered to {url}. Fix the receiver, then enable the endpoint again."),
    }
}
