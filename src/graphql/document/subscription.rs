//! A subscription follows one thing: its root has one field (GraphQL specification, 5.2.4.1), which async-graphql does not
//! check.

use std::collections::HashSet;

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet};

use super::Refusal;
use super::measure::MAX_NESTING;
use super::refusal::GRAPHQL_VALIDATION_FAILED;

/// Refuses a subscription without exactly one field at its root, or whose field may be left out.
pub(super) fn check(document: &ExecutableDocument, operation: &Positioned<OperationDefinition>) -> Result<(), Refusal> {
    if operation.node.ty != OperationType::Subscription {
        return Ok(());
    }
    let mut root = Root { document, keys: HashSet::new(), may_be_left_out: false, has_meta: false };
    root.collect(&operation.node.selection_set.node, MAX_NESTING);
    let message = if root.may_be_left_out {
        "The field at the root of a subscription cannot have @skip or @include."
    } else if root.keys.len() != 1 || root.has_meta {
        "A subscription has exactly one field at its root: open one operation for each thing that is followed."
    } else {
        return Ok(());
    };
    Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, message).at(vec![operation.pos]))
}

struct Root<'a> {
    document: &'a ExecutableDocument,
    keys: HashSet<&'a str>,
    may_be_left_out: bool,
    has_meta: bool,
}

impl<'a> Root<'a> {
    fn collect(&mut self, set: &'a SelectionSet, levels: usize) {
        if levels == 0 {
            return;
        }
        for selection in &set.items {
            self.may_be_left_out |= !selection.node.directives().is_empty();
            match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => self.collect(&inline.node.selection_set.node, levels - 1),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node, levels - 1);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'a Field) {
        self.keys.insert(field.response_key().node.as_str());
        self.has_meta |= field.name.node.starts_with("__");
    }
}
