//! Claims and their lines.

use domain::{
    claim::{ActionRequest, Claim, Consent, Contact, Dispute, Evaluation, Line, Rejection, Reviewer},
    deadline::Deadline,
    kinds::ClaimStatus,
    time::Timestamp,
};
use entity::{claim, claim_line};
use sea_orm::ActiveValue::{NotSet, Set};

use super::{Row, search_text, words};
use crate::store::StoreError;

/// The claim that a row and its lines hold. How many documents it has, the row does not know: 0.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row holds what no claim can be.
pub fn claim_from_row(row: claim::Model, lines: Vec<Line>) -> Result<Claim, StoreError> {
    let id = row.id;
    let at = Row { table: "claim", key: &id };
    Ok(Claim {
        status: at.word(&row.status)?,
        solution_area: at.word(&row.solution_area)?,
        activities: at.words(&row.activities)?,
        customer_contact: contact(at, row.customer_contact.as_deref())?,
        technical_contact: contact(at, row.technical_contact.as_deref())?,
        partner_contact: contact(at, row.partner_contact.as_deref())?,
        deadline: deadline(at, &row)?,
        decision_due_at: at.maybe_time(row.decision_due_at)?,
        action_request: action_request(at, &row)?,
        rejection: rejection(at, &row)?,
        consent: consent(at, &row)?,
        dispute: dispute(at, &row)?,
        evaluation: evaluation(at, &row)?,
        contested_since: at.maybe_time(row.contested_since)?,
        missed_at: at.maybe_time(row.missed_at)?,
        created_at: at.time(row.created_at)?,
        updated_at: at.time(row.updated_at)?,
        submitted_at: at.maybe_time(row.submitted_at)?,
        decided_at: at.maybe_time(row.decided_at)?,
        approved_at: at.maybe_time(row.approved_at)?,
        id: row.id,
        number: row.number,
        name: row.name,
        external_reference: row.external_reference,
        version: row.version,
        partner_id: row.partner_id,
        mpn_id: row.mpn_id,
        tenant_id: row.tenant_id,
        domain: row.domain,
        lines,
        solution_seller: row.solution_seller,
        partner_solution: row.partner_solution,
        documents: 0,
        reviewer: row.reviewer_subject.map(|subject| Reviewer { subject, name: row.reviewer_name }),
    })
}

fn contact(at: Row<'_>, text: Option<&str>) -> Result<Option<Contact>, StoreError> {
    text.map(|text| at.json(text)).transpose()
}

fn deadline(at: Row<'_>, row: &claim::Model) -> Result<Option<Deadline>, StoreError> {
    match (&row.deadline_kind, row.deadline_started_at, row.due_at) {
        (None, None, None) => Ok(None),
        (Some(kind), Some(started_at), Some(due_at)) => {
            Ok(Some(Deadline { kind: at.word(kind)?, started_at: at.time(started_at)?, due_at: at.time(due_at)? }))
        }
        _ => Err(at.corrupt()),
    }
}

fn action_request(at: Row<'_>, row: &claim::Model) -> Result<Option<ActionRequest>, StoreError> {
    let Some(reasons) = &row.action_reasons else {
        return Ok(None);
    };
    match (&row.action_message, row.action_requested_at, row.action_respond_by) {
        (Some(message), Some(requested_at), Some(respond_by)) => Ok(Some(ActionRequest {
            reasons: at.words(reasons)?,
            message: message.clone(),
            requested_at: at.time(requested_at)?,
            respond_by: at.time(respond_by)?,
            answered: row.action_answered,
        })),
        _ => Err(at.corrupt()),
    }
}

fn rejection(at: Row<'_>, row: &claim::Model) -> Result<Option<Rejection>, StoreError> {
    let Some(reason) = &row.rejection_reason else {
        return Ok(None);
    };
    match (&row.rejection_detail, row.rejected_at) {
        (Some(detail), Some(rejected_at)) => Ok(Some(Rejection {
            reason: at.word(reason)?,
            detail: detail.clone(),
            rejected_at: at.time(rejected_at)?,
            disputable_until: at.maybe_time(row.disputable_until)?,
            rejected_by: row.rejected_by.clone(),
            new_proof: row.rejection_new_proof,
        })),
        _ => Err(at.corrupt()),
    }
}

fn consent(at: Row<'_>, row: &claim::Model) -> Result<Option<Consent>, StoreError> {
    let Some(status) = &row.consent_status else { return Ok(None) };
    match (row.consent_requested_at, row.consent_decline_until) {
        (Some(requested_at), Some(decline_until)) => Ok(Some(Consent {
            status: at.word(status)?,
            requested_at: at.time(requested_at)?,
            decline_until: at.time(decline_until)?,
            settled_at: at.maybe_time(row.consent_settled_at)?,
        })),
        _ => Err(at.corrupt()),
    }
}

fn dispute(at: Row<'_>, row: &claim::Model) -> Result<Option<Dispute>, StoreError> {
    let Some(status) = &row.dispute_status else { return Ok(None) };
    match (row.dispute_opened_at, row.dispute_answer_by) {
        (Some(opened_at), Some(answer_by)) => Ok(Some(Dispute {
            status: at.word(status)?,
            justification: row.dispute_justification.clone(),
            opened_at: at.time(opened_at)?,
            answer_by: at.time(answer_by)?,
            answered_at: at.maybe_time(row.dispute_answered_at)?,
            rejected_by: row.dispute_rejected_by.clone(),
        })),
        _ => Err(at.corrupt()),
    }
}

fn evaluation(at: Row<'_>, row: &claim::Model) -> Result<Option<Evaluation>, StoreError> {
    let Some(status) = &row.evaluation_status else { return Ok(None) };
    Ok(Some(Evaluation { status: at.word(status)?, sent_at: at.maybe_time(row.evaluation_sent_at)? }))
}

/// The line that a row holds.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row holds what no line can be.
pub fn line_from_row(row: claim_line::Model) -> Result<Line, StoreError> {
    let id = row.id;
    let at = Row { table: "claim_line", key: &id };
    Ok(Line {
        outcome: at.word(&row.outcome)?,
        id: row.id,
        sku_id: row.sku_id,
        typed: row.subscription_typed,
        subscription_id: row.subscription_id,
        associated: false,
    })
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
        status: Set(claim.status.to_string()),
        partner_id: Set(claim.partner_id),
        mpn_id: Set(claim.mpn_id.clone()),
        tenant_id: Set(claim.tenant_id),
        domain: Set(claim.domain.clone()),
        solution_area: Set(claim.solution_area.to_string()),
        activities: Set(words(&claim.activities)),
        customer_contact: Set(json(claim.customer_contact.as_ref())),
        technical_contact: Set(json(claim.technical_contact.as_ref())),
        partner_contact: Set(json(claim.partner_contact.as_ref())),
        solution_seller: Set(claim.solution_seller.clone()),
        partner_solution: Set(claim.partner_solution.clone()),
        created_at: Set(claim.created_at.micros()),
        updated_at: Set(claim.updated_at.micros()),
        submitted_at: Set(claim.submitted_at.map(Timestamp::micros)),
        decided_at: Set(claim.decided_at.map(Timestamp::micros)),
        approved_at: Set(claim.approved_at.map(Timestamp::micros)),
        deleted_at: NotSet,
        history_length: NotSet,
        history_hash: NotSet,
        search_text: Set(search_text([claim.number.as_str(), claim.name.as_str()])),
        reference_search_text: Set(reference.map(|text| search_text([text]))),
        ..after_to_row(claim)
    }
}

/// How consent, dispute, evaluation and arbitration stand.
fn after_to_row(claim: &Claim) -> claim::ActiveModel {
    let (consent, dispute) = (claim.consent.as_ref(), claim.dispute.as_ref());
    let micros = |at: Option<Timestamp>| at.map(Timestamp::micros);
    claim::ActiveModel {
        consent_status: Set(consent.map(|consent| consent.status.to_string())),
        consent_requested_at: Set(consent.map(|consent| consent.requested_at.micros())),
        consent_decline_until: Set(consent.map(|consent| consent.decline_until.micros())),
        consent_settled_at: Set(consent.and_then(|consent| micros(consent.settled_at))),
        dispute_status: Set(dispute.map(|dispute| dispute.status.to_string())),
        dispute_justification: Set(dispute.and_then(|dispute| dispute.justification.clone())),
        dispute_opened_at: Set(dispute.map(|dispute| dispute.opened_at.micros())),
        dispute_answer_by: Set(dispute.map(|dispute| dispute.answer_by.micros())),
        dispute_answered_at: Set(dispute.and_then(|dispute| micros(dispute.answered_at))),
        dispute_rejected_by: Set(dispute.and_then(|dispute| dispute.rejected_by.clone())),
        evaluation_status: Set(claim.evaluation.map(|evaluation| evaluation.status.to_string())),
        evaluation_sent_at: Set(claim.evaluation.and_then(|evaluation| micros(evaluation.sent_at))),
        contested_since: Set(micros(claim.contested_since)),
        missed_at: Set(micros(claim.missed_at)),
        ..review_to_row(claim)
    }
}

/// How the review stands.
fn review_to_row(claim: &Claim) -> claim::ActiveModel {
    let reviewer = claim.reviewer.as_ref();
    let deadline = claim.deadline.as_ref();
    let asked = claim.action_request.as_ref();
    let rejection = claim.rejection.as_ref();
    claim::ActiveModel {
        reviewer_subject: Set(reviewer.map(|by| by.subject.clone())),
        reviewer_name: Set(reviewer.and_then(|by| by.name.clone())),
        deadline_kind: Set(deadline.map(|clock| clock.kind.to_string())),
        deadline_started_at: Set(deadline.map(|clock| clock.started_at.micros())),
        due_at: Set(deadline.map(|clock| clock.due_at.micros())),
        decision_due_at: Set(claim.decision_due_at.map(Timestamp::micros)),
        action_reasons: Set(asked.map(|request| words(&request.reasons))),
        action_message: Set(asked.map(|request| request.message.clone())),
        action_requested_at: Set(asked.map(|request| request.requested_at.micros())),
        action_respond_by: Set(asked.map(|request| request.respond_by.micros())),
        action_answered: Set(asked.is_some_and(|request| request.answered)),
        rejected_by: Set(rejection.and_then(|why| why.rejected_by.clone())),
        rejection_new_proof: Set(rejection.is_some_and(|why| why.new_proof)),
        rejection_reason: Set(rejection.map(|why| why.reason.to_string())),
        rejection_detail: Set(rejection.map(|why| why.detail.clone())),
        rejected_at: Set(rejection.map(|why| why.rejected_at.micros())),
        disputable_until: Set(rejection.and_then(|why| why.disputable_until.map(Timestamp::micros))),
        ..claim::ActiveModel::default()
    }
}

fn json(contact: Option<&Contact>) -> Option<String> {
    // Four texts: this cannot fail.
    contact.and_then(|contact| serde_json::to_string(contact).ok())
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
        outcome: Set(line.outcome.to_string()),
    }
}
