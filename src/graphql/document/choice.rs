//! The parts of an operation that depend on the variables: fields skipped by `@skip` and `@include`, and arguments
//! whose variable was omitted.
//!
//! `updateClaim(input: {claimId: $id, name: $name})` without a value for `$name` means that the name stays as it is (L12);
//! async-graphql 7.2 would read the variable as null and clear the name. By the GraphQL specification an omitted variable is
//! no argument, no entry of an input object, and null in a list.

use std::collections::HashSet;

use async_graphql::parser::types::{Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};
use async_graphql_value::Value as Written;

use super::Refusal;
use super::refusal::BAD_USER_INPUT;

/// A variable on which the shape of an operation depends.
struct Switch {
    name: Name,
    default: Option<Value>,
    /// Whether it is a condition of `@skip` or `@include`; otherwise it may be omitted.
    is_condition: bool,
}

/// The variables on which the shape of an operation depends: at most a hundred, so that a number holds them.
pub(super) struct Switches(Vec<Switch>);

/// The setting of the switches in a request: one bit each, for a true condition or an omitted variable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Setting(u128);

impl Switches {
    /// The switches of an operation.
    pub(super) fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let mut conditions = HashSet::new();
        note_conditions(&operation.selection_set.node, &mut conditions);
        for fragment in document.fragments.values() {
            note_conditions(&fragment.node.selection_set.node, &mut conditions);
        }
        let switch = |definition: &Positioned<async_graphql::parser::types::VariableDefinition>| {
            let definition = &definition.node;
            let is_condition = conditions.contains(&definition.name.node);
            let default = definition.default_value.as_ref().map(|value| value.node.clone());
            let may_be_omitted = definition.var_type.node.nullable && default.is_none();
            (is_condition || may_be_omitted).then(|| Switch {
                name: definition.name.node.clone(),
                default,
                is_condition,
            })
        };
        Self(operation.variable_definitions.iter().filter_map(switch).collect())
    }

    /// How many switches there are.
    pub(super) const fn count(&self) -> usize {
        self.0.len()
    }

    /// The setting of the switches with these variables.
    pub(super) fn setting(&self, variables: &Variables) -> Result<Setting, Refusal> {
        let mut bits = 0;
        for (place, switch) in self.0.iter().enumerate() {
            let sent = variables.get(&switch.name);
            let is_set = match sent.or(switch.default.as_ref()) {
                Some(Value::Boolean(holds)) if switch.is_condition => *holds,
                _ if switch.is_condition => {
                    let message = format!(
                        "The variable \"${}\" is a condition of @skip or @include and must be true or false.",
                        switch.name
                    );
                    return Err(Refusal::new(BAD_USER_INPUT, message));
                }
                _ => sent.is_none(),
            };
            bits |= u128::from(is_set) << place;
        }
        Ok(Setting(bits))
    }
}

/// Notes the variables in conditions.
fn note_conditions<'a>(set: &'a SelectionSet, conditions: &mut HashSet<&'a Name>) {
    for selection in &set.items {
        for directive in selection.node.directives() {
            if let Some(Written::Variable(name)) = directive.node.get_argument("if").map(|value| &value.node) {
                conditions.insert(name);
            }
        }
        match &selection.node {
            Selection::Field(field) => note_conditions(&field.node.selection_set.node, conditions),
            Selection::InlineFragment(inline) => note_conditions(&inline.node.selection_set.node, conditions),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// The parts of an operation to keep.
#[derive(Clone, Copy)]
pub(super) enum Choice<'a> {
    /// Everything that is written, for validation.
    Everything,
    /// What these settings leave.
    Of(&'a Switches, Setting),
}

impl Choice<'_> {
    fn is_set(&self, name: &Name, is_condition: bool) -> bool {
        let Self::Of(switches, Setting(bits)) = self else { return false };
        let place = switches.0.iter().position(|switch| switch.is_condition == is_condition && switch.name == *name);
        place.is_some_and(|place| (bits >> place) & 1 == 1)
    }

    /// Whether a selection with these directives is left out.
    pub(super) fn leaves_out(&self, directives: &[Positioned<Directive>]) -> bool {
        if matches!(self, Self::Everything) {
            return false;
        }
        directives.iter().any(|directive| {
            let wanted = match directive.node.name.node.as_str() {
                "include" => true,
                "skip" => false,
                _ => return false,
            };
            let holds = match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Written::Variable(name)) => self.is_set(name, true),
                Some(Written::Boolean(holds)) => *holds,
                _ => false,
            };
            holds != wanted
        })
    }

    /// An argument's value without the variables that were omitted; `None` if it is such a variable itself.
    pub(super) fn value(&self, value: &Written) -> Option<Written> {
        match value {
            Written::Variable(name) if self.is_set(name, false) => None,
            Written::Object(entries) => {
                let kept = entries.iter().filter_map(|(name, entry)| Some((name.clone(), self.value(entry)?)));
                Some(Written::Object(kept.collect()))
            }
            // A list keeps its length.
            Written::List(items) => {
                Some(Written::List(items.iter().map(|item| self.value(item).unwrap_or(Written::Null)).collect()))
            }
            value => Some(value.clone()),
        }
    }
}
