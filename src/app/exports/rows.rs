//! What each row shows of what its caller sees (A3, A4). It is what the API shows the same caller.

use domain::{
    caller::{Caller, Side},
    catalogue,
    history::FieldChange,
    kinds::IncentiveProgram,
    lifecycle,
};
use uuid::Uuid;

use super::{Naming, Noun, View, cells::Cell};
use crate::store::{
    export::{ExportedAssociation, ExportedClaim, ExportedEntry, ExportedEvaluation},
    history::encode_position,
};

const CLAIM: &[&str] = &[
    "id",
    "number",
    "name",
    "external_reference",
    "status",
    "version",
    "partner_id",
    "mpn_id",
    "tenant_id",
    "domain",
    "solution_area",
    "activities",
    "programs",
    "sku_ids",
    "subscription_ids",
    "created_at",
    "updated_at",
    "last_activity_at",
    "submitted_at",
    "decided_at",
    "deadline_kind",
    "due_at",
    "rejection_reason",
    "consent_status",
    "dispute_status",
    "evaluation_status",
];

const ENTRY: &[&str] = &[
    "position",
    "claim_id",
    "number",
    "action",
    "at",
    "actor_kind",
    "actor_name",
    "from_status",
    "to_status",
    "changes",
    "comment",
    "note",
    "hash",
];

const EVALUATION: &[&str] =
    &["claim_id", "number", "partner_id", "status", "programs", "tenant_id", "subscription_ids", "sent_at"];

const ASSOCIATION: &[&str] =
    &["id", "claim_id", "partner_id", "tenant_id", "sku_id", "subscription_id", "official", "started_at", "ended_at"];

/// The columns, in the order of the cells.
pub(super) const fn columns(noun: Noun) -> &'static [&'static str] {
    match noun {
        Noun::Claims => CLAIM,
        Noun::History => ENTRY,
        Noun::Evaluations => EVALUATION,
        Noun::Associations => ASSOCIATION,
    }
}

/// A claim. What is between partner and vendor is empty to a customer (A3), the partner's reference to everyone else (L12).
pub(super) fn claim(row: &ExportedClaim, caller: &Caller, view: &View, naming: &Naming) -> Vec<Cell> {
    let (claim, lines) = (&row.claim, &row.lines);
    let to_customer = matches!(caller.side, Side::Customer(_));
    let own = matches!(caller.side, Side::Partner(_));
    let clock = lifecycle::shown_clock(claim, to_customer, view.now, &view.policy).map(|(clock, _)| clock);
    let subscription = |id: Option<Uuid>, typed: &Option<String>| id.map(|id| id.to_string()).or_else(|| typed.clone());
    vec![
        Cell::text((naming.claim)(claim.id)),
        Cell::text(claim.number.as_str()),
        Cell::text(claim.name.as_str()),
        Cell::maybe(claim.external_reference.as_deref().filter(|_| own)),
        Cell::shown(claim.status),
        Cell::Number(claim.version.into()),
        Cell::shown(claim.partner_id),
        Cell::text(claim.mpn_id.as_str()),
        Cell::shown(claim.tenant_id),
        Cell::maybe(Some(claim.domain.as_str()).filter(|_| !to_customer)),
        Cell::shown(claim.solution_area),
        Cell::list(&claim.activities),
        Cell::list(&catalogue::programs(claim.solution_area, &claim.activities)),
        Cell::List(lines.iter().map(|line| Some(line.sku_id.to_string())).collect()),
        Cell::List(lines.iter().map(|line| subscription(line.subscription_id, &line.typed)).collect()),
        Cell::shown(claim.created_at),
        Cell::shown(claim.updated_at),
        Cell::shown(row.last_activity_at.unwrap_or(claim.updated_at)),
        Cell::time(claim.submitted_at),
        Cell::time(claim.decided_at),
        Cell::maybe_shown(clock.map(|clock| clock.kind)),
        Cell::time(clock.map(|clock| clock.due_at)),
        Cell::maybe_shown(claim.rejection.as_ref().filter(|_| !to_customer).map(|rejection| rejection.reason)),
        Cell::maybe_shown(lifecycle::shown_consent(claim).map(|consent| consent.status)),
        Cell::maybe_shown(claim.dispute.as_ref().filter(|_| !to_customer).map(|dispute| dispute.status)),
        Cell::maybe_shown(claim.evaluation.filter(|_| !to_customer).map(|evaluation| evaluation.status)),
    ]
}

/// An entry. A partner sees neither who reviews nor a reviewer's name, the vendor not the partner's reference.
pub(super) fn entry(row: &ExportedEntry, caller: &Caller, naming: &Naming) -> Vec<Cell> {
    let entry = &row.entry;
    let vendor = caller.side == Side::Vendor;
    let hidden = lifecycle::hidden_changes(vendor);
    let seen = |change: &&FieldChange| !hidden.contains(&change.field.as_str());
    vec![
        Cell::text(encode_position(entry.id)),
        Cell::text((naming.claim)(entry.claim_id)),
        Cell::text(row.number.as_str()),
        Cell::shown(entry.action),
        Cell::shown(entry.at),
        Cell::shown(entry.actor.kind),
        Cell::text(entry.actor.shown_to(vendor)),
        Cell::maybe_shown(entry.from_status),
        Cell::maybe_shown(entry.to_status),
        Cell::Changes(entry.changes.iter().filter(seen).cloned().collect()),
        Cell::maybe(row.comment.as_deref()),
        Cell::maybe(entry.note.as_deref()),
        Cell::text(entry.hash.as_str()),
    ]
}

/// The evaluation of a claim (I1).
pub(super) fn evaluation(row: &ExportedEvaluation, naming: &Naming) -> Vec<Cell> {
    let evaluation = &row.evaluation;
    let programs: &[IncentiveProgram] = &evaluation.programs;
    vec![
        Cell::text((naming.claim)(evaluation.claim_id)),
        Cell::text(row.number.as_str()),
        Cell::shown(row.partner_id),
        Cell::shown(evaluation.status),
        Cell::list(programs),
        Cell::maybe_shown(evaluation.tenant_id),
        Cell::list(&evaluation.subscription_ids),
        Cell::time(evaluation.sent_at),
    ]
}

/// An association (X6).
pub(super) fn association(row: &ExportedAssociation, naming: &Naming) -> Vec<Cell> {
    vec![
        Cell::text((naming.association)(row.id)),
        Cell::text((naming.claim)(row.claim_id)),
        Cell::shown(row.partner_id),
        Cell::shown(row.tenant_id),
        Cell::shown(row.sku_id),
        Cell::maybe_shown(row.subscription_id),
        Cell::Bool(row.official),
        Cell::shown(row.started_at),
        Cell::time(row.ended_at),
    ]
}
