//! What an operation is called where operations are counted: its root field, never a name that a client chose.

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

use super::measure::MAX_NESTING;
use crate::graphql::root_fields;

/// Nothing but the schema and type names is asked for.
const INTROSPECTION: &str = "introspection";
/// More than one root field.
pub(super) const SEVERAL: &str = "several";
/// A root field that the schema does not have.
const UNKNOWN: &str = "unknown";

/// The label of an operation: its only root field, aside from type names, or what there is in place of one.
pub(super) fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> &'static str {
    let mut fields = Vec::with_capacity(2);
    collect(document, &operation.selection_set.node, MAX_NESTING, &mut fields);
    match fields[..] {
        [] => INTROSPECTION,
        [field] => known(field).unwrap_or(UNKNOWN),
        _ => SEVERAL,
    }
}

fn known(field: &str) -> Option<&'static str> {
    root_fields::named(field).map(|field| field.name)
}

/// Collects root fields until there are two, which is enough to distinguish one from several.
fn collect<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, levels: usize, fields: &mut Vec<&'a Name>) {
    for selection in &set.items {
        if levels == 0 || fields.len() > 1 {
            return;
        }
        match &selection.node {
            Selection::Field(field) if field.node.name.node.starts_with("__") => {}
            Selection::Field(field) => fields.push(&field.node.name.node),
            Selection::InlineFragment(inline) => {
                collect(document, &inline.node.selection_set.node, levels - 1, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, levels - 1, fields);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{
        parse_query, parse_schema,
        types::{TypeKind, TypeSystemDefinition},
    };

    use super::*;
    use crate::graphql::schema;

    fn label(text: &str) -> &'static str {
        let document = parse_query(text).unwrap();
        of(&document, &document.operations.iter().next().unwrap().1.node)
    }

    #[test]
    fn an_operation_is_called_by_its_only_root_field() {
        for (text, expected) in [
            ("{ claims { totalCount } }", "claims"),
            ("query Mine { mine: claims { totalCount } __typename }", "claims"),
            ("mutation { submitClaim }", "submitClaim"),
            ("{ ...f } fragment f on Query { ... { viewer { subject } } }", "viewer"),
            ("{ claims { totalCount } viewer { subject } }", SEVERAL),
            ("{ a: viewer { subject } b: viewer { subject } }", SEVERAL),
            ("{ ...f ...f } fragment f on Query { viewer { subject } }", SEVERAL),
            ("{ __typename }", INTROSPECTION),
            ("{ ... { __schema { description } } }", INTROSPECTION),
            ("{ ...nobody }", INTROSPECTION),
            ("{ secret_of_mine }", UNKNOWN),
            ("{ several }", UNKNOWN),
        ] {
            assert_eq!(label(text), expected, "{text}");
        }
    }

    #[test]
    fn every_field_of_the_roots_has_its_label() {
        let mut roots = 0;
        for definition in parse_schema(schema::sdl()).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            if !["Query", "Mutation", "Subscription"].contains(&definition.node.name.node.as_str()) {
                continue;
            }
            let TypeKind::Object(object) = &definition.node.kind else { continue };
            for field in &object.fields {
                let name = field.node.name.node.as_str();
                assert_eq!(known(name), Some(name));
                roots += 1;
            }
        }
        assert!(roots > 40, "{roots}");
    }
}
