//! The facts of a claim, as a row and its lines hold them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    deadline::Deadline,
    kinds::{
        ActionReason, Activity, ClaimStatus, ConsentStatus, DisputeStatus, EvaluationStatus, LineOutcome,
        RejectionReason, SolutionArea,
    },
    time::Timestamp,
};

/// A person to ask, on the customer's or the partner's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Full name.
    pub name: String,
    /// Job title.
    pub title: Option<String>,
    /// E-mail address.
    pub email: String,
    /// Telephone number, as typed.
    pub phone: Option<String>,
}

/// The reviewer who is assigned (L3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// The token's subject.
    pub subject: String,
    /// The display name, once the reviewer has acted under it.
    pub name: Option<String>,
}

/// What the partner was last asked for (L4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRequest {
    /// Why, at least one.
    pub reasons: Vec<ActionReason>,
    /// The reviewer's words.
    pub message: String,
    /// When.
    pub requested_at: Timestamp,
    /// Until when (T3).
    pub respond_by: Timestamp,
    /// Whether an edit, a comment or a document of the partner came since (L5).
    pub answered: bool,
}

/// How the claim was rejected (L7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub reason: RejectionReason,
    /// In words.
    pub detail: String,
    /// When.
    pub rejected_at: Timestamp,
    /// Until when it may be disputed (D1); `None` if it may not.
    pub disputable_until: Option<Timestamp>,
    /// The subject of the reviewer who rejected it, who may not decide a dispute of it (D2).
    pub rejected_by: Option<String>,
    /// Whether proof was attached since (D1).
    pub new_proof: bool,
}

/// The customer's consent (N).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its current state.
    pub status: ConsentStatus,
    /// When the customer was asked.
    pub requested_at: Timestamp,
    /// Until when the customer may decline.
    pub decline_until: Timestamp,
    /// When it was declined or lapsed.
    pub settled_at: Option<Timestamp>,
}

/// The last dispute of a rejection (D).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its current state.
    pub status: DisputeStatus,
    /// The partner's justification.
    pub justification: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Until when the reviewers answer (D2).
    pub answer_by: Timestamp,
    /// When they answered.
    pub answered_at: Option<Timestamp>,
    /// The subject of the reviewer whose rejection it is about: they may not decide it (D2).
    pub rejected_by: Option<String>,
}

/// The incentive evaluation of an approved claim (I1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Its current state.
    pub status: EvaluationStatus,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

/// One claimed product, in Business Applications with its subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line's id.
    pub id: Uuid,
    /// The product's SKU id.
    pub sku_id: Uuid,
    /// The subscription id as the person typed it (E2, E10).
    pub typed: Option<String>,
    /// The subscription that it resolves to, fixed at submission.
    pub subscription_id: Option<Uuid>,
    /// The outcome of the competition for it (X5).
    pub outcome: LineOutcome,
    /// Whether its own association lives; read for commands only.
    pub associated: bool,
}

/// A claim: its row and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The claim's id.
    pub id: Uuid,
    /// The number for people (L12).
    pub number: String,
    /// The partner's own title.
    pub name: String,
    /// The partner's own key (L12).
    pub external_reference: Option<String>,
    /// Raised by one by every mutation (L11b).
    pub version: i32,
    /// The current status.
    pub status: ClaimStatus,
    /// The partner that claims.
    pub partner_id: Uuid,
    /// The partner's location.
    pub mpn_id: String,
    /// The customer.
    pub tenant_id: Uuid,
    /// The customer's domain as the partner gave it (E1).
    pub domain: String,
    /// The solution area of all its products.
    pub solution_area: SolutionArea,
    /// A set, in the order of the vocabulary.
    pub activities: Vec<Activity>,
    /// The claimed products.
    pub lines: Vec<Line>,
    /// Whom to ask at the customer.
    pub customer_contact: Option<Contact>,
    /// Whom to ask about the technology at the customer (Business Applications).
    pub technical_contact: Option<Contact>,
    /// Whom to ask at the partner.
    pub partner_contact: Option<Contact>,
    /// The Dynamics solution seller (Revenue association, C4b).
    pub solution_seller: Option<String>,
    /// The partner's solution (Revenue association, C4b).
    pub partner_solution: Option<String>,
    /// How many proof documents it has.
    pub documents: u32,
    /// Who reviews it.
    pub reviewer: Option<Reviewer>,
    /// The clock that runs now.
    pub deadline: Option<Deadline>,
    /// The target for the decision (T4).
    pub decision_due_at: Option<Timestamp>,
    /// The last request to the partner.
    pub action_request: Option<ActionRequest>,
    /// The rejection, while rejected.
    pub rejection: Option<Rejection>,
    /// The customer's consent, since the last approval (N).
    pub consent: Option<Consent>,
    /// The last dispute (D).
    pub dispute: Option<Dispute>,
    /// The incentive evaluation, since the last approval (I1).
    pub evaluation: Option<Evaluation>,
    /// Since when it is in an open arbitration, if it is (X).
    pub contested_since: Option<Timestamp>,
    /// When the last clock ran out of which history was told so (T1, T2, X3).
    pub missed_at: Option<Timestamp>,
    /// When the draft was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was handed in.
    pub submitted_at: Option<Timestamp>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// When it was first approved: from then on the customer sees it (A3).
    pub approved_at: Option<Timestamp>,
}

impl Claim {
    /// The lines that still count: a lost one does not, and of an approved claim only those whose own association lives
    /// (E, X5).
    pub fn standing_lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| self.stands(line))
    }

    /// Whether the line still counts.
    #[must_use]
    pub fn stands(&self, line: &Line) -> bool {
        line.outcome != LineOutcome::Lost && (self.status != ClaimStatus::Approved || line.associated)
    }

    /// Whether the claim competes for the line's subject: while it is being decided, or holds the association (X1).
    #[must_use]
    pub fn contends(&self, line: &Line) -> bool {
        let being_decided = matches!(
            self.status,
            ClaimStatus::Submitted | ClaimStatus::UnderReview | ClaimStatus::PartnerActionRequired
        );
        line.outcome != LineOutcome::Lost && (being_decided || line.associated)
    }

    /// Whether the customer may still decline (N1).
    #[must_use]
    pub fn consent_is_open(&self, now: Timestamp) -> bool {
        self.consent
            .as_ref()
            .is_some_and(|consent| consent.status == ConsentStatus::Pending && now < consent.decline_until)
    }

    /// Whether a dispute of the last rejection is being answered (D1).
    #[must_use]
    pub fn disputed(&self) -> bool {
        self.dispute.as_ref().is_some_and(|dispute| dispute.status == DisputeStatus::Open)
    }

    /// Whether the rejection may be disputed now (D1, D3).
    #[must_use]
    pub fn is_disputable(&self, now: Timestamp) -> bool {
        let until = self.rejection.as_ref().and_then(|rejection| rejection.disputable_until);
        self.status == ClaimStatus::Rejected && until.is_some_and(|until| now < until)
    }

    /// Whether an approved claim was asked for more and has not answered (X3).
    #[must_use]
    pub fn is_asked_as_incumbent(&self) -> bool {
        self.status == ClaimStatus::Approved
            && self.contested_since.is_some()
            && self.action_request.as_ref().is_some_and(|request| !request.answered)
    }

    /// What the line claims (X0); nothing for a Business Applications line whose subscription is not settled yet.
    #[must_use]
    pub fn subject(&self, line: &Line) -> Option<Subject> {
        Subject::of(self.solution_area, self.tenant_id, line.sku_id, line.subscription_id)
    }
}

/// What a line claims; each subject has at most one live association (X0, X6).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A Business Applications subscription.
    Subscription(Uuid),
    /// A customer's Microsoft 365 workload.
    Workload {
        /// The customer.
        tenant_id: Uuid,
        /// The product.
        sku_id: Uuid,
    },
}

impl Subject {
    /// The subject of a line (X0).
    #[must_use]
    pub fn of(area: SolutionArea, tenant_id: Uuid, sku_id: Uuid, subscription_id: Option<Uuid>) -> Option<Self> {
        match area {
            SolutionArea::BusinessApplications => subscription_id.map(Self::Subscription),
            SolutionArea::Microsoft365 => Some(Self::Workload { tenant_id, sku_id }),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Subscription(id) => write!(f, "subscription:{id}"),
            Self::Workload { tenant_id, sku_id } => write!(f, "workload:{tenant_id}:{sku_id}"),
        }
    }
}
