//! Which operation of a document is meant, and what it asks for.

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Value};

use super::Refusal;
use super::measure::MAX_NESTING;
use super::refusal::OPERATION_RESOLUTION_FAILURE;

/// The place of the operation of that name; without a name, of the only one.
pub(super) fn choose<'a>(
    mut names: impl ExactSizeIterator<Item = Option<&'a Name>>,
    name: Option<&str>,
) -> Result<usize, Refusal> {
    let refuse = |message| Err(Refusal::new(OPERATION_RESOLUTION_FAILURE, message));
    match name {
        None if names.len() == 1 => Ok(0),
        None => refuse("The document has several operations. Set operationName to choose one.".to_owned()),
        Some(name) => match names.position(|known| known.is_some_and(|known| known.as_str() == name)) {
            Some(place) => Ok(place),
            None => refuse(format!("The document has no operation named {name:?}.")),
        },
    }
}

/// The variables that a selection without fragments uses.
pub(super) fn variables(set: &SelectionSet) -> HashSet<Name> {
    let mut used = HashSet::new();
    note_variables(set, &mut used);
    used
}

fn note_variables(set: &SelectionSet, used: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                for (_, argument) in &field.node.arguments {
                    // Only the names are wanted, so any value will do.
                    let _: Result<Value, ()> = argument.node.clone().into_const_with(|name| {
                        used.insert(name);
                        Ok(Value::Null)
                    });
                }
                note_variables(&field.node.selection_set.node, used);
            }
            Selection::InlineFragment(inline) => note_variables(&inline.node.selection_set.node, used),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Whether a query asks for nothing but the schema and type names.
pub(super) fn is_introspection(document: &ExecutableDocument, operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Query && only_meta(document, &operation.selection_set.node, MAX_NESTING)
}

fn only_meta(document: &ExecutableDocument, set: &SelectionSet, levels: usize) -> bool {
    levels > 0
        && set.items.iter().all(|selection| match &selection.node {
            Selection::Field(field) => field.node.name.node.starts_with("__"),
            Selection::InlineFragment(inline) => only_meta(document, &inline.node.selection_set.node, levels - 1),
            Selection::FragmentSpread(spread) => document
                .fragments
                .get(&spread.node.fragment_name.node)
                .is_some_and(|fragment| only_meta(document, &fragment.node.selection_set.node, levels - 1)),
        })
}
