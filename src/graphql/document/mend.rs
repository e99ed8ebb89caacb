//! Omitted variables: left out, where async-graphql 7.2 would read them as null.
//!
//! `updateClaim(input: {claimId: $id, name: $name})` without a value for `$name` means that the name stays as it is
//! (L12); the library would clear it. So such an argument is put together here, the way the GraphQL specification says:
//! an omitted variable is no argument, no entry of an input object, and null in a list.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value, Variables};

/// The document as it is to be executed, where the operation declares variables that the client did not send; else nothing.
///
/// The answer holds the chosen operation and its fragments only: dropping an argument from a fragment could make another
/// operation invalid, for which the variable is not omitted.
pub(super) fn omitted(
    document: &ExecutableDocument,
    name: Option<&Name>,
    operation: &Positioned<OperationDefinition>,
    variables: &Variables,
) -> Option<ExecutableDocument> {
    let mend = Mend::of(&operation.node, variables)?;
    let mut fragments = document.fragments.clone();
    let mut reached = HashSet::new();
    reach(document, &operation.node.selection_set.node, &mut reached);
    fragments.retain(|name, _| reached.contains(name));

    let mut mended = operation.clone();
    let mut used = HashSet::new();
    mend.set(&mut mended.node.selection_set.node, &mut used);
    note_names(&mended.node.directives, &mut used);
    for fragment in fragments.values_mut() {
        mend.set(&mut fragment.node.selection_set.node, &mut used);
        note_names(&fragment.node.directives, &mut used);
    }
    // A variable that has become a constant would count as declared and never used.
    mended.node.variable_definitions.retain(|definition| used.contains(&definition.node.name.node));
    let operations = match name {
        None => DocumentOperations::Single(mended),
        Some(name) => DocumentOperations::Multiple([(name.clone(), mended)].into()),
    };
    Some(ExecutableDocument { operations, fragments })
}

/// Collects the fragments that a selection set spreads, each once.
pub(super) fn reach<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, reached: &mut HashSet<&'a Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => reach(document, &field.node.selection_set.node, reached),
            Selection::InlineFragment(inline) => reach(document, &inline.node.selection_set.node, reached),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = document.fragments.get(name)
                    && reached.insert(name)
                {
                    reach(document, &fragment.node.selection_set.node, reached);
                }
            }
        }
    }
}

/// The variables of an operation, some of which were not sent.
struct Mend<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

impl<'a> Mend<'a> {
    fn of(operation: &'a OperationDefinition, variables: &'a Variables) -> Option<Self> {
        let mend = Self { operation, variables };
        let names = || operation.variable_definitions.iter().map(|definition| &definition.node.name.node);
        names().any(|name| mend.value(name).is_some_and(|value| is_left_out(&value))).then_some(mend)
    }

    /// The value of a variable, its default, or the mark of one that was left out; nothing for an undeclared one.
    fn value(&self, name: &Name) -> Option<Value> {
        let definition =
            self.operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name)?;
        let default = definition.node.default_value.as_ref().map(|value| &value.node);
        Some(self.variables.get(name).or(default).cloned().unwrap_or_else(left_out))
    }

    /// Mends a selection set in place, and notes the variables that it still uses.
    fn set(&self, set: &mut SelectionSet, used: &mut HashSet<Name>) {
        for selection in &mut set.items {
            note_names(selection.node.directives(), used);
            match &mut selection.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node, used);
                    self.set(&mut field.node.selection_set.node, used);
                }
                Selection::InlineFragment(inline) => self.set(&mut inline.node.selection_set.node, used),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn arguments(&self, field: &mut Field, used: &mut HashSet<Name>) {
        field.arguments.retain_mut(|(_, argument)| {
            let (mut names, mut leaves_out) = (Vec::new(), false);
            let value = argument.node.clone().into_const_with(|name| {
                let value = self.value(&name).ok_or(())?;
                leaves_out |= is_left_out(&value);
                names.push(name);
                Ok::<_, ()>(value)
            });
            match value {
                Ok(value) if leaves_out => match without_left_out(value) {
                    Some(value) => argument.node = value.into_value(),
                    None => return false,
                },
                _ => used.extend(names),
            }
            true
        });
    }
}

/// Notes the variables in directives. These are never mended: a condition has no default, so validation refuses it.
fn note_names(directives: &[Positioned<Directive>], used: &mut HashSet<Name>) {
    for (_, argument) in directives.iter().flat_map(|directive| &directive.node.arguments) {
        // Only the names are wanted, so any value will do.
        let _: Result<Value, ()> = argument.node.clone().into_const_with(|name| {
            used.insert(name);
            Ok(Value::Null)
        });
    }
}

/// The mark of a value that was left out: an enum value without a name, which neither a document nor JSON can hold.
fn left_out() -> Value {
    Value::Enum(Name::new(""))
}

fn is_left_out(value: &Value) -> bool {
    matches!(value, Value::Enum(name) if name.is_empty())
}

/// The value without what was left out; nothing when it was left out itself.
fn without_left_out(value: Value) -> Option<Value> {
    match value {
        value if is_left_out(&value) => None,
        Value::Object(entries) => {
            let kept = entries.into_iter().filter_map(|(name, entry)| Some((name, without_left_out(entry)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::List(items) => {
            // A list keeps its length.
            Some(Value::List(items.into_iter().map(|item| without_left_out(item).unwrap_or(Value::Null)).collect()))
        }
        value => Some(value),
    }
}
