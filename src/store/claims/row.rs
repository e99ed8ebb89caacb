//! Reading claims: only the parts of the row that are asked for, together with what it refers to.

use domain::{
    claim::{ActionRequest, Claim, Consent, Dispute, Evaluation, Rejection, Reviewer},
    deadline::Deadline,
    time::Timestamp,
};
use entity::claim::{Column, Entity};
use entity::{customer, partner, partner_location};
use sea_orm::{
    ColumnTrait, EntityName, ExprTrait, JoinType,
    sea_query::{Expr, SelectStatement},
};
use uuid::Uuid;

use super::{
    activity::ActivityView,
    lines::{LineRow, LinesWanted},
};
use crate::store::{
    StoreError, Visible,
    records::{Customer, Location, Partner},
    rows::{Cells, Columns, Read, Record, Shape, always, read_for, select},
};

/// The columns to read of each claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Columns of its row.
    pub columns: Columns,
    /// The customer, and columns of it.
    pub customer: Option<Columns>,
    /// The partner, and columns of it.
    pub partner: Option<Columns>,
    /// The partner's location, and columns of it.
    pub location: Option<Columns>,
    /// The lines, which come with a claim that is looked up by itself.
    pub lines: Option<LinesWanted>,
    /// When something last happened on it, in this view (L17).
    pub activity: Option<ActivityView>,
}

impl Wanted {
    /// The whole row, and nothing that it refers to.
    pub const ROW: Self =
        Self { columns: Columns::ALL, customer: None, partner: None, location: None, lines: None, activity: None };

    /// The columns that are always read.
    #[must_use]
    pub fn least() -> Self {
        Self { columns: Columns::always::<Claim>(), ..Self::ROW }
    }

    /// The same and these columns.
    pub(super) fn with(self, columns: Columns) -> Self {
        Self { columns: self.columns.and(columns), ..self }
    }
}

/// A claim that its reader sees, as far as it was read.
#[derive(Clone, Debug)]
pub struct ClaimRow {
    claim: Claim,
    is_whole: bool,
    /// The customer, if it was read.
    pub customer: Option<Customer>,
    /// The partner, if it was read.
    pub partner: Option<Partner>,
    /// The location, if it was read.
    pub location: Option<Location>,
    /// The lines in their order, if they were read.
    pub lines: Option<Vec<LineRow>>,
    /// When something last happened on it that its reader may see, if it was read (L17).
    pub last_activity_at: Option<Timestamp>,
}

impl ClaimRow {
    /// The whole claim, as a use case answers it to a caller who changed it.
    #[must_use]
    pub const fn answered(claim: Claim) -> Self {
        Self {
            claim,
            is_whole: true,
            customer: None,
            partner: None,
            location: None,
            lines: None,
            last_activity_at: None,
        }
    }

    /// What is left of a deleted draft: the row as it was kept, and blank what deletion leaves in it that is not the partner's own.
    #[must_use]
    pub fn emptied(self) -> Self {
        let tenant_id = self.claim.tenant_id;
        let claim = Claim { domain: String::new(), activities: Vec::new(), ..self.claim };
        let customer = Customer { tenant_id, name: String::new(), domain: String::new() };
        Self { customer: Some(customer), lines: Some(Vec::new()), ..Self::answered(claim) }
    }

    /// The claim, blank where it was not read. Its id, tenant, status and solution area always are.
    #[must_use]
    pub const fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The same by value.
    #[must_use]
    pub fn into_claim(self) -> Claim {
        self.claim
    }

    /// Whether the whole row was read.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.is_whole
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
        select::<Claim>(query, self.columns);
        if let Some(wanted) = self.customer {
            join::<Customer>(query, wanted, Column::TenantId, customer::Column::TenantId);
        }
        if let Some(wanted) = self.partner {
            join::<Partner>(query, wanted, Column::PartnerId, partner::Column::Id);
        }
        if let Some(wanted) = self.location {
            join::<Location>(query, wanted, Column::MpnId, partner_location::Column::MpnId);
        }
        if let Some(view) = self.activity {
            query.expr(view.of_row());
        }
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<ClaimRow, StoreError> {
        Ok(ClaimRow {
            claim: cells.record(self.columns)?,
            is_whole: self.columns == Columns::ALL,
            customer: self.customer.map(|columns| cells.record(columns)).transpose()?,
            partner: self.partner.map(|columns| cells.record(columns)).transpose()?,
            location: self.location.map(|columns| cells.record(columns)).transpose()?,
            lines: None,
            last_activity_at: if self.activity.is_some() { cells.maybe_time()? } else { None },
        })
    }
}

/// Joins what a claim's column refers to, and selects it.
fn join<R: Record>(
    query: &mut SelectStatement,
    wanted: Columns,
    from: Column,
    to: <R::Entity as sea_orm::EntityTrait>::Column,
) {
    let on = Expr::col(from.as_column_ref()).equals(to.as_column_ref());
    query.join(JoinType::InnerJoin, R::Entity::default().table_ref(), on);
    select::<R>(query, wanted);
}

/// Fields that are answered from the clock.
const CLOCK: &[&str] = &["deadline", "availableActions", "unavailableActions"];
/// Fields that are answered from the customer's consent, which is a clock, too.
const CONSENT: &[&str] = &["deadline", "consent", "availableActions", "unavailableActions"];
const ACTION_REQUEST: &[&str] = &["actionRequest", "availableActions", "unavailableActions"];
const REJECTION: &[&str] = &["rejection", "availableActions", "unavailableActions"];
const DISPUTE: &[&str] = &["dispute", "availableActions", "unavailableActions"];
const EVALUATION: &[&str] = &["evaluation", "availableActions", "unavailableActions"];

impl Record for Claim {
    type Entity = Entity;

    const COLUMNS: &'static [Read<Column>] = &[
        always(Column::Id, &["id", "lines", "comments", "history", "proofOfExecution", "arbitrations"]),
        read_for(Column::Number, &["number"]),
        read_for(Column::Name, &["name"]),
        read_for(Column::ExternalReference, &["externalReference"]),
        read_for(Column::Version, &["version"]),
        always(Column::Status, &["status"]),
        read_for(Column::PartnerId, &["availableActions", "partner", "unavailableActions"]),
        read_for(Column::MpnId, &[]),
        always(Column::TenantId, &["customer"]),
        read_for(Column::Domain, &["domain"]),
        always(Column::SolutionArea, &["solutionArea", "programs"]),
        read_for(Column::Activities, &["activities", "programs"]),
        read_for(Column::CreatedAt, &["createdAt"]),
        read_for(Column::UpdatedAt, &["updatedAt"]),
        read_for(Column::SubmittedAt, &["submittedAt"]),
        read_for(Column::DecidedAt, &["decidedAt"]),
        read_for(Column::ApprovedAt, &["availableActions", "unavailableActions"]),
        read_for(Column::CustomerContact, &["customerContact"]),
        read_for(Column::TechnicalContact, &["technicalContact"]),
        read_for(Column::PartnerContact, &["partnerContact"]),
        read_for(Column::SolutionSeller, &["solutionSeller"]),
        read_for(Column::PartnerSolution, &["partnerSolution"]),
        read_for(Column::DeadlineKind, CLOCK),
        read_for(Column::DeadlineStartedAt, CLOCK),
        read_for(Column::DueAt, CLOCK),
        read_for(Column::DecisionDueAt, &["decisionDueAt", "availableActions", "unavailableActions"]),
        read_for(Column::ContestedSince, CLOCK),
        read_for(Column::MissedAt, CLOCK),
        read_for(Column::ConsentStatus, CONSENT),
        read_for(Column::ConsentRequestedAt, CONSENT),
        read_for(Column::ConsentDeclineUntil, CONSENT),
        read_for(Column::ConsentSettledAt, CONSENT),
        read_for(Column::ActionReasons, ACTION_REQUEST),
        read_for(Column::ActionMessage, ACTION_REQUEST),
        read_for(Column::ActionRequestedAt, ACTION_REQUEST),
        read_for(Column::ActionRespondBy, ACTION_REQUEST),
        read_for(Column::ActionAnswered, ACTION_REQUEST),
        read_for(Column::ReviewerSubject, &["reviewer", "availableActions", "unavailableActions"]),
        read_for(Column::ReviewerName, &["reviewer", "availableActions", "unavailableActions"]),
        read_for(Column::RejectionReason, REJECTION),
        read_for(Column::RejectionDetail, REJECTION),
        read_for(Column::RejectedAt, REJECTION),
        read_for(Column::DisputableUntil, REJECTION),
        read_for(Column::RejectedBy, REJECTION),
        read_for(Column::RejectionNewProof, REJECTION),
        read_for(Column::DisputeStatus, DISPUTE),
        read_for(Column::DisputeJustification, DISPUTE),
        read_for(Column::DisputeOpenedAt, DISPUTE),
        read_for(Column::DisputeAnswerBy, DISPUTE),
        read_for(Column::DisputeAnsweredAt, DISPUTE),
        read_for(Column::DisputeRejectedBy, DISPUTE),
        read_for(Column::EvaluationStatus, EVALUATION),
        read_for(Column::EvaluationSentAt, EVALUATION),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        let mut claim = core(cells)?;
        contacts(cells, &mut claim)?;
        clocks(cells, &mut claim)?;
        review(cells, &mut claim)?;
        Ok(claim)
    }
}

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

fn contacts(cells: &mut Cells<'_>, claim: &mut Claim) -> Result<(), StoreError> {
    claim.customer_contact = cells.maybe_json()?;
    claim.technical_contact = cells.maybe_json()?;
    claim.partner_contact = cells.maybe_json()?;
    claim.solution_seller = cells.get()?;
    claim.partner_solution = cells.get()?;
    Ok(())
}

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
