//! Values under one response key have one shape, whatever the type of their object (`SameResponseShape` of the GraphQL
//! specification), which async-graphql does not check: a client reads `x` without asking for the type.

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::registry::{MetaType, MetaTypeName};
use async_graphql::{Name, Positioned, ServerError};

use super::rules::{self, Rules};

/// The fields of an operation that share a key and not the shape of their values.
pub(super) fn errors(
    document: &ExecutableDocument,
    rules: &Rules,
    operation: &OperationDefinition,
) -> Vec<ServerError> {
    let mut shapes = Shapes { document, rules, errors: Vec::new() };
    shapes.check(&[(rules.root(operation.ty), &operation.selection_set.node)]);
    shapes.errors
}

/// A field with the type that it is selected of.
type Selected<'a> = (Option<&'a str>, &'a Positioned<Field>);

struct Shapes<'a> {
    document: &'a ExecutableDocument,
    rules: &'a Rules,
    errors: Vec<ServerError>,
}

impl<'a> Shapes<'a> {
    /// Checks the selections under one key and everything below them.
    fn check(&mut self, sets: &[(Option<&'a str>, &'a SelectionSet)]) {
        let rules = self.rules;
        let mut groups = Vec::new();
        for (of, set) in sets {
            self.collect(*of, set, &mut groups);
        }
        for (name, fields) in groups {
            let declared = |(of, field): &Selected<'a>| rules.field(*of, &field.node.name.node);
            let first = declared(&fields[0]);
            if let Some(first) = first {
                let differs = |field: &&Selected<'a>| declared(field).is_some_and(|other| differ(rules, first, other));
                if let Some(other) = fields.iter().find(differs) {
                    let types = (first, declared(other).unwrap_or_default());
                    self.note(name, types, [fields[0].1, other.1]);
                    continue;
                }
            }
            let below: Vec<_> = fields
                .iter()
                .filter(|(_, field)| !field.node.selection_set.node.items.is_empty())
                .map(|field| (declared(field).map(rules::bare), &field.1.node.selection_set.node))
                .collect();
            if !below.is_empty() {
                self.check(&below);
            }
        }
    }

    fn collect(&self, of: Option<&'a str>, set: &'a SelectionSet, groups: &mut Vec<(&'a Name, Vec<Selected<'a>>)>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = &field.node.response_key().node;
                    match groups.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, fields)) => fields.push((of, field)),
                        None => groups.push((name, vec![(of, field)])),
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref().map(|condition| &*condition.node.on.node);
                    self.collect(condition.or(of), &inline.node.selection_set.node, groups);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let condition = &*fragment.node.type_condition.node.on.node;
                        self.collect(Some(condition), &fragment.node.selection_set.node, groups);
                    }
                }
            }
        }
    }

    fn note(&mut self, name: &Name, types: (&str, &str), fields: [&Positioned<Field>; 2]) {
        let message = format!(
            "Fields \"{name}\" conflict because they return conflicting types \"{}\" and \"{}\". Use different aliases on \
             the fields to fetch both if this was intentional.",
            types.0, types.1
        );
        let mut error = ServerError::new(message, None);
        error.locations = fields.map(|field| field.pos).to_vec();
        self.errors.push(error);
    }
}

/// Whether values of these types conflict under one key.
fn differ(rules: &Rules, one: &str, other: &str) -> bool {
    let is_leaf = |name| rules.named(name).is_some_and(MetaType::is_leaf);
    match (MetaTypeName::create(one), MetaTypeName::create(other)) {
        (MetaTypeName::NonNull(one), MetaTypeName::NonNull(other))
        | (MetaTypeName::List(one), MetaTypeName::List(other)) => differ(rules, one, other),
        (MetaTypeName::Named(one), MetaTypeName::Named(other)) => one != other && (is_leaf(one) || is_leaf(other)),
        _ => true,
    }
}
