//! An operation with fragments inlined and every response key once, according to `CollectFields` in the GraphQL
//! specification.
//!
//! async-graphql 7.2 resolves a field as often as it is written and merges the values: a mutation selected twice under one
//! key is executed twice. What is handed to it therefore has each key once, with everything that is selected below it. Where
//! an object may be of several types, the fields of each type that the selection names are merged apart, and the object's
//! type is asked for as well: keys and nulls of the answer depend on it.

use std::cell::RefCell;

use async_graphql::parser::types::{
    ExecutableDocument, Field, InlineFragment, OperationDefinition, Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned, ServerError};

use super::choice::Choice;
use super::rules::{self, MOST_ERRORS, Rules};
use crate::graphql::response::{Key, Keys, Shape, TYPE};

/// The selection of an operation and the keys of its answer.
pub(super) fn merged(
    document: &ExecutableDocument,
    rules: &Rules,
    choice: Choice<'_>,
    operation: &OperationDefinition,
) -> (SelectionSet, Keys) {
    Merge { document, rules, choice, errors: RefCell::default() }.root(operation)
}

/// What the library's rules do not find in an operation: fields under one key that are not the same.
pub(super) fn errors(
    document: &ExecutableDocument,
    rules: &Rules,
    operation: &OperationDefinition,
) -> Vec<ServerError> {
    let merge = Merge { document, rules, choice: Choice::Everything, errors: RefCell::default() };
    merge.root(operation);
    merge.errors.into_inner()
}

struct Merge<'a> {
    document: &'a ExecutableDocument,
    rules: &'a Rules,
    choice: Choice<'a>,
    errors: RefCell<Vec<ServerError>>,
}

/// The fields of one response key.
struct Group<'a> {
    name: &'a Name,
    fields: Vec<&'a Positioned<Field>>,
}

impl Group<'_> {
    fn is_leaf(&self) -> bool {
        self.fields.iter().all(|field| field.node.selection_set.node.items.is_empty())
    }
}

/// A field that is executed, and its key in the answer.
type Merged = (Positioned<Selection>, Key);

impl<'a> Merge<'a> {
    fn root(&self, operation: &'a OperationDefinition) -> (SelectionSet, Keys) {
        self.set(&[&operation.selection_set.node], self.rules.root(operation.ty))
    }

    /// The selection on an object of this type, or of one of its types.
    fn set(&self, sets: &[&'a SelectionSet], of: Option<&'a str>) -> (SelectionSet, Keys) {
        let mut named = Vec::new();
        if let Some(of) = of
            && let Some(possible) = self.rules.possible(of)
        {
            for set in sets {
                self.types(set, of, &mut named);
            }
            named.retain(|name| possible.contains(*name));
        }
        if !named.is_empty() {
            return self.of_several(sets, of, &named);
        }
        let (mut items, general) = self.fields(&self.groups(sets, of), of);
        if items.is_empty() {
            // The library makes a null of an object without fields.
            items.push(type_name());
        }
        (SelectionSet { items }, Keys { general, by_type: Vec::new() })
    }

    /// The selection on an object that may be of several types, some of which the selection names.
    fn of_several(&self, sets: &[&'a SelectionSet], of: Option<&'a str>, named: &[&'a str]) -> (SelectionSet, Keys) {
        let general = self.groups(sets, of);
        let each: Vec<(&str, Vec<Group<'a>>)> =
            named.iter().map(|name| (*name, self.groups(sets, Some(name)))).collect();
        // A field of all types without additions for a type is kept once, beside the types.
        let stands_beside = |group: &Group<'_>| {
            let is_added_to = |(_, groups): &(&str, Vec<Group<'_>>)| {
                groups.iter().any(|own| own.name == group.name && own.fields.len() != group.fields.len())
            };
            group.is_leaf() || !each.iter().any(is_added_to)
        };
        let beside: Vec<&Name> = general.iter().filter(|group| stands_beside(group)).map(|group| group.name).collect();

        let mut items = vec![type_name()];
        let mut add = |fields: Vec<Positioned<Selection>>, of: Option<&str>| {
            let fields = fields.into_iter().filter(|item| beside.contains(&key_of(item)) == of.is_none());
            match of {
                None => items.extend(fields),
                Some(of) => items.extend(inline(fields.collect(), of)),
            }
        };
        let (fields, general_keys) = self.fields(&general, of);
        if beside.len() < general.len()
            && let Some(possible) = of.and_then(|of| self.rules.possible(of))
        {
            for other in possible.iter().filter(|other| !named.contains(&other.as_str())) {
                add(fields.clone(), Some(other));
            }
        }
        add(fields, None);
        let mut by_type = Vec::new();
        for (name, groups) in &each {
            let (fields, keys) = self.fields(groups, Some(name));
            add(fields, Some(name));
            by_type.push((Name::new(name), keys));
        }
        (SelectionSet { items }, Keys { general: general_keys, by_type })
    }

    fn fields(&self, groups: &[Group<'a>], of: Option<&'a str>) -> (Vec<Positioned<Selection>>, Vec<Key>) {
        groups.iter().map(|group| self.field(group, of)).unzip()
    }

    /// The fields of a key as one: with the arguments of the first, which all of them have, and all that is selected below.
    fn field(&self, group: &Group<'a>, of: Option<&'a str>) -> Merged {
        let first = group.fields[0];
        if matches!(self.choice, Choice::Everything) {
            self.check(group);
        }
        let declared = self.rules.field(of, &first.node.name.node);
        let sets: Vec<&SelectionSet> = group.fields.iter().map(|field| &field.node.selection_set.node).collect();
        let below = (!group.is_leaf()).then(|| self.set(&sets, declared.map(rules::bare)));
        let (selection_set, below) = below.map_or_else(Default::default, |(set, keys)| (set, Some(keys)));
        let arguments = first.node.arguments.iter().filter_map(|(name, value)| {
            let value = self.choice.value(&value.node).map(|left| Positioned::new(left, value.pos))?;
            Some((name.clone(), value))
        });
        let field = Field {
            alias: first.node.alias.clone(),
            name: first.node.name.clone(),
            arguments: arguments.collect(),
            directives: Vec::new(),
            selection_set: Positioned::new(selection_set, first.node.selection_set.pos),
        };
        let key = Key::new(group.name.clone(), declared.map_or_else(|| Shape::of(""), Shape::of), below);
        (Positioned::new(Selection::Field(Positioned::new(field, first.pos)), first.pos), key)
    }

    /// The fields of an object of this type by their keys, in the order of the selection.
    fn groups(&self, sets: &[&'a SelectionSet], of: Option<&str>) -> Vec<Group<'a>> {
        let mut groups = Vec::new();
        for set in sets {
            self.collect(set, of, &mut groups);
        }
        groups
    }

    fn collect(&self, set: &'a SelectionSet, of: Option<&str>, groups: &mut Vec<Group<'a>>) {
        for selection in &set.items {
            if self.choice.leaves_out(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let name = &field.node.response_key().node;
                    match groups.iter_mut().find(|group| group.name == name) {
                        Some(group) => group.fields.push(field),
                        None => groups.push(Group { name, fields: vec![field] }),
                    }
                }
                fragment => {
                    if let Some((condition, set)) = self.fragment(fragment)
                        && condition.is_none_or(|condition| self.rules.is_within(of, condition))
                    {
                        self.collect(set, of, groups);
                    }
                }
            }
        }
    }

    /// The types that a selection names, each once, beside the one that it is of.
    fn types(&self, set: &'a SelectionSet, of: &str, named: &mut Vec<&'a str>) {
        for selection in &set.items {
            let Some((condition, set)) = self.fragment(&selection.node) else { continue };
            if let Some(condition) = condition.filter(|condition| !self.rules.is_within(Some(of), condition)) {
                match self.rules.possible(condition) {
                    Some(possible) => possible.iter().for_each(|name| add_once(named, name)),
                    None => add_once(named, condition),
                }
            }
            self.types(set, of, named);
        }
    }

    /// The type condition of a fragment and what it selects; nothing for a field.
    fn fragment(&self, selection: &'a Selection) -> Option<(Option<&'a str>, &'a SelectionSet)> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                Some((condition, &inline.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let fragment = &self.document.fragments.get(&spread.node.fragment_name.node)?.node;
                Some((Some(fragment.type_condition.node.on.node.as_str()), &fragment.selection_set.node))
            }
        }
    }

    /// Records conflicts between the fields of a key.
    fn check(&self, group: &Group<'a>) {
        let (first, others) = (group.fields[0], &group.fields[1..]);
        for other in others {
            let problem = if other.node.name.node != first.node.name.node {
                let (one, two) = (&first.node.name.node, &other.node.name.node);
                format!("\"{one}\" and \"{two}\" are different fields")
            } else if !has_same_arguments(&first.node, &other.node) {
                "they have differing arguments".to_owned()
            } else {
                continue;
            };
            let message = format!(
                "Fields \"{}\" conflict because {problem}. Use different aliases on the fields to fetch both if this was \
                 intentional.",
                group.name
            );
            self.note(message, vec![first.pos, other.pos]);
        }
    }

    fn note(&self, message: String, locations: Vec<Pos>) {
        let mut errors = self.errors.borrow_mut();
        let is_known = errors.iter().any(|known| known.message == message && known.locations == locations);
        if errors.len() < MOST_ERRORS && !is_known {
            let mut error = ServerError::new(message, None);
            error.locations = locations;
            errors.push(error);
        }
    }
}

fn add_once<'a>(names: &mut Vec<&'a str>, name: &'a str) {
    if !names.contains(&name) {
        names.push(name);
    }
}

fn has_same_arguments(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| other.get_argument(&name.node) == Some(value))
}

/// The response key of a field.
fn key_of(selection: &Positioned<Selection>) -> &Name {
    static NONE: std::sync::LazyLock<Name> = std::sync::LazyLock::new(|| Name::new(TYPE));
    match &selection.node {
        Selection::Field(field) => &field.node.response_key().node,
        _ => &NONE,
    }
}

/// Fields that are selected of one type only; nothing without fields.
fn inline(items: Vec<Positioned<Selection>>, of: &str) -> Option<Positioned<Selection>> {
    let place = items.first()?.pos;
    let on = Positioned::new(Name::new(of), place);
    let fragment = InlineFragment {
        type_condition: Some(Positioned::new(TypeCondition { on }, place)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, place),
    };
    Some(Positioned::new(Selection::InlineFragment(Positioned::new(fragment, place)), place))
}

/// Asks for the type of an object, under a key that is not written into the answer.
fn type_name() -> Positioned<Selection> {
    let place = Pos::default();
    let field = Field {
        alias: Some(Positioned::new(Name::new(TYPE), place)),
        name: Positioned::new(Name::new("__typename"), place),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, place)), place)
}
