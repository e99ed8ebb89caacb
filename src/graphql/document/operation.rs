//! Which operation of a document is meant, and whether its variables were sent.

use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Positioned, Value, Variables};

use super::Refusal;
use super::measure::MAX_NESTING;
use super::refusal::{BAD_USER_INPUT, OPERATION_RESOLUTION_FAILURE};

/// An operation and its name.
type Chosen<'a> = (Option<&'a Name>, &'a Positioned<OperationDefinition>);

/// The operation of that name; without a name, the only one.
pub(super) fn choose<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<Chosen<'a>, Refusal> {
    let refuse = |message| Err(Refusal::new(OPERATION_RESOLUTION_FAILURE, message));
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), Some(name)) if operations.contains_key(name) => {
            Ok((operations.get_key_value(name).map(|(name, _)| name), &operations[name]))
        }
        (_, Some(name)) => refuse(format!("The document has no operation named {name:?}.")),
        (DocumentOperations::Multiple(operations), None) => match operations.iter().next() {
            Some((name, operation)) if operations.len() == 1 => Ok((Some(name), operation)),
            _ => refuse("The document has several operations: say by operationName which one is meant.".to_owned()),
        },
    }
}

/// Checks that every variable that must be there is, and that those of the built-in types are of their type.
pub(super) fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let (name, declared) = (&definition.node.name.node, &definition.node.var_type.node);
        let problem = match variables.get(name) {
            None if !declared.nullable && definition.node.default_value.is_none() => "was not sent".to_owned(),
            None => continue,
            Some(value) => match mismatch(value, declared) {
                Some(problem) => problem,
                None => continue,
            },
        };
        let message = format!("The variable \"${name}\" of type \"{declared}\" {problem}.");
        return Err(Refusal::new(BAD_USER_INPUT, message).at(vec![definition.pos]));
    }
    Ok(())
}

/// What is wrong with a value for a type; the types of the schema are judged where they are used.
fn mismatch(value: &Value, declared: &Type) -> Option<String> {
    match (value, &declared.base) {
        (Value::Null, _) => (!declared.nullable).then(|| "must not be null".to_owned()),
        (Value::List(items), BaseType::List(inner)) => items.iter().find_map(|item| mismatch(item, inner)),
        (value, BaseType::List(inner)) => mismatch(value, inner),
        (value, BaseType::Named(name)) => {
            let fits = match name.as_str() {
                "Int" => value_is_int(value),
                "Float" => matches!(value, Value::Number(_)),
                "String" => matches!(value, Value::String(_)),
                "Boolean" => matches!(value, Value::Boolean(_)),
                "ID" => matches!(value, Value::String(_)) || matches!(value, Value::Number(number) if number.is_i64()),
                _ => true,
            };
            (!fits).then(|| format!("got a value that is no {name}"))
        }
    }
}

fn value_is_int(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()))
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
