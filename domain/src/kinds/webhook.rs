//! Webhooks: types of events, and the states of endpoints and deliveries (W).

use super::UnknownWord;

words! {
    /// The types of events that a webhook endpoint receives (W2).
    WebhookEventType {
        /// A claim's status changed.
        ClaimStatusChanged = "CLAIM_STATUS_CHANGED",
        /// A comment was posted.
        CommentAdded = "COMMENT_ADDED",
        /// An entry was added to a claim's history.
        HistoryAppended = "HISTORY_APPENDED",
    }
}

words! {
    /// Whether a webhook endpoint receives events, and why not (W4).
    WebhookState {
        /// It receives events.
        Active = "ACTIVE",
        /// Its owner switched it off.
        DisabledByOwner = "DISABLED_BY_OWNER",
        /// Every attempt of five days failed.
        DisabledAfterFailures = "DISABLED_AFTER_FAILURES",
        /// It answered 410.
        Gone = "GONE",
    }
}
