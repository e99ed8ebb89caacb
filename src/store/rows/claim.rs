//! Claims and their lines.

use domain::{
    claim::{Claim, Contact, Line},
    kinds::ClaimStatus,
    text,
    time::Timestamp,
};
use entity::{claim, claim_line};
use sea_orm::ActiveValue::{NotSet, Set};

use super::{Row, search_text, words};
use crate::store::StoreError;

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
        sort_key: Set(text::sort_key(&claim.name)),
        ..after_to_row(claim)
    }
}

/// The states of consent, dispute, evaluation and arbitration.
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

/// The state of the review.
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
