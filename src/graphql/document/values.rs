//! Values of variables and of arguments, judged by the types of the schema before anything is executed.

use async_graphql::parser::types::{OperationDefinition, VariableDefinition};
use async_graphql::registry::{MetaType, MetaTypeName};
use async_graphql::{Name, Pos, Positioned, ServerError, Value, Variables};
use async_graphql_value::Value as Written;

use super::Refusal;
use super::refusal::BAD_USER_INPUT;
use super::rules::Rules;
use crate::graphql::error;

/// A variable as an operation declares it.
pub(super) struct Declared {
    name: Name,
    /// Its type as it is written, such as `[ID!]!`.
    of: String,
    has_default: bool,
    place: Pos,
}

/// The variables that an operation declares.
pub(super) fn declared(operation: &OperationDefinition) -> Vec<Declared> {
    let one = |definition: &Positioned<VariableDefinition>| Declared {
        name: definition.node.name.node.clone(),
        of: definition.node.var_type.to_string(),
        has_default: definition.node.default_value.is_some(),
        place: definition.pos,
    };
    operation.variable_definitions.iter().map(one).collect()
}

/// Checks that every variable that must be there is, and that each is of its type. A type that the schema does not have is
/// for validation to name.
pub(super) fn check(declared: &[Declared], variables: &Variables, rules: &Rules) -> Result<(), Refusal> {
    for variable in declared {
        let (problem, below) = match variables.get(&variable.name) {
            None if variable.of.ends_with('!') && !variable.has_default => ("was not sent".to_owned(), Vec::new()),
            None => continue,
            Some(value) => match mismatch(value, &variable.of, Form::Json, rules) {
                Some(problem) if problem.path.is_empty() => (problem.what, Vec::new()),
                Some(problem) => (format!("{} at \"{}\"", problem.what, problem.path()), problem.path),
                None => continue,
            },
        };
        let message = format!("The variable \"${}\" of type \"{}\" {problem}.", variable.name, variable.of);
        let field = std::iter::once(variable.name.to_string()).chain(below.into_iter().rev()).collect();
        let refusal = Refusal::new(BAD_USER_INPUT, message).at(vec![variable.place]);
        return Err(Refusal { field, ..refusal });
    }
    Ok(())
}

/// The error of an argument or a part of it, apart from its variables. The library does not check values that contain
/// variables, and accepts quoted enum values.
pub(super) fn written(value: &Written, name: &Positioned<Name>, declared: &str, rules: &Rules) -> Option<ServerError> {
    let value = value.clone().into_const_with(|_| Ok::<_, ()>(variable())).ok()?;
    let problem = mismatch(&value, declared, Form::Literal, rules)?.under(&name.node);
    Some(problem.error("Invalid value for argument", name.pos))
}

/// The errors in the default values of an operation's variables, each with the place of its definition.
pub(super) fn defaults(operation: &OperationDefinition, rules: &Rules) -> Vec<(Pos, ServerError)> {
    let wrong = |definition: &Positioned<VariableDefinition>| {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let value = default_value.as_ref()?;
        let problem = mismatch(&value.node, &var_type.to_string(), Form::Literal, rules)?.under(&name.node);
        Some((definition.pos, problem.error("Invalid default value for variable", value.pos)))
    };
    operation.variable_definitions.iter().filter_map(wrong).collect()
}

/// How a value was written: a JSON text has no names, so there an enum value is a string.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Literal,
}

/// The mark of a variable in a value: an enum value without a name, which neither a document nor JSON can hold.
fn variable() -> Value {
    Value::Enum(Name::new(""))
}

/// The error of a value, and its place in the value.
struct Problem {
    what: String,
    /// The keys and places that lead to it, the last first.
    path: Vec<String>,
}

impl Problem {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), path: Vec::new() }
    }

    fn under(mut self, key: &impl ToString) -> Self {
        self.path.push(key.to_string());
        self
    }

    /// The error of a value in a document, with its code and the path of the input.
    fn error(self, about: &str, place: Pos) -> ServerError {
        let mut error = ServerError::new(format!("{about} \"{}\": it {}.", self.path(), self.what), Some(place));
        let extensions = error.extensions.get_or_insert_default();
        extensions.set("code", BAD_USER_INPUT);
        extensions.set("field", error::path(self.path.into_iter().rev()));
        error
    }

    fn path(&self) -> String {
        self.path.iter().rev().map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// The maximum length of a list in an input.
const MOST_ENTRIES: usize = 1_000;

fn mismatch(value: &Value, declared: &str, form: Form, rules: &Rules) -> Option<Problem> {
    match (MetaTypeName::create(declared), value) {
        (MetaTypeName::List(_), Value::List(items)) if items.len() > MOST_ENTRIES => {
            Some(Problem::new(format!("has {} entries; the limit is {MOST_ENTRIES}", items.len())))
        }
        (_, Value::Enum(mark)) if mark.is_empty() => None,
        (MetaTypeName::NonNull(_), Value::Null) => Some(Problem::new("must not be null")),
        (_, Value::Null) => None,
        (MetaTypeName::List(item), Value::List(items)) => items
            .iter()
            .enumerate()
            .find_map(|(place, value)| mismatch(value, item, form, rules).map(|problem| problem.under(&place))),
        (MetaTypeName::NonNull(inner) | MetaTypeName::List(inner), value) => mismatch(value, inner, form, rules),
        (MetaTypeName::Named(name), value) => of_named(value, name, form, rules),
    }
}

fn of_named(value: &Value, name: &str, form: Form, rules: &Rules) -> Option<Problem> {
    let fits = match name {
        "Int" => matches!(value, Value::Number(n) if n.as_i64().is_some_and(|n| i32::try_from(n).is_ok())),
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => matches!(value, Value::String(_)) || matches!(value, Value::Number(number) if number.is_i64()),
        _ => match rules.named(name) {
            Some(MetaType::Scalar { is_valid: Some(is_valid), .. }) => is_valid(value),
            Some(MetaType::Enum { enum_values, .. }) => match value {
                Value::String(name) => form == Form::Json && enum_values.contains_key(name),
                Value::Enum(name) => enum_values.contains_key(name.as_str()),
                _ => false,
            },
            Some(input @ MetaType::InputObject { .. }) => match value {
                Value::Object(_) => return of_input(value, input, form, rules),
                _ => false,
            },
            _ => true,
        },
    };
    (!fits).then(|| Problem::new(format!("got a value that is not a {name}")))
}

fn of_input(value: &Value, input: &MetaType, form: Form, rules: &Rules) -> Option<Problem> {
    let (MetaType::InputObject { input_fields, oneof, name, .. }, Value::Object(entries)) = (input, value) else {
        return None;
    };
    if *oneof && (entries.len() != 1 || entries.values().any(|entry| *entry == Value::Null)) {
        return Some(Problem::new(format!("needs exactly one field of {name}")));
    }
    let of_field = input_fields.values().find_map(|field| match entries.get(field.name.as_str()) {
        Some(entry) => mismatch(entry, &field.ty, form, rules).map(|problem| problem.under(&field.name)),
        None if field.ty.ends_with('!') && field.default_value.is_none() => {
            Some(Problem::new(format!("lacks the field \"{}\" of {name}", field.name)))
        }
        None => None,
    });
    let is_unknown = |key: &&Name| !input_fields.contains_key(key.as_str());
    let unknown = || entries.keys().find(is_unknown);
    of_field
        .or_else(|| unknown().map(|key| Problem::new(format!("has the field \"{key}\", which {name} does not have"))))
}
