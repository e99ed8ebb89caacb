//! Notices: their kinds, the state of their delivery, and preferences (M).

use super::UnknownWord;

words! {
    /// What a notice is about (M1).
    NoticeKind {
        /// To the customer: a claim was approved, and may be declined (N1).
        ConsentRequested = "CONSENT_REQUESTED",
        /// To the partner: the claim was approved or rejected (D4).
        Decided = "DECIDED",
        /// To the partner: the reviewers ask for more (L4).
        ActionRequired = "ACTION_REQUIRED",
        /// To the partner: a product of the claim is in arbitration (X4).
        ArbitrationOpened = "ARBITRATION_OPENED",
        /// To the partner: the arbitration is over for the claim (X4).
        ArbitrationSettled = "ARBITRATION_SETTLED",
        /// To the partner: a subscription has ended, and the association for it (I2).
        SubscriptionEnded = "SUBSCRIPTION_ENDED",
        /// To the reviewers: the partner has answered (L5).
        Responded = "RESPONDED",
        /// To the reviewers: the partner disputes a rejection (D1).
        Disputed = "DISPUTED",
        /// To the endpoint's owner: a webhook endpoint was disabled (W4).
        WebhookDisabled = "WEBHOOK_DISABLED",
        /// The notices of a day in one mail (M5).
        Digest = "DIGEST",
    }
}

impl NoticeKind {
    /// Whether it cannot be turned off or put off (M5).
    #[must_use]
    pub const fn is_mandatory(self) -> bool {
        matches!(self, Self::ConsentRequested | Self::ActionRequired)
    }
}

words! {
    /// The state of the delivery of a notice or an event (M2, W5).
    DeliveryState {
        /// Kept only: there was no channel.
        Recorded = "RECORDED",
        /// Waiting for its first or next attempt.
        Pending = "PENDING",
        /// Delivered.
        Sent = "SENT",
        /// Given up; an operator may send it again (M6).
        Parked = "PARKED",
        /// Not sent: it is not wanted, or it would have come too late (M5, M6).
        Skipped = "SKIPPED",
    }
}

words! {
    /// How a kind of notice is wanted (M5).
    NoticePreference {
        /// A mail of its own.
        Immediately = "IMMEDIATELY",
        /// In the daily digest.
        Daily = "DAILY",
        /// Not by mail; it can still be read in the API.
        Off = "OFF",
    }
}
