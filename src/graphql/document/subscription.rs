//! A subscription follows one thing: its root has one field (GraphQL specification, 5.2.4.1), which async-graphql does not
//! check.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};

use super::Refusal;
use super::measure::MAX_NESTING;
use super::refusal::GRAPHQL_VALIDATION_FAILED;

/// Refuses a subscription without exactly one field at its root, or whose field may be left out.
pub(super) fn check(document: &ExecutableDocument, operation: &Positioned<OperationDefinition>) -> Result<(), Refusal> {
    if operation.node.ty != OperationType::Subscription {
        return Ok(());
    }
    let mut root = Root { document, fields: Vec::new(), may_be_left_out: false };
    root.collect(&operation.node.selection_set.node, MAX_NESTING);
    let key = |field: &Field| field.response_key().node.clone();
    let is_one = root.fields.first().is_some_and(|first| root.fields.iter().all(|field| key(field) == key(first)));
    let has_meta = root.fields.iter().any(|field| field.name.node.starts_with("__"));
    let message = if root.may_be_left_out {
        "The root field of a subscription cannot have @skip or @include."
    } else if !is_one || has_meta {
        "A subscription must have exactly one root field. Use a separate operation for each."
    } else {
        return Ok(());
    };
    Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, message).at(vec![operation.pos]))
}

struct Root<'a> {
    document: &'a ExecutableDocument,
    fields: Vec<&'a Field>,
    may_be_left_out: bool,
}

impl<'a> Root<'a> {
    fn collect(&mut self, set: &'a SelectionSet, levels: usize) {
        if levels == 0 {
            return;
        }
        for selection in &set.items {
            self.may_be_left_out |= !selection.node.directives().is_empty();
            match &selection.node {
                Selection::Field(field) => self.fields.push(&field.node),
                Selection::InlineFragment(inline) => self.collect(&inline.node.selection_set.node, levels - 1),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node, levels - 1);
                    }
                }
            }
        }
    }
}
