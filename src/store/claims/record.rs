//! The columns of a claim's row and of its lines' rows: how they are read into a [`Claim`], for which fields of the API, and how a
//! claim is written into them.

use domain::{
    claim::{ActionRequest, Claim, Consent, Dispute, Evaluation, Line, Rejection, Reviewer},
    deadline::Deadline,
    kinds::ClaimStatus,
    text,
};
use entity::{
    claim::{self, Column, Entity},
    claim_line,
    column::{Json, Micros, Word, Words},
};
use sea_orm::ActiveValue::{NotSet, Set};

use crate::store::{
    StoreError,
    rows::{Cells, Read, Record, always, read_for, search_text},
};

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

/// The row of a claim, all but what only its history (`history_length`, `history_hash`) and its deletion (`deleted_at`)
/// write: those are left as they are. Its lines have rows of their own: [`line_to_row`].
#[must_use]
pub fn claim_to_row(claim: &Claim) -> claim::ActiveModel {
    let reference = claim.external_reference.as_deref();
    claim::ActiveModel {
        id: Set(claim.id),
        number: Set(claim.number.clone()),
        name: Set(claim.name.clone()),
        external_reference: Set(claim.external_reference.clone()),
        version: Set(claim.version),
        status: Set(Word(claim.status)),
        partner_id: Set(claim.partner_id),
        mpn_id: Set(claim.mpn_id.clone()),
        tenant_id: Set(claim.tenant_id),
        domain: Set(claim.domain.clone()),
        solution_area: Set(Word(claim.solution_area)),
        activities: Set(Words(claim.activities.clone())),
        customer_contact: Set(claim.customer_contact.clone().map(Json)),
        technical_contact: Set(claim.technical_contact.clone().map(Json)),
        partner_contact: Set(claim.partner_contact.clone().map(Json)),
        solution_seller: Set(claim.solution_seller.clone()),
        partner_solution: Set(claim.partner_solution.clone()),
        created_at: Set(Micros(claim.created_at)),
        updated_at: Set(Micros(claim.updated_at)),
        submitted_at: Set(claim.submitted_at.map(Micros)),
        decided_at: Set(claim.decided_at.map(Micros)),
        approved_at: Set(claim.approved_at.map(Micros)),
        deleted_at: NotSet,
        history_length: NotSet,
        history_hash: NotSet,
        search_text: Set(search_text([claim.number.as_str(), claim.name.as_str()])),
        reference_search_text: Set(reference.map(|text| search_text([text]))),
        sort_key: Set(text::sort_key(&claim.name)),
        ..after_to_row(claim)
    }
}

/// The states of consent, dispute, evaluation and arbitration.
fn after_to_row(claim: &Claim) -> claim::ActiveModel {
    let (consent, dispute) = (claim.consent.as_ref(), claim.dispute.as_ref());
    claim::ActiveModel {
        consent_status: Set(consent.map(|consent| Word(consent.status))),
        consent_requested_at: Set(consent.map(|consent| Micros(consent.requested_at))),
        consent_decline_until: Set(consent.map(|consent| Micros(consent.decline_until))),
        consent_settled_at: Set(consent.and_then(|consent| consent.settled_at).map(Micros)),
        dispute_status: Set(dispute.map(|dispute| Word(dispute.status))),
        dispute_justification: Set(dispute.and_then(|dispute| dispute.justification.clone())),
        dispute_opened_at: Set(dispute.map(|dispute| Micros(dispute.opened_at))),
        dispute_answer_by: Set(dispute.map(|dispute| Micros(dispute.answer_by))),
        dispute_answered_at: Set(dispute.and_then(|dispute| dispute.answered_at).map(Micros)),
        dispute_rejected_by: Set(dispute.and_then(|dispute| dispute.rejected_by.clone())),
        evaluation_status: Set(claim.evaluation.map(|evaluation| Word(evaluation.status))),
        evaluation_sent_at: Set(claim.evaluation.and_then(|evaluation| evaluation.sent_at).map(Micros)),
        contested_since: Set(claim.contested_since.map(Micros)),
        missed_at: Set(claim.missed_at.map(Micros)),
        ..review_to_row(claim)
    }
}

/// The state of the review.
fn review_to_row(claim: &Claim) -> claim::ActiveModel {
    let reviewer = claim.reviewer.as_ref();
    let deadline = claim.deadline.as_ref();
    let asked = claim.action_request.as_ref();
    let rejection = claim.rejection.as_ref();
    claim::ActiveModel {
        reviewer_subject: Set(reviewer.map(|by| by.subject.clone())),
        reviewer_name: Set(reviewer.and_then(|by| by.name.clone())),
        deadline_kind: Set(deadline.map(|clock| Word(clock.kind))),
        deadline_started_at: Set(deadline.map(|clock| Micros(clock.started_at))),
        due_at: Set(deadline.map(|clock| Micros(clock.due_at))),
        decision_due_at: Set(claim.decision_due_at.map(Micros)),
        action_reasons: Set(asked.map(|request| Words(request.reasons.clone()))),
        action_message: Set(asked.map(|request| request.message.clone())),
        action_requested_at: Set(asked.map(|request| Micros(request.requested_at))),
        action_respond_by: Set(asked.map(|request| Micros(request.respond_by))),
        action_answered: Set(asked.is_some_and(|request| request.answered)),
        rejected_by: Set(rejection.and_then(|why| why.rejected_by.clone())),
        rejection_new_proof: Set(rejection.is_some_and(|why| why.new_proof)),
        rejection_reason: Set(rejection.map(|why| Word(why.reason))),
        rejection_detail: Set(rejection.map(|why| why.detail.clone())),
        rejected_at: Set(rejection.map(|why| Micros(why.rejected_at))),
        disputable_until: Set(rejection.and_then(|why| why.disputable_until.map(Micros))),
        ..claim::ActiveModel::default()
    }
}

/// The row of a claim's line; `position` is its place among the claim's lines. A draft claims nothing yet (X0).
#[must_use]
pub fn line_to_row(claim: &Claim, position: i32, line: &Line) -> claim_line::ActiveModel {
    let subject = (claim.status != ClaimStatus::Editing).then(|| claim.subject(line)).flatten();
    claim_line::ActiveModel {
        id: Set(line.id),
        claim_id: Set(claim.id),
        position: Set(position),
        sku_id: Set(line.sku_id),
        subscription_typed: Set(line.typed.clone()),
        subscription_id: Set(line.subscription_id),
        subject: Set(subject.map(|subject| subject.to_string())),
        outcome: Set(Word(line.outcome)),
    }
}

/// The line that a row holds.
#[must_use]
pub fn line_from_row(row: claim_line::Model) -> Line {
    Line {
        id: row.id,
        sku_id: row.sku_id,
        typed: row.subscription_typed,
        subscription_id: row.subscription_id,
        outcome: row.outcome.0,
        associated: false,
    }
}
