//! What is to be read of claims, by the selection of the fields that they answer.
//!
//! A field that is missing here is answered all the same, by a read of its own.

use async_graphql::{Context, SelectionField};

use crate::store::claims::{LinesWanted, Parts, Wanted};

/// What the selection of a field asks for, whose type is the claim or a list of claims.
pub fn of_claims(ctx: &Context<'_>) -> Wanted {
    let mut wanted = Wanted::default();
    add(&mut wanted, ctx.field());
    wanted
}

/// What the selection of a field asks for, whose type is a connection of claims.
pub fn of_connection(ctx: &Context<'_>) -> Wanted {
    let mut wanted = Wanted::default();
    for field in ctx.field().selection_set() {
        match field.name() {
            "nodes" => add(&mut wanted, field),
            "edges" => {
                for node in field.selection_set().filter(|edge| edge.name() == "node") {
                    add(&mut wanted, node);
                }
            }
            _ => {}
        }
    }
    wanted
}

fn add(wanted: &mut Wanted, claim: SelectionField<'_>) {
    for field in claim.selection_set() {
        match field.name() {
            "customer" => wanted.customer = true,
            "partner" => wanted.partner = true,
            "location" => wanted.location = true,
            name => wanted.parts = wanted.parts.and(parts(name)),
        }
    }
}

/// The parts of the row that a field of the claim is answered from.
pub const fn parts(field: &str) -> Parts {
    match field.as_bytes() {
        b"customerContact" | b"technicalContact" | b"partnerContact" | b"solutionSeller" | b"partnerSolution" => {
            Parts::CONTACTS
        }
        b"deadline" | b"decisionDueAt" | b"consent" | b"actionRequest" => Parts::CLOCKS,
        b"rejection" | b"dispute" | b"evaluation" | b"reviewer" => Parts::REVIEW,
        b"availableActions" => Parts::CLOCKS.and(Parts::REVIEW),
        b"problems" => Parts::ALL,
        _ => Parts::CORE,
    }
}

/// What the selection of a claim's `lines` asks for.
pub fn of_lines(ctx: &Context<'_>) -> LinesWanted {
    let mut wanted = LinesWanted::default();
    for field in ctx.field().selection_set() {
        wanted.product |= field.name() == "product";
        wanted.subscription |= field.name() == "subscription";
    }
    wanted
}
