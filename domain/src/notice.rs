//! Notices: what people are told by mail or webhook, in words (N1, D4, M1). They are recorded in the transaction of what
//! they tell.

use crate::{
    claim::{Claim, Rejection},
    time::Timestamp,
};

/// Whom a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The claim's partner.
    Partner,
    /// The claim's customer.
    Customer,
}

impl Recipient {
    /// The word that the database keeps.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "PARTNER",
            Self::Customer => "CUSTOMER",
        }
    }
}

/// A notice to one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// For whom.
    pub recipient: Recipient,
    /// One line.
    pub subject: String,
    /// The text.
    pub body: String,
}

/// Tells the partner of a rejection: why, how to dispute it and until when, or what to do instead (D3, D4).
#[must_use]
pub fn rejected(claim: &Claim, rejection: &Rejection) -> Notice {
    let way_on = match rejection.disputable_until {
        Some(until) => format!(
            "You may dispute the rejection until {until}: call disputeClaim with a business justification, or attach new \
             proof of execution first and call it without one."
        ),
        None => "This rejection cannot be disputed. Make a new claim with updated proof of execution.".to_owned(),
    };
    Notice {
        recipient: Recipient::Partner,
        subject: format!("Claim {} was rejected", claim.number),
        body: format!("Reason: {}. {}\n\n{way_on}", rejection.reason, rejection.detail),
    }
}

/// Tells the customer of an approval: what it means, how to decline and until when (N1).
#[must_use]
pub fn consent_requested(claim: &Claim, decline_until: Timestamp) -> Notice {
    Notice {
        recipient: Recipient::Customer,
        subject: format!("A partner is about to be associated with your tenant (claim {})", claim.number),
        body: format!(
            "The claim {} of a partner on your tenant was approved. If you do nothing, the association becomes official. To \
             decline, call declineConsent before {decline_until}.",
            claim.number
        ),
    }
}
