//! The claim's fields that are at hand, and those that are read for a whole list of claims.

use std::sync::Arc;

use async_graphql::{Context, parser::types::Field};

use super::{
    Claim, ClaimStatus,
    enums::ClaimAction,
    line::ClaimLine,
    parts::{ActionRequest, Consent, Contact, Deadline, Dispute, IncentiveEvaluation, Rejection},
    wanted,
};
use crate::graphql::{
    at_hand::{self, AtHand, Json, Parts, Selected, Together, Write, nothing_at_hand, plain},
    comment,
    customer::Customer,
    directory::{Activity, IncentiveProgram, Partner, PartnerLocation, SolutionArea},
    global_id::Kind,
    history,
    loader::{Reader, With, load_all},
};

nothing_at_hand!(ActionRequest, Consent, Contact, Deadline, Dispute, IncentiveEvaluation, Rejection);

impl AtHand for Claim {
    fn field(field: &Field) -> Option<Write<Self>> {
        match field.name.node.as_str() {
            "id" => plain(|claim: &Self, _, out| out.id(Kind::Claim, claim.claim().id)),
            "number" => plain(|claim: &Self, _, out| out.text(&claim.claim().number)),
            "name" => plain(|claim: &Self, _, out| out.text(&claim.claim().name)),
            "externalReference" => plain(|claim: &Self, reader, out| out.maybe_text(claim.reference_to(reader))),
            "version" => plain(|claim: &Self, _, out| out.int(claim.claim().version)),
            "status" => plain(|claim: &Self, _, out| out.word::<ClaimStatus>(claim.claim().status)),
            "solutionArea" => plain(|claim: &Self, _, out| out.word::<SolutionArea>(claim.claim().solution_area)),
            "activities" => {
                plain(|claim: &Self, _, out| out.words::<Activity, _>(claim.claim().activities.iter().copied()))
            }
            "programs" => plain(|claim: &Self, _, out| out.words::<IncentiveProgram, _>(claim.programs_of())),
            "createdAt" => plain(|claim: &Self, _, out| out.time(claim.claim().created_at)),
            "updatedAt" => plain(|claim: &Self, _, out| out.time(claim.claim().updated_at)),
            "submittedAt" => plain(|claim: &Self, _, out| out.maybe_time(claim.claim().submitted_at)),
            "decidedAt" => plain(|claim: &Self, _, out| out.maybe_time(claim.claim().decided_at)),
            "customer" => at_hand::object(field, "Customer", |claim: &Self, _, write| {
                claim.row.customer.clone().is_some_and(|customer| write(&Customer(customer)))
            }),
            "partner" => at_hand::object(field, "Partner", |claim: &Self, _, write| {
                claim.row.partner.clone().is_some_and(|partner| write(&Partner(partner)))
            }),
            "location" => at_hand::object(field, "PartnerLocation", |claim: &Self, _, write| {
                claim.row.location.clone().is_some_and(|location| write(&PartnerLocation(location)))
            }),
            "availableActions" => plain(|claim: &Self, reader, out| out.words::<ClaimAction, _>(claim.open_to(reader))),
            "lines" => lines(field),
            _ => None,
        }
    }

    fn together<'a>(claims: &[&'a Self], ctx: &'a Context<'a>) -> Option<Together<'a>> {
        if claims.iter().any(|claim| claim.is_gone) {
            return None;
        }
        let ids = || claims.iter().map(|claim| claim.row.id()).collect();
        match ctx.item.node.name.node.as_str() {
            "lines" => lines_together(claims, ctx),
            "comments" => comment::of_claims(ids(), ctx),
            "history" => history::of_claims(ids(), ctx),
            _ => None,
        }
    }
}

/// The lines of a claim that was looked up by itself.
fn lines(field: &Field) -> Option<Write<Claim>> {
    let selected = Selected::<ClaimLine>::of(&field.selection_set.node, "ClaimLine")?;
    Some(Box::new(move |claim, reader, out| {
        let Some(lines) = claim.row.lines.clone() else { return false };
        write_lines(claim.with_lines(lines), &selected, reader, out)
    }))
}

/// The lines of each of these claims, read at once.
fn lines_together<'a>(claims: &[&'a Claim], ctx: &'a Context<'a>) -> Option<Together<'a>> {
    let selected = Selected::<ClaimLine>::planned(ctx, &ctx.item.node.selection_set.node, "ClaimLine")?;
    let claims = claims.to_vec();
    Some(Box::pin(async move {
        let wanted = wanted::of_lines(ctx).ok()?;
        let keys = claims.iter().map(|claim| With::of(claim.row.id(), Arc::clone(&wanted))).collect();
        let found = load_all(ctx, keys).await.ok()?;
        let (reader, mut parts) = (Reader::of(ctx).ok()?, Parts::of(claims.len()));
        for (claim, lines) in claims.into_iter().zip(found) {
            let lines = claim.with_lines(lines.unwrap_or_default());
            parts.add(|out| write_lines(lines, &selected, reader, out))?;
        }
        Some(parts)
    }))
}

fn write_lines(lines: Vec<ClaimLine>, selected: &Selected<ClaimLine>, reader: &Reader, out: &mut Json) -> bool {
    out.list(lines, |out, line| selected.write(&line, reader, out))
}
