//! The facts of a claim, as a row and its lines hold them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    deadline::Deadline,
    kinds::{ActionReason, Activity, ClaimStatus, LineOutcome, RejectionReason, SolutionArea},
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
    /// Until when it may be disputed (D1); nothing where it may not.
    pub disputable_until: Option<Timestamp>,
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
    /// The subscription it stands for, fixed at submission.
    pub subscription_id: Option<Uuid>,
    /// How a contest for it stands (X5).
    pub outcome: LineOutcome,
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
    /// Where it stands.
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
    /// The lines that still count: a lost one does not (E, X5).
    pub fn standing_lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.outcome != LineOutcome::Lost)
    }

    /// What the line claims (X0); nothing for a Business Applications line whose subscription is not settled yet.
    #[must_use]
    pub fn subject(&self, line: &Line) -> Option<Subject> {
        Subject::of(self.solution_area, self.tenant_id, line.sku_id, line.subscription_id)
    }
}

/// What is claimed, of which a subject has at most one association (X0, X6).
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
