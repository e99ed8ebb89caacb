//! What arguments contain: whether each variable may be used where it is (`IsVariableUsageAllowed` in the GraphQL
//! specification), and whether everything beside the variables is of its type. Also the errors of `__typename`.
//!
//! async-graphql 7.2 has the first rule, but where several rules run together it is never asked; it does not check values that
//! contain variables, and it looks at no `__typename`.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::registry::{MetaInputValue, MetaType, MetaTypeName};
use async_graphql::{Name, Pos, Positioned, ServerError, Value, indexmap::IndexMap};
use async_graphql_value::Value as Written;

use super::rules::{self, MOST_ERRORS, Rules};
use super::values;

/// The errors in the usages of an operation's variables.
pub(super) fn errors(
    document: &ExecutableDocument,
    rules: &Rules,
    operation: &OperationDefinition,
) -> Vec<ServerError> {
    let mut usages = Usages { document, rules, operation, seen: HashSet::new(), errors: Vec::new() };
    usages.of_directives(&operation.directives);
    usages.of_set(&operation.selection_set.node, rules.root(operation.ty));
    usages.errors
}

struct Usages<'a> {
    document: &'a ExecutableDocument,
    rules: &'a Rules,
    operation: &'a OperationDefinition,
    /// The fragments that were looked at.
    seen: HashSet<&'a Name>,
    errors: Vec<ServerError>,
}

impl<'a> Usages<'a> {
    fn of_set(&mut self, set: &'a SelectionSet, of: Option<&'a str>) {
        for selection in &set.items {
            self.of_directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.of_field(field, of),
                Selection::InlineFragment(inline) => {
                    let condition =
                        inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.of_set(&inline.node.selection_set.node, condition.or(of));
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name).filter(|_| self.seen.insert(name)) {
                        self.of_directives(&fragment.node.directives);
                        let condition = fragment.node.type_condition.node.on.node.as_str();
                        self.of_set(&fragment.node.selection_set.node, Some(condition));
                    }
                }
            }
        }
    }

    fn of_field(&mut self, field: &'a Positioned<Field>, of: Option<&'a str>) {
        let name = field.node.name.node.as_str();
        if name == "__typename" {
            self.of_type_name(field);
            return;
        }
        if let Some(declared) = self.rules.arguments(of, name) {
            self.of_arguments(&field.node.arguments, declared);
        }
        self.of_set(&field.node.selection_set.node, self.rules.field(of, name).map(rules::bare));
    }

    fn of_type_name(&mut self, field: &Positioned<Field>) {
        if let Some((argument, _)) = field.node.arguments.first() {
            self.note(format!("Unknown argument \"{}\" on field \"__typename\".", argument.node), vec![argument.pos]);
        }
        if !field.node.selection_set.node.items.is_empty() {
            let message = "Field \"__typename\" must not have a selection since type \"String!\" has no subfields.";
            self.note(message.to_owned(), vec![field.pos]);
        }
    }

    fn of_directives(&mut self, directives: &'a [Positioned<Directive>]) {
        for directive in directives {
            let Some(declared) = self.rules.directive_arguments(&directive.node.name.node) else { continue };
            self.of_arguments(&directive.node.arguments, declared);
        }
    }

    fn of_arguments(
        &mut self,
        arguments: &[(Positioned<Name>, Positioned<Written>)],
        declared: &IndexMap<String, MetaInputValue>,
    ) {
        for (name, value) in arguments {
            let Some(declared) = declared.get(name.node.as_str()) else { continue };
            self.of_value(&value.node, &declared.ty, declared.default_value.is_some(), value.pos);
            if let Some(error) = values::written(&value.node, name, &declared.ty, self.rules) {
                self.add(error);
            }
        }
    }

    /// The variables in a value of this expected type.
    fn of_value(&mut self, value: &Written, expected: &str, has_default: bool, place: Pos) {
        match value {
            Written::Variable(name) => self.of_variable(name, expected, has_default, place),
            Written::List(items) => {
                if let MetaTypeName::List(item) = MetaTypeName::create(expected).unwrap_non_null() {
                    for value in items {
                        self.of_value(value, item, false, place);
                    }
                }
            }
            Written::Object(entries) => {
                let Some(MetaType::InputObject { input_fields, .. }) = self.rules.named(rules::bare(expected)) else {
                    return;
                };
                for (name, value) in entries {
                    if let Some(field) = input_fields.get(name.as_str()) {
                        self.of_value(value, &field.ty, field.default_value.is_some(), place);
                    }
                }
            }
            _ => {}
        }
    }

    fn of_variable(&mut self, name: &Name, expected: &str, has_default: bool, place: Pos) {
        let mut declared = self.operation.variable_definitions.iter();
        let Some(declared) = declared.find(|definition| definition.node.name.node == *name) else { return };
        let default = declared.node.default_value.as_ref().map(|value| &value.node);
        let is_never_null = has_default || default.is_some_and(|value| *value != Value::Null);
        let of = declared.node.var_type.to_string();
        let fits = match MetaTypeName::create(expected) {
            MetaTypeName::NonNull(nullable) if is_never_null => fits(&of, nullable) || fits(&of, expected),
            _ => fits(&of, expected),
        };
        if !fits {
            let message =
                format!("Variable \"${name}\" of type \"{of}\" used in position expecting type \"{expected}\".");
            self.note(message, vec![declared.pos, place]);
        }
    }

    fn note(&mut self, message: String, locations: Vec<Pos>) {
        let mut error = ServerError::new(message, None);
        error.locations = locations;
        self.add(error);
    }

    fn add(&mut self, error: ServerError) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(error);
        }
    }
}

/// Whether every value of one type is one of the other (`AreTypesCompatible`).
fn fits(of: &str, expected: &str) -> bool {
    match (MetaTypeName::create(of), MetaTypeName::create(expected)) {
        (MetaTypeName::NonNull(of), MetaTypeName::NonNull(expected))
        | (MetaTypeName::List(of), MetaTypeName::List(expected)) => fits(of, expected),
        (_, MetaTypeName::NonNull(_)) => false,
        (MetaTypeName::NonNull(of), _) => fits(of, expected),
        (MetaTypeName::Named(of), MetaTypeName::Named(expected)) => of == expected,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_variable_fits_where_its_values_do() {
        for (of, expected) in [
            ("Int", "Int"),
            ("Int!", "Int"),
            ("Int!", "Int!"),
            ("[Int!]!", "[Int]"),
            ("[Int!]!", "[Int!]"),
            ("[[Int!]]!", "[[Int]]"),
        ] {
            assert!(fits(of, expected), "{of} {expected}");
        }
        for (of, expected) in [
            ("Int", "Int!"),
            ("Int", "[Int]"),
            ("[Int]", "Int"),
            ("[Int]", "[Int!]"),
            ("[Int!]", "[Int!]!"),
            ("Int", "ID"),
        ] {
            assert!(!fits(of, expected), "{of} {expected}");
        }
    }
}
