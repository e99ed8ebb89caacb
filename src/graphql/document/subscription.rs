//! A subscription follows one thing: its root has one field (GraphQL specification, 5.2.4.1), which async-graphql does not
//! check. It also executes nothing of a root that is not one plain field, such as a fragment.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::measure::MAX_NESTING;
use super::refusal::GRAPHQL_VALIDATION_FAILED;
use super::{Refusal, mend};

/// Refuses a subscription without exactly one field at its root, or whose field may be left out. Where that field is not
/// written down as one, but in fragments or in several parts, the answer is the document with it put together.
pub(super) fn check(
    document: &ExecutableDocument,
    name: Option<&Name>,
    operation: &Positioned<OperationDefinition>,
) -> Result<Option<ExecutableDocument>, Refusal> {
    if operation.node.ty != OperationType::Subscription {
        return Ok(None);
    }
    let mut root = Root { document, fields: Vec::new(), may_be_left_out: false };
    root.collect(&operation.node.selection_set.node, MAX_NESTING);
    let keys: HashSet<&str> = root.fields.iter().map(|field| field.node.response_key().node.as_str()).collect();
    let has_meta = root.fields.iter().any(|field| field.node.name.node.starts_with("__"));
    let message = if root.may_be_left_out {
        "The field at the root of a subscription cannot have @skip or @include."
    } else if keys.len() != 1 || has_meta {
        "A subscription has exactly one field at its root: open one operation for each thing that is followed."
    } else {
        return Ok(root.put_together(name, operation));
    };
    Err(Refusal::new(GRAPHQL_VALIDATION_FAILED, message).at(vec![operation.pos]))
}

struct Root<'a> {
    document: &'a ExecutableDocument,
    fields: Vec<&'a Positioned<Field>>,
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
                Selection::Field(field) => self.fields.push(field),
                Selection::InlineFragment(inline) => self.collect(&inline.node.selection_set.node, levels - 1),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.collect(&fragment.node.selection_set.node, levels - 1);
                    }
                }
            }
        }
    }

    /// The document with the parts of the field as one, unless it is one; with this operation only and what it needs.
    fn put_together(
        &self,
        name: Option<&Name>,
        operation: &Positioned<OperationDefinition>,
    ) -> Option<ExecutableDocument> {
        if let [only] = &operation.node.selection_set.node.items[..]
            && matches!(only.node, Selection::Field(_))
        {
            return None;
        }
        let (first, others) = self.fields.split_first()?;
        let mut field = (*first).clone();
        for other in others {
            field.node.selection_set.node.items.extend(other.node.selection_set.node.items.iter().cloned());
        }
        let mut whole = operation.clone();
        let place = field.pos;
        whole.node.selection_set.node.items = vec![Positioned::new(Selection::Field(field), place)];
        let mut fragments = self.document.fragments.clone();
        let mut reached = HashSet::new();
        mend::reach(self.document, &whole.node.selection_set.node, &mut reached);
        fragments.retain(|name, _| reached.contains(name));
        let operations = match name {
            None => DocumentOperations::Single(whole),
            Some(name) => DocumentOperations::Multiple([(name.clone(), whole)].into()),
        };
        Some(ExecutableDocument { operations, fragments })
    }
}
