//! The states after a decision: consent, disputes, arbitration, evaluation.

use super::UnknownWord;

words! {
    /// The state of the customer's consent (N).
    ConsentStatus {
        /// The window is open (N2).
        Pending = "PENDING",
        /// It closed unanswered (N4).
        GrantedByLapse = "GRANTED_BY_LAPSE",
        /// The customer declined (N3).
        Declined = "DECLINED",
    }
}

words! {
    /// The state of a dispute (D).
    DisputeStatus {
        /// Waiting for the reviewers.
        Open = "OPEN",
        /// The claim was approved after all.
        Upheld = "UPHELD",
        /// The claim was rejected again; final.
        Dismissed = "DISMISSED",
    }
}

words! {
    /// The state of an arbitration (X).
    ArbitrationStatus {
        /// The claims compete.
        Open = "OPEN",
        /// A review lead awarded the subject (X5).
        Awarded = "AWARDED",
        /// One claim was left (X7).
        Settled = "SETTLED",
    }
}

words! {
    /// The state of an incentive evaluation (I1).
    EvaluationStatus {
        /// Consent is not settled yet.
        WaitingForConsent = "WAITING_FOR_CONSENT",
        /// Sent, once.
        Sent = "SENT",
        /// Recorded as revenue only; nothing is paid.
        RevenueOnly = "REVENUE_ONLY",
        /// The association ended before it was sent.
        Cancelled = "CANCELLED",
    }
}
