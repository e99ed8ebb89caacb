//! The columns to read of claims, by the selection on them.

use async_graphql::{Context, SelectionField};
use domain::claim::Claim;

use crate::{
    graphql::{
        error::ApiError,
        loader::Reader,
        wanted::{for_each_node, of_object},
    },
    store::{
        Columns,
        claims::{ActivityView, LineOfClaim, LinesWanted, Wanted},
        customers::Customer,
        partners::{Location, Partner},
        products::Product,
        subscriptions::Subscription,
    },
};

/// What the selection of a field asks for, whose type is the claim or a list of claims.
///
/// # Errors
/// A fault, when the request has no reader.
pub fn of_claims(ctx: &Context<'_>) -> Result<Wanted, ApiError> {
    let (mut wanted, view) = (Wanted::least(), view(ctx)?);
    with(&mut wanted, ctx.field(), view);
    Ok(wanted)
}

fn view(ctx: &Context<'_>) -> Result<ActivityView, ApiError> {
    Ok(ActivityView::seen_by(&Reader::of(ctx)?.caller))
}

/// What the selection of a field asks for, whose type is a connection of claims.
///
/// # Errors
/// As [`of_claims`].
pub fn of_connection(ctx: &Context<'_>) -> Result<Wanted, ApiError> {
    let (mut wanted, view) = (Wanted::least(), view(ctx)?);
    for_each_node(ctx, |node| with(&mut wanted, node, view));
    Ok(wanted)
}

fn with(wanted: &mut Wanted, claim: SelectionField<'_>, view: ActivityView) {
    for field in claim.selection_set() {
        match field.name() {
            "customer" => add(&mut wanted.customer, of_object::<Customer>(field)),
            "partner" => add(&mut wanted.partner, of_object::<Partner>(field)),
            "location" => add(&mut wanted.location, of_object::<Location>(field)),
            "lastActivityAt" => wanted.activity = Some(view),
            // Loaded by themselves.
            "createdBy" | "submittedBy" => wanted.columns = wanted.columns.and(Columns::of_field::<Claim>("partner")),
            "lines" => of_line(wanted.lines.get_or_insert_with(LinesWanted::least), field),
            name => wanted.columns = wanted.columns.and(Columns::of_field::<Claim>(name)),
        }
    }
}

fn add(wanted: &mut Option<Columns>, columns: Columns) {
    *wanted = Some(wanted.map_or(columns, |before| before.and(columns)));
}

/// What the selection of a claim's `lines` asks for.
pub fn of_lines(ctx: &Context<'_>) -> LinesWanted {
    let mut wanted = LinesWanted::least();
    of_line(&mut wanted, ctx.field());
    wanted
}

fn of_line(wanted: &mut LinesWanted, line: SelectionField<'_>) {
    for field in line.selection_set() {
        wanted.columns = wanted.columns.and(Columns::of_field::<LineOfClaim>(field.name()));
        match field.name() {
            "product" => add(&mut wanted.product, of_object::<Product>(field)),
            "subscription" => add(&mut wanted.subscription, of_object::<Subscription>(field)),
            _ => {}
        }
    }
}
