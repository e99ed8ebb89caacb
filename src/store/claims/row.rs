//! Reading claims: only the parts of the row that are asked for, together with what it refers to.

use domain::{
    claim::{ActionRequest, Claim, Consent, Dispute, Evaluation, Rejection, Reviewer},
    deadline::Deadline,
};
use entity::claim::{Column, Entity};
use entity::{customer, partner, partner_location};
use sea_orm::{
    ColumnTrait, EntityName, ExprTrait, JoinType,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use crate::store::{
    StoreError, Visible,
    records::{Customer, Location, Partner},
    rows::{Cells, Record, Shape, columns},
};

/// Parts of a claim's row. Numbers, statuses and the times of the claim itself are always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Parts(u8);

impl Parts {
    /// What is always read.
    pub const CORE: Self = Self(0);
    /// The contacts, the solution seller and the partner's solution.
    pub const CONTACTS: Self = Self(1);
    /// Deadlines, consent, the request for action, and since when the claim is in arbitration.
    pub const CLOCKS: Self = Self(2);
    /// The reviewer, the rejection, the dispute and the evaluation.
    pub const REVIEW: Self = Self(4);
    /// The whole row.
    pub const ALL: Self = Self(7);

    /// Whether all of the other parts are among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// These parts and the others.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What is read of each claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Parts of the row.
    pub parts: Parts,
    /// The customer.
    pub customer: bool,
    /// The partner.
    pub partner: bool,
    /// The partner's location.
    pub location: bool,
}

impl Wanted {
    /// The whole row, and nothing that it refers to.
    pub const ROW: Self = Self { parts: Parts::ALL, customer: false, partner: false, location: false };

    /// The same and these parts.
    pub(super) fn with(self, parts: Parts) -> Self {
        Self { parts: self.parts.and(parts), ..self }
    }
}

/// A claim that its reader sees, as far as it was read.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    claim: Claim,
    parts: Parts,
    /// The customer, if it was read.
    pub customer: Option<Customer>,
    /// The partner, if it was read.
    pub partner: Option<Partner>,
    /// The location, if it was read.
    pub location: Option<Location>,
}

impl ClaimRow {
    /// The whole claim, as a use case answers it to a caller who changed it.
    #[must_use]
    pub const fn answered(claim: Claim) -> Self {
        Self { claim, parts: Parts::ALL, customer: None, partner: None, location: None }
    }

    /// The claim, if these parts of it were read. Parts that were not are empty in it.
    #[must_use]
    pub fn with(&self, parts: Parts) -> Option<&Claim> {
        self.parts.has(parts).then_some(&self.claim)
    }

    /// The claim with nothing but what is always read.
    #[must_use]
    pub const fn core(&self) -> &Claim {
        &self.claim
    }

    /// The claim, empty in the parts that were not read.
    #[must_use]
    pub fn into_claim(self) -> Claim {
        self.claim
    }

    /// The claim's id, by which what hangs on it may be read.
    #[must_use]
    pub const fn id(&self) -> Visible<Uuid> {
        Visible::new(self.claim.id)
    }
}

impl Shape for Wanted {
    type Entity = Entity;
    type Record = ClaimRow;

    fn select(&self, query: &mut SelectStatement) {
        columns(query, CORE);
        for (part, read) in PARTS {
            if self.parts.has(*part) {
                columns(query, read);
            }
        }
        if self.customer {
            join::<Customer>(query, Column::TenantId, customer::Column::TenantId);
        }
        if self.partner {
            join::<Partner>(query, Column::PartnerId, partner::Column::Id);
        }
        if self.location {
            join::<Location>(query, Column::MpnId, partner_location::Column::MpnId);
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<ClaimRow, StoreError> {
        let mut claim = core(cells)?;
        if self.parts.has(Parts::CONTACTS) {
            contacts(cells, &mut claim)?;
        }
        if self.parts.has(Parts::CLOCKS) {
            clocks(cells, &mut claim)?;
        }
        if self.parts.has(Parts::REVIEW) {
            review(cells, &mut claim)?;
        }
        Ok(ClaimRow {
            claim,
            parts: self.parts,
            customer: self.customer.then(|| Customer::read(cells)).transpose()?,
            partner: self.partner.then(|| Partner::read(cells)).transpose()?,
            location: self.location.then(|| Location::read(cells)).transpose()?,
        })
    }
}

/// Joins what a claim's column refers to, and selects it.
fn join<R: Record>(query: &mut SelectStatement, from: Column, to: <R::Entity as sea_orm::EntityTrait>::Column) {
    let on = Expr::col(from.as_column_ref()).equals(to.as_column_ref());
    query.join(JoinType::InnerJoin, R::Entity::default().table_ref(), on);
    columns(query, R::COLUMNS);
}

const PARTS: &[(Parts, &[Column])] = &[(Parts::CONTACTS, CONTACTS), (Parts::CLOCKS, CLOCKS), (Parts::REVIEW, REVIEW)];

const CORE: &[Column] = &[
    Column::Id,
    Column::Number,
    Column::Name,
    Column::ExternalReference,
    Column::Version,
    Column::Status,
    Column::PartnerId,
    Column::MpnId,
    Column::TenantId,
    Column::Domain,
    Column::SolutionArea,
    Column::Activities,
    Column::CreatedAt,
    Column::UpdatedAt,
    Column::SubmittedAt,
    Column::DecidedAt,
    Column::ApprovedAt,
];

fn core(cells: &mut Cells<'_>) -> Result<Claim, StoreError> {
    Ok(Claim {
        id: cells.get()?,
        number: cells.get()?,
        name: cells.get()?,
        external_reference: cells.get()?,
        version: cells.get()?,
        status: cells.word()?,
        partner_id: cells.get()?,
        mpn_id: cells.get()?,
        tenant_id: cells.get()?,
        domain: cells.get()?,
        solution_area: cells.word()?,
        activities: cells.words()?,
        created_at: cells.time()?,
        updated_at: cells.time()?,
        submitted_at: cells.maybe_time()?,
        decided_at: cells.maybe_time()?,
        approved_at: cells.maybe_time()?,
        lines: Vec::new(),
        documents: 0,
        customer_contact: None,
        technical_contact: None,
        partner_contact: None,
        solution_seller: None,
        partner_solution: None,
        reviewer: None,
        deadline: None,
        decision_due_at: None,
        action_request: None,
        rejection: None,
        consent: None,
        dispute: None,
        evaluation: None,
        contested_since: None,
        missed_at: None,
    })
}

const CONTACTS: &[Column] = &[
    Column::CustomerContact,
    Column::TechnicalContact,
    Column::PartnerContact,
    Column::SolutionSeller,
    Column::PartnerSolution,
];

fn contacts(cells: &mut Cells<'_>, claim: &mut Claim) -> Result<(), StoreError> {
    claim.customer_contact = cells.maybe_json()?;
    claim.technical_contact = cells.maybe_json()?;
    claim.partner_contact = cells.maybe_json()?;
    claim.solution_seller = cells.get()?;
    claim.partner_solution = cells.get()?;
    Ok(())
}

const CLOCKS: &[Column] = &[
    Column::DeadlineKind,
    Column::DeadlineStartedAt,
    Column::DueAt,
    Column::DecisionDueAt,
    Column::ContestedSince,
    Column::MissedAt,
    Column::ConsentStatus,
    Column::ConsentRequestedAt,
    Column::ConsentDeclineUntil,
    Column::ConsentSettledAt,
    Column::ActionReasons,
    Column::ActionMessage,
    Column::ActionRequestedAt,
    Column::ActionRespondBy,
    Column::ActionAnswered,
];

fn clocks(cells: &mut Cells<'_>, claim: &mut Claim) -> Result<(), StoreError> {
    claim.deadline = match (cells.maybe_word()?, cells.maybe_time()?, cells.maybe_time()?) {
        (None, None, None) => None,
        (Some(kind), Some(started_at), Some(due_at)) => Some(Deadline { kind, started_at, due_at }),
        _ => return Err(cells.corrupt()),
    };
    claim.decision_due_at = cells.maybe_time()?;
    claim.contested_since = cells.maybe_time()?;
    claim.missed_at = cells.maybe_time()?;
    let consent = (cells.maybe_word()?, cells.maybe_time()?, cells.maybe_time()?, cells.maybe_time()?);
    claim.consent = match consent {
        (None, ..) => None,
        (Some(status), Some(requested_at), Some(decline_until), settled_at) => {
            Some(Consent { status, requested_at, decline_until, settled_at })
        }
        _ => return Err(cells.corrupt()),
    };
    let asked = (cells.maybe_words()?, cells.get()?, cells.maybe_time()?, cells.maybe_time()?, cells.get()?);
    claim.action_request = match asked {
        (None, ..) => None,
        (Some(reasons), Some(message), Some(requested_at), Some(respond_by), answered) => {
            Some(ActionRequest { reasons, message, requested_at, respond_by, answered })
        }
        _ => return Err(cells.corrupt()),
    };
    Ok(())
}

const REVIEW: &[Column] = &[
    Column::ReviewerSubject,
    Column::ReviewerName,
    Column::RejectionReason,
    Column::RejectionDetail,
    Column::RejectedAt,
    Column::DisputableUntil,
    Column::RejectedBy,
    Column::RejectionNewProof,
    Column::DisputeStatus,
    Column::DisputeJustification,
    Column::DisputeOpenedAt,
    Column::DisputeAnswerBy,
    Column::DisputeAnsweredAt,
    Column::DisputeRejectedBy,
    Column::EvaluationStatus,
    Column::EvaluationSentAt,
];

fn review(cells: &mut Cells<'_>, claim: &mut Claim) -> Result<(), StoreError> {
    let (subject, name) = (cells.get::<Option<String>>()?, cells.get()?);
    claim.reviewer = subject.map(|subject| Reviewer { subject, name });
    claim.rejection = match (cells.maybe_word()?, cells.get()?, cells.maybe_time()?) {
        (None, ..) => {
            cells.skip(3);
            None
        }
        (Some(reason), Some(detail), Some(rejected_at)) => Some(Rejection {
            reason,
            detail,
            rejected_at,
            disputable_until: cells.maybe_time()?,
            rejected_by: cells.get()?,
            new_proof: cells.get()?,
        }),
        _ => return Err(cells.corrupt()),
    };
    let dispute = (cells.maybe_word()?, cells.get()?, cells.maybe_time()?, cells.maybe_time()?);
    claim.dispute = match dispute {
        (None, ..) => {
            cells.skip(2);
            None
        }
        (Some(status), justification, Some(opened_at), Some(answer_by)) => Some(Dispute {
            status,
            justification,
            opened_at,
            answer_by,
            answered_at: cells.maybe_time()?,
            rejected_by: cells.get()?,
        }),
        _ => return Err(cells.corrupt()),
    };
    let (status, sent_at) = (cells.maybe_word()?, cells.maybe_time()?);
    claim.evaluation = status.map(|status| Evaluation { status, sent_at });
    Ok(())
}
