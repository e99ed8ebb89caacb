//! The closed vocabularies of the rule book: every word that the API, the database and the history share.

/// Declares an enum whose values have one text form, the one the API and the database use.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$value_meta])* #[serde(rename = $text)] $value,)* }

        impl $name {
            /// Every value, in the order of the rule book.
            pub const ALL: &'static [Self] = &[$(Self::$value,)*];

            /// The word as the API and the database spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($text => Ok(Self::$value),)*
                    other => Err(UnknownWord { kind: stringify!($name), word: other.to_owned() }),
                }
            }
        }
    };
}

mod access;
mod after;
mod bulk;
mod notice;
mod webhook;

/// A text that is not a word of the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// The vocabulary that was asked.
    pub kind: &'static str,
    /// The text as it was given.
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownWord {}

pub use access::{Role, Scope};
pub use after::{ArbitrationStatus, ConsentStatus, DisputeStatus, EvaluationStatus};
pub use bulk::{BulkOutcome, BulkPolicy, OnExisting};
pub use notice::{DeliveryState, NoticeKind, NoticePreference};
pub use webhook::{WebhookEventType, WebhookState};

words! {
    /// A solution area; a product belongs to exactly one (C1).
    SolutionArea {
        /// Dynamics 365.
        BusinessApplications = "BUSINESS_APPLICATIONS",
        /// Microsoft 365.
        Microsoft365 = "MICROSOFT_365",
    }
}

words! {
    /// What the partner did for the customer (C2).
    Activity {
        /// Influenced the purchase.
        Presales = "PRESALES",
        /// Drives adoption and usage.
        Usage = "USAGE",
        /// Influenced the selection as a business influencer; pays no incentive.
        RevenueAssociation = "REVENUE_ASSOCIATION",
    }
}

words! {
    /// An incentive program, given by area and activity (C4).
    IncentiveProgram {
        /// OSA Sell: Business Applications presales.
        OsaSell = "OSA_SELL",
        /// OSU Business Applications: usage of Business Applications.
        OsuBusinessApplications = "OSU_BUSINESS_APPLICATIONS",
        /// OSU Microsoft 365: usage of Microsoft 365.
        OsuMicrosoft365 = "OSU_MICROSOFT_365",
    }
}

words! {
    /// How a subscription was sold (C7).
    SubscriptionChannel {
        /// A volume licensing agreement.
        VolumeLicensing = "VOLUME_LICENSING",
        /// Bought on the vendor's web site.
        WebDirect = "WEB_DIRECT",
        /// Through a cloud solution provider.
        Csp = "CSP",
    }
}

words! {
    /// Where a subscription is in its life (C7).
    SubscriptionStatus {
        /// Not yet activated by the customer.
        PendingProvisioning = "PENDING_PROVISIONING",
        /// In use.
        Active = "ACTIVE",
        /// Past its term, still usable.
        InGrace = "IN_GRACE",
        /// Disabled, data kept.
        Suspended = "SUSPENDED",
        /// Over.
        Expired = "EXPIRED",
    }
}

words! {
    /// The six statuses of a claim (L).
    ClaimStatus {
        /// A draft of the partner.
        Editing = "EDITING",
        /// Waiting for a reviewer.
        Submitted = "SUBMITTED",
        /// A reviewer is at it.
        UnderReview = "UNDER_REVIEW",
        /// The partner must answer.
        PartnerActionRequired = "PARTNER_ACTION_REQUIRED",
        /// Approved: an association.
        Approved = "APPROVED",
        /// Rejected, withdrawn, declined or lost.
        Rejected = "REJECTED",
    }
}

words! {
    /// What can be done with a claim; the columns of the lifecycle table (L11).
    ClaimAction {
        /// Change fields and lines.
        Edit = "EDIT",
        /// Upload a proof document.
        AttachProof = "ATTACH_PROOF",
        /// Remove a proof document.
        RemoveProof = "REMOVE_PROOF",
        /// Delete a draft.
        DeleteDraft = "DELETE_DRAFT",
        /// Hand the claim in.
        Submit = "SUBMIT",
        /// Take the claim into review.
        StartReview = "START_REVIEW",
        /// Assign the review.
        Assign = "ASSIGN",
        /// Ask the partner for more.
        RequestPartnerAction = "REQUEST_PARTNER_ACTION",
        /// Answer the reviewers.
        Respond = "RESPOND",
        /// Decide for the claim.
        Approve = "APPROVE",
        /// Decide against the claim.
        Reject = "REJECT",
        /// Take the claim back.
        Withdraw = "WITHDRAW",
        /// Dispute a rejection.
        Dispute = "DISPUTE",
        /// Write a comment.
        Comment = "COMMENT",
        /// The customer declines.
        DeclineConsent = "DECLINE_CONSENT",
        /// Award an arbitration.
        AwardArbitration = "AWARD_ARBITRATION",
    }
}

words! {
    /// Why the partner must act (L4).
    ActionReason {
        /// Wrong or unrelated file.
        AllPoeMissing = "ALL_POE_MISSING",
        /// No customer signature.
        MissingCustomerAcknowledgement = "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
        /// Dates missing or out of date.
        MissingOrOutdatedDates = "MISSING_OR_OUTDATED_DATES",
        /// The work is described too thinly or not at all.
        MissingPartnerSolution = "MISSING_PARTNER_SOLUTION",
        /// The proof does not name the claimed product.
        MissingProducts = "MISSING_PRODUCTS",
        /// Another reason, explained in the message.
        Other = "OTHER",
    }
}

words! {
    /// Why a claim was rejected (L7).
    RejectionReason {
        /// The proof is not enough.
        InsufficientPoe = "INSUFFICIENT_POE",
        /// No customer signature.
        MissingCustomerAcknowledgement = "MISSING_CUSTOMER_ACKNOWLEDGEMENT",
        /// The proof does not name the claimed product.
        MissingProducts = "MISSING_PRODUCTS",
        /// The proof cannot be opened.
        PoeUnavailable = "POE_UNAVAILABLE",
        /// The partner did not answer in time (T3); set by what happened.
        NoPartnerResponse = "NO_PARTNER_RESPONSE",
        /// The partner withdrew (L9); set by what happened.
        PartnerRequest = "PARTNER_REQUEST",
        /// The customer declined (N3); set by what happened.
        CustomerDeclined = "CUSTOMER_DECLINED",
        /// Another partner won (X5); set by what happened.
        ArbitrationLost = "ARBITRATION_LOST",
        /// Another reason, explained in the detail.
        Other = "OTHER",
    }
}

words! {
    /// The state of the contest for a line (X5, X7).
    LineOutcome {
        /// Not contested, or not settled.
        Pending = "PENDING",
        /// Won.
        Won = "WON",
        /// Lost.
        Lost = "LOST",
    }
}

words! {
    /// Which clock a deadline belongs to (T, N, D).
    DeadlineKind {
        /// The vendor starts the review (T1).
        StartReview = "START_REVIEW",
        /// The vendor decides (T2).
        Decide = "DECIDE",
        /// The partner answers (T3).
        PartnerResponse = "PARTNER_RESPONSE",
        /// The customer may decline (N1).
        Consent = "CONSENT",
        /// The partner may dispute (D1).
        DisputeWindow = "DISPUTE_WINDOW",
        /// The vendor answers a dispute (D2).
        AnswerDispute = "ANSWER_DISPUTE",
    }
}

words! {
    /// The state of a deadline (T).
    DeadlineState {
        /// More than one business day is left.
        OnTrack = "ON_TRACK",
        /// One business day or less is left.
        AtRisk = "AT_RISK",
        /// Too late.
        Overdue = "OVERDUE",
        /// Past its time because of an arbitration (T2).
        Extended = "EXTENDED",
        /// Done in time.
        Met = "MET",
    }
}

words! {
    /// Who may read a comment (K1).
    CommentVisibility {
        /// Both sides.
        Shared = "SHARED",
        /// The vendor only.
        Internal = "INTERNAL",
    }
}

words! {
    /// The side that an actor belongs to (H1).
    ActorKind {
        /// A person of the partner.
        Partner = "PARTNER",
        /// A person of the vendor.
        Reviewer = "REVIEWER",
        /// The customer.
        Customer = "CUSTOMER",
        /// The server itself.
        System = "SYSTEM",
    }
}

words! {
    /// The action that a history entry records (H1).
    HistoryAction {
        /// The draft was made.
        Created = "CREATED",
        /// Fields or lines changed.
        Edited = "EDITED",
        /// A proof document was attached.
        ProofAttached = "PROOF_ATTACHED",
        /// A proof document was removed.
        ProofRemoved = "PROOF_REMOVED",
        /// Handed in.
        Submitted = "SUBMITTED",
        /// Taken into review.
        ReviewStarted = "REVIEW_STARTED",
        /// Assigned to a reviewer.
        Assigned = "ASSIGNED",
        /// The partner was asked for more.
        ActionRequested = "ACTION_REQUESTED",
        /// The partner answered.
        Responded = "RESPONDED",
        /// Approved.
        Approved = "APPROVED",
        /// Rejected.
        Rejected = "REJECTED",
        /// Withdrawn by the partner.
        Withdrawn = "WITHDRAWN",
        /// Disputed by the partner.
        Disputed = "DISPUTED",
        /// The dispute was answered.
        DisputeAnswered = "DISPUTE_ANSWERED",
        /// A comment was written.
        Commented = "COMMENTED",
        /// The customer was asked for consent.
        ConsentRequested = "CONSENT_REQUESTED",
        /// The customer declined.
        ConsentDeclined = "CONSENT_DECLINED",
        /// The consent window closed unanswered.
        ConsentLapsed = "CONSENT_LAPSED",
        /// Sent for incentive evaluation.
        SentForEvaluation = "SENT_FOR_EVALUATION",
        /// An arbitration opened.
        ArbitrationOpened = "ARBITRATION_OPENED",
        /// An arbitration was settled.
        ArbitrationSettled = "ARBITRATION_SETTLED",
        /// An association started.
        AssociationStarted = "ASSOCIATION_STARTED",
        /// An association ended.
        AssociationEnded = "ASSOCIATION_ENDED",
        /// A deadline passed.
        DeadlineMissed = "DEADLINE_MISSED",
        /// The draft was deleted; the entry is kept only for the hash chain.
        Deleted = "DELETED",
    }
}
