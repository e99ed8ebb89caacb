//! What is to be read of records, by the selection of the fields that answer them.

use async_graphql::{Context, SelectionField};

use super::page::asks_for_cursors;
use crate::store::{Columns, Record};

/// What the selection of a field asks for, whose type is an object made of a record, or a list of them.
pub fn of_object<R: Record>(object: SelectionField<'_>) -> Columns {
    object
        .selection_set()
        .fold(Columns::always::<R>(), |columns, field| columns.and(Columns::of_field::<R>(field.name())))
}

/// The same of a connection.
pub fn of_connection<R: Record>(ctx: &Context<'_>) -> Columns {
    let mut columns = Columns::always::<R>();
    for_each_node(ctx, |node| columns = columns.and(of_object::<R>(node)));
    if asks_for_cursors(ctx) {
        columns = columns.and(Columns::of_field::<R>("id"));
    }
    columns
}

/// Calls `see` with the fields of a connection that answer its nodes.
pub fn for_each_node(ctx: &Context<'_>, mut see: impl FnMut(SelectionField<'_>)) {
    for part in ctx.field().selection_set() {
        match part.name() {
            "nodes" => see(part),
            "edges" => part.selection_set().filter(|edge| edge.name() == "node").for_each(&mut see),
            _ => {}
        }
    }
}
