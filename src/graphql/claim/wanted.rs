//! The columns to read of claims, by the selection on them.

use std::sync::Arc;

use async_graphql::{Context, SelectionField};
use domain::claim::Claim;

use crate::{
    graphql::{
        error::ApiError,
        loader::{Reader, planned},
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
    seen_by_reader(ctx, |wanted| with(wanted, ctx.field()))
}

/// Computes what is wanted once for all readers, and adds the view of this reader.
fn seen_by_reader(ctx: &Context<'_>, add: impl FnOnce(&mut Wanted)) -> Result<Wanted, ApiError> {
    let wanted = planned(ctx, ctx.item, || {
        let mut wanted = Wanted::least();
        add(&mut wanted);
        wanted
    })?;
    let view = ActivityView::seen_by(&Reader::of(ctx)?.caller);
    Ok(Wanted { activity: wanted.activity.map(|_| view), ..*wanted })
}

/// What the selection of a field asks for, whose type is a connection of claims.
///
/// # Errors
/// As [`of_claims`].
pub fn of_connection(ctx: &Context<'_>) -> Result<Wanted, ApiError> {
    seen_by_reader(ctx, |wanted| for_each_node(ctx, |node| with(wanted, node)))
}

fn with(wanted: &mut Wanted, claim: SelectionField<'_>) {
    for field in claim.selection_set() {
        match field.name() {
            "customer" => add(&mut wanted.customer, of_object::<Customer>(field)),
            "partner" => add(&mut wanted.partner, of_object::<Partner>(field)),
            "location" => add(&mut wanted.location, of_object::<Location>(field)),
            // The reader's own view takes its place.
            "lastActivityAt" => wanted.activity = Some(ActivityView::OfCustomer),
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
///
/// # Errors
/// As [`of_claims`].
pub fn of_lines(ctx: &Context<'_>) -> Result<Arc<LinesWanted>, ApiError> {
    planned(ctx, ctx.item, || {
        let mut wanted = LinesWanted::least();
        of_line(&mut wanted, ctx.field());
        wanted
    })
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
