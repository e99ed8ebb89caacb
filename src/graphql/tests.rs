//! The schema as a whole: every field guarded, everything described.

use std::collections::BTreeSet;

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
};

use super::{guard, schema};

fn types() -> Vec<TypeDefinition> {
    let document = parse_schema(schema::sdl()).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    });
    types.collect()
}

fn fields(kind: &TypeKind) -> Vec<&FieldDefinition> {
    match kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(interface) => interface.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_field_of_the_roots_is_in_the_table_of_guards() {
    let types = types();
    let roots = types
        .iter()
        .filter(|definition| matches!(definition.name.node.as_str(), "Query" | "Mutation" | "Subscription"));
    let found: Vec<String> =
        roots.flat_map(|root| fields(&root.kind)).map(|field| field.name.node.to_string()).collect();
    let listed: BTreeSet<&str> = guard::ROOT.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed.len(), guard::ROOT.len(), "a name is listed twice");
    assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
    let free: Vec<&str> =
        guard::ROOT.iter().filter(|(_, needs)| *needs == guard::Needs::Nothing).map(|(name, _)| *name).collect();
    assert_eq!(free, ["viewer", "uploadLimits", "calendar", "advanceClock"]);
}

#[test]
fn the_scope_that_a_field_needs_is_in_its_description() {
    for definition in types().iter().filter(|definition| matches!(definition.name.node.as_str(), "Query" | "Mutation"))
    {
        for field in fields(&definition.kind) {
            let name = field.name.node.as_str();
            let text = field
                .description
                .as_ref()
                .map(|text| text.node.split_whitespace().collect::<Vec<_>>().join(" "))
                .unwrap_or_default();
            let needs = guard::ROOT.iter().find(|(listed, _)| *listed == name).unwrap().1;
            let scope = match needs {
                guard::Needs::Scope(scope) | guard::Needs::OfPartner(scope) | guard::Needs::Role(scope, _) => {
                    scope.as_str()
                }
                guard::Needs::Nothing | guard::Needs::ScopeOfKind => continue,
            };
            assert!(text.contains(&format!("Needs the scope `{scope}`")), "{name}: {text}");
        }
    }
}

#[test]
fn everything_is_described() {
    let mut bare = Vec::new();
    let mut check = |place: String, described: bool| {
        if !described {
            bare.push(place);
        }
    };
    for definition in types() {
        let name = &definition.name.node;
        check(name.to_string(), definition.description.is_some());
        let inputs = |of: &str, inputs: &[async_graphql::Positioned<InputValueDefinition>]| {
            inputs
                .iter()
                .map(|input| (format!("{of}.{}", input.node.name.node), input.node.description.is_some()))
                .collect::<Vec<_>>()
        };
        for field in fields(&definition.kind) {
            let place = format!("{name}.{}", field.name.node);
            for (place, described) in inputs(&place, &field.arguments) {
                check(place, described);
            }
            check(place, field.description.is_some());
        }
        match &definition.kind {
            TypeKind::Enum(values) => {
                for value in &values.values {
                    check(format!("{name}.{}", value.node.value.node), value.node.description.is_some());
                }
            }
            TypeKind::InputObject(object) => {
                for (place, described) in inputs(name, &object.fields) {
                    check(place, described);
                }
            }
            TypeKind::Scalar => check(
                format!("{name} @specifiedBy"),
                definition.directives.iter().any(|directive| directive.node.name.node == "specifiedBy"),
            ),
            _ => {}
        }
    }
    assert_eq!(bare, Vec::<String>::new());
}
