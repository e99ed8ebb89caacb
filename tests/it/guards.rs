//! Every operation is guarded (A5): a walk over the roots of the committed schema calls each field without a token, and
//! with a token that has every role of its side but no scope. A field that is added without a guard fails here.

use serde_json::{Value, json};

use crate::support::{
    World, both,
    schema::{Elements, elements},
    source::read,
    world::PDF,
};

both!(nothing_answers_without_a_token, nothing_answers_without_a_scope);

/// What any token may ask (A5).
const FREE: [&str; 4] = ["viewer", "uploadLimits", "calendar", "advanceClock"];
/// What asks for the scope of the kind of thing that is looked up; these ids name nothing, so there is nothing to ask for.
const BY_KIND: [&str; 2] = ["node", "nodes"];

/// A document and variables for each field of the roots, by its name.
fn operations() -> Vec<(String, String, Value)> {
    let schema = elements(&read("schema.graphql"));
    let mut all = Vec::new();
    for (root, operation) in [("Query", "query"), ("Mutation", "mutation")] {
        let prefix = format!("{root}.");
        for (field, element) in schema.iter().filter_map(|(name, element)| Some((name.strip_prefix(&prefix)?, element)))
        {
            if field.contains('(') {
                continue;
            }
            let required = format!("{root}.{field}(");
            let arguments: Vec<_> = schema
                .iter()
                .filter(|(name, argument)| name.starts_with(&required) && argument.required)
                .map(|(name, argument)| {
                    (name[required.len()..].trim_end_matches(":)").to_owned(), argument.shape.clone())
                })
                .collect();
            let declared: Vec<_> = arguments.iter().map(|(name, shape)| format!("${name}: {shape}")).collect();
            let given: Vec<_> = arguments.iter().map(|(name, _)| format!("{name}: ${name}")).collect();
            let around =
                |list: Vec<String>| if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) };
            let selection =
                if schema.contains_key(element.shape.trim_matches(['[', ']', '!'])) { " { __typename }" } else { "" };
            let document = format!("{operation}{} {{ {field}{}{selection} }}", around(declared), around(given));
            let variables = arguments.iter().map(|(name, shape)| (name.clone(), example(&schema, shape))).collect();
            all.push((field.to_owned(), document, Value::Object(variables)));
        }
    }
    assert!(all.len() > 30, "few operations: {}", all.len());
    all
}

/// A value of a type, well formed and without meaning.
fn example(schema: &Elements, shape: &str) -> Value {
    let shape = shape.trim_end_matches('!');
    if let Some(item) = shape.strip_prefix('[') {
        return json!([example(schema, item.trim_end_matches(']'))]);
    }
    match shape {
        "ID" | "String" => json!("x"),
        "Int" => json!(1),
        "Boolean" => json!(true),
        "UUID" => json!("c0000000-0000-4000-8000-00000000000f"),
        "DateTime" => json!("2026-01-01T00:00:00Z"),
        "Upload" => Value::Null,
        name => {
            let prefix = format!("{name}.");
            let members = schema.iter().filter_map(|(member, element)| Some((member.strip_prefix(&prefix)?, element)));
            if schema[name].shape == "enum" {
                return json!(members.map(|(value, _)| value).next());
            }
            let required = members.filter(|(_, element)| element.required);
            required.map(|(field, element)| (field.to_owned(), example(schema, &element.shape))).collect()
        }
    }
}

/// The codes of the errors that a field answers with.
async fn codes_of(caller: &crate::support::Caller, field: &str, document: &str, variables: Value) -> Vec<String> {
    let answer = if field == "attachProofOfExecution" {
        caller.attach("x", "a.pdf", PDF).await
    } else {
        caller.graphql(document, variables).await
    };
    if answer.body["errors"].is_null() { Vec::new() } else { answer.errors() }
}

async fn nothing_answers_without_a_token(world: &World) {
    // A5
    for (field, document, variables) in operations() {
        assert_eq!(codes_of(&world.anonymous, &field, &document, variables).await, ["UNAUTHENTICATED"], "{field}");
    }
}

async fn nothing_answers_without_a_scope(world: &World) {
    // A5
    let all = operations();
    let sides = [
        json!({ "roles": ["GLOBAL_ADMIN", "INCENTIVES_USER"], "partner_id": crate::support::directory::ALPINE }),
        json!({ "roles": ["REVIEWER", "REVIEW_LEAD", "AUDITOR", "DIRECTORY_SYNC"] }),
        json!({ "roles": ["CUSTOMER_ADMIN"], "tenant_id": crate::support::directory::CONTOSO }),
    ];
    for side in sides {
        let caller = world.server.caller(side);
        for (field, document, variables) in &all {
            let codes = codes_of(&caller, field, document, variables.clone()).await;
            if FREE.contains(&field.as_str()) || BY_KIND.contains(&field.as_str()) {
                assert!(codes.is_empty(), "{field}: {codes:?}");
            } else {
                assert_eq!(codes, ["FORBIDDEN"], "{field}");
            }
        }
    }
}
