//! The schema as a whole: every field guarded, everything described.

use std::collections::BTreeSet;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, ObjectType, Schema,
    parser::{
        parse_query, parse_schema,
        types::{
            FieldDefinition, InputValueDefinition, OperationType, Selection, TypeDefinition, TypeKind,
            TypeSystemDefinition,
        },
    },
    value,
};

use super::{
    root_fields::{self, Needs, ROOT_FIELDS},
    schema::{self, Mutation, Query},
};

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
fn every_field_of_a_root_is_in_the_list_of_root_fields() {
    let types = types();
    for (root, kind) in [
        ("Query", OperationType::Query),
        ("Mutation", OperationType::Mutation),
        ("Subscription", OperationType::Subscription),
    ] {
        let root = types.iter().find(|definition| definition.name.node == root).unwrap();
        let found: BTreeSet<&str> = fields(&root.kind).into_iter().map(|field| field.name.node.as_str()).collect();
        let listed: BTreeSet<&str> =
            ROOT_FIELDS.iter().filter(|field| field.kind == kind).map(|field| field.name).collect();
        assert_eq!(found, listed);
    }
    let names: BTreeSet<&str> = ROOT_FIELDS.iter().map(|field| field.name).collect();
    assert_eq!(names.len(), ROOT_FIELDS.len(), "a name is listed twice");
}

/// The fields of a root that none of its parts resolves.
async fn unresolved(root: &impl ObjectType, kind: OperationType, ctx: &Context<'_>) -> Vec<&'static str> {
    let mut unresolved = Vec::new();
    for field in ROOT_FIELDS.iter().filter(|field| field.kind == kind) {
        let document = parse_query(format!("{{ {} }}", field.name)).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let ctx = ctx.with_selection_set(&operation.node.selection_set);
        let Selection::Field(selected) = &ctx.item.node.items[0].node else { unreachable!() };
        // A part refuses its fields here, because there is no caller; a field that no part has is `None`.
        if matches!(root.resolve_field(&ctx.with_field(selected)).await, Ok(None)) {
            unresolved.push(field.name);
        }
    }
    unresolved
}

#[tokio::test]
async fn every_field_of_a_root_is_resolved_by_one_of_its_parts() {
    struct Probe;

    #[Object]
    impl Probe {
        async fn queries(&self, ctx: &Context<'_>) -> Vec<&'static str> {
            unresolved(&Query::default(), OperationType::Query, ctx).await
        }

        async fn mutations(&self, ctx: &Context<'_>) -> Vec<&'static str> {
            unresolved(&Mutation::default(), OperationType::Mutation, ctx).await
        }

        /// `Query` has no mutation, so every one is counted: checks that an unknown field is noticed at all.
        async fn mutations_of_query(&self, ctx: &Context<'_>) -> usize {
            unresolved(&Query::default(), OperationType::Mutation, ctx).await.len()
        }
    }

    let schema = Schema::build(Probe, EmptyMutation, EmptySubscription).finish();
    let response = schema.execute("{ queries mutations mutationsOfQuery }").await.into_result().unwrap();
    let mutations = ROOT_FIELDS.iter().filter(|field| field.kind == OperationType::Mutation).count();
    assert_eq!(response.data, value!({ "queries": [], "mutations": [], "mutationsOfQuery": mutations }));
}

#[test]
fn fields_that_need_no_scope_are_few() {
    let free: Vec<&str> =
        ROOT_FIELDS.iter().filter(|field| field.needs == Needs::Nothing).map(|field| field.name).collect();
    assert_eq!(free, ["viewer", "uploadLimits", "calendar", "advanceClock"]);
}

#[test]
fn every_connection_of_the_schema_costs_by_its_page() {
    let types = types();
    let all = types.iter().flat_map(|definition| fields(&definition.kind));
    let connections = all.filter(|field| field.ty.node.to_string().trim_end_matches('!').ends_with("Connection"));
    let found: BTreeSet<&str> = connections.map(|field| field.name.node.as_str()).collect();
    assert_eq!(found, root_fields::pages().collect());
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
            let scope = match root_fields::named(name).unwrap().needs {
                Needs::Scope(scope) | Needs::OfPartner(scope) | Needs::Role(scope, _) => scope.as_str(),
                Needs::Nothing | Needs::ScopeOfKind => continue,
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
