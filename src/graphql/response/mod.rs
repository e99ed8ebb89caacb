//! Brings an answer of async-graphql 7.2 into the form that the GraphQL specification asks for.
//!
//! The library collects the fields of an object in the order in which they were ready, and leaves one out that failed.
//! Clients may rely on the order of their selection, and on a failed field being null or making its parent null.

mod nulls;
mod order;
mod shape;

use async_graphql::{
    Name, Positioned, Response, Value,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};
use std::collections::HashMap;

use shape::Shape;

/// The fragments of a document, by name.
type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Puts the data of a response in order, and nulls where fields failed.
pub(super) fn finish(response: &mut Response, document: &ExecutableDocument, operation_name: Option<&str>) {
    let Some(operation) = chosen(document, operation_name) else { return };
    let selected = Selected { fragments: &document.fragments, sets: vec![(None, &operation.selection_set.node)] };
    let failed = || response.errors.iter().map(|error| &error.path).filter(|path| !path.is_empty());
    failed().for_each(|path| nulls::revive(&mut response.data, path));
    for path in failed() {
        if nulls::put(&mut response.data, path, shape::root(operation.ty), &selected).is_err() {
            response.data = Value::Null;
        }
    }
    order::put(&mut response.data, &selected);
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = match name {
        Some(name) => operations.find(|(found, _)| found.is_some_and(|found| found.as_str() == name)).or_else(|| {
            // The library ignores the name of a single operation.
            document.operations.iter().next().filter(|(found, _)| found.is_none())
        }),
        None => operations.next(),
    };
    found.map(|(_, operation)| &operation.node)
}

/// What is selected of one object: selection sets, each with the type that it is for where that is known.
struct Selected<'a> {
    fragments: &'a Fragments,
    sets: Vec<(Option<&'a str>, &'a SelectionSet)>,
}

/// The fields of one response key.
struct Key<'a> {
    /// The name in the response.
    name: &'a Name,
    /// Its fields, each with the type that it is selected of.
    fields: Vec<(Option<&'a str>, &'a Field)>,
}

impl<'a> Selected<'a> {
    /// The keys of the object, in the order of the selection.
    fn keys(&self) -> Vec<Key<'a>> {
        let mut keys = Vec::new();
        for (of, set) in &self.sets {
            self.collect(*of, set, &mut keys);
        }
        keys
    }

    fn collect(&self, of: Option<&'a str>, set: &'a SelectionSet, keys: &mut Vec<Key<'a>>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = &field.node.response_key().node;
                    match keys.iter_mut().find(|key| key.name == name) {
                        Some(key) => key.fields.push((of, &field.node)),
                        None => keys.push(Key { name, fields: vec![(of, &field.node)] }),
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition =
                        inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.collect(condition.or(of), &inline.node.selection_set.node, keys);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        let condition = fragment.node.type_condition.node.on.node.as_str();
                        self.collect(Some(condition), &fragment.node.selection_set.node, keys);
                    }
                }
            }
        }
    }

    /// What is selected below a key.
    fn below(&self, key: &Key<'a>) -> Self {
        Self {
            fragments: self.fragments,
            sets: key.fields.iter().map(|(_, field)| (None, &field.selection_set.node)).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
