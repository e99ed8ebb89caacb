//! The gate before the schema of the API: what its types make of documents and variables.

use async_graphql::{ServerError, Variables};

use super::*;
use crate::graphql::schema;

fn gate() -> Gate {
    Gate::new(Limits::default(), ["claims"], schema::rules())
}

fn refusal(text: &str, variables: Value) -> Option<(&'static str, String)> {
    let refused = gate().prepare(text, None, &Variables::from_json(variables), "somebody").err()?;
    Some((refused.code, refused.message))
}

fn form(text: &str, variables: Value) -> Result<Arc<Form>, Vec<ServerError>> {
    let gate = gate();
    let prepared = gate.prepare(text, None, &Variables::from_json(variables), "somebody").unwrap();
    gate.form(&prepared)
}

fn line(text: &str) -> String {
    super::line(&form(text, json!({})).unwrap().selection.node)
}

fn messages(text: &str, variables: Value) -> Vec<String> {
    form(text, variables).err().unwrap_or_default().into_iter().map(|error| error.message).collect()
}

#[test]
fn a_document_is_validated_whatever_its_variables() {
    let text = "query($n: Int!, $s: [ClaimStatus!]) { claims(first: $n, filter: {status: $s}) { nodes { id nope } } }";
    for variables in [json!({"n": 1}), json!({"n": 1, "s": ["SUBMITTED"]})] {
        let found = messages(text, variables);
        assert!(found.len() == 1 && found[0].contains("nope"), "{found:?}");
    }
    assert!(form(&text.replace("nope", "name"), json!({"n": 1})).is_ok());
    assert_eq!(messages("query($y: Boolean!) { __typename @include(if: $y) }", json!({"y": true})), [""; 0]);
    assert!(!messages("{ viewer { __typename @skip(if: $undeclared) subject } }", json!({})).is_empty());
    // All operations of a document, and what an omitted variable would hide.
    assert!(!messages("query A($x: Nope) { viewer { subject } claim(id: $x) { id } }", json!({})).is_empty());
    assert!(!messages("subscription { claimStatusChanged { nope } }", json!({})).is_empty());
    assert!(!messages("mutation { createClaim { claim { id } } }", json!({})).is_empty());
}

#[test]
fn variables_are_judged_by_the_types_of_the_schema() {
    let text = "query($f: ClaimFilter, $i: [ID!]) { claims(filter: $f) { nodes { id } } nodes(ids: $i) { id } }";
    let text = text.replace("$i: [ID!]", "$i: [ID!]!");
    for (filter, place) in [
        (json!({"status": ["NOPE"]}), "got a value that is not a ClaimStatus at \"status.0\""),
        (json!({"status": ["SUBMITTED", 1]}), "got a value that is not a ClaimStatus at \"status.1\""),
        (json!({"status": [null]}), "must not be null at \"status.0\""),
        (json!({"nope": 1}), "has the field \"nope\", which ClaimFilter does not have"),
        (json!("SUBMITTED"), "got a value that is not a ClaimFilter"),
        (json!({"partnerId": true}), "got a value that is not a ID at \"partnerId\""),
    ] {
        let (code, message) = refusal(&text, json!({"f": filter, "i": []})).unwrap();
        assert_eq!((code, message.contains(place)), (BAD_USER_INPUT, true), "{message}");
    }
    assert_eq!(refusal(&text, json!({"f": {"status": "SUBMITTED"}, "i": "x"})), None, "one is a list of one");
    let create = "mutation($i: CreateClaimInput!) { createClaim(input: $i) { claim { id } } }";
    let (code, message) = refusal(create, json!({"i": {}})).unwrap();
    assert!(code == BAD_USER_INPUT && message.contains("lacks the field"), "{message}");
    let at = "query($t: DateTime!) { claims(filter: {createdAt: {from: $t}}) { nodes { id } } }";
    assert!(form(at, json!({"t": "2026-11-20T09:30:00Z"})).is_ok());
    assert_eq!(refusal(at, json!({"t": "yesterday"})).map(|(code, _)| code), Some(BAD_USER_INPUT));
}

#[test]
fn constants_beside_variables_are_judged_with_the_document() {
    let found =
        messages("query($s: String) { claims(filter: {search: $s, status: [NOPE]}) { nodes { id } } }", json!({}));
    assert!(found.len() == 1 && found[0].starts_with("Invalid value for argument \"filter.status.0\""), "{found:?}");
    let found = messages("query($s: String) { claims(filter: {search: $s, nope: 1}) { nodes { id } } }", json!({}));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn fields_under_one_key_are_the_same_field_with_the_same_arguments() {
    for text in [
        "{ a: viewer { x: subject } a: viewer { x: name } }",
        "{ a: viewer { subject } ... on Query { a: claimStatistics { total } } }",
        "{ claims(first: 1) { nodes { id } } ...F } fragment F on Query { claims(first: 2) { nodes { id } } }",
        "{ viewer { subject @skip(if: true) } viewer { subject: name } }",
        "{ node(id: 1) { ... on Claim { x: name } ... on Claim { x: number } } }",
    ] {
        let found = messages(text, json!({}));
        assert!(found.iter().any(|message| message.contains("conflict because")), "{text}: {found:?}");
    }
    for text in [
        "{ claims(first: 1) { nodes { id } } claims(first: 1) { totalCount } }",
        "{ node(id: 1) { ... on Claim { x: number } ... on Product { x: name } } }",
    ] {
        assert_eq!(messages(text, json!({})), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn values_under_one_key_have_one_shape_whatever_their_objects() {
    for text in [
        "{ node(id: 1) { ... on Claim { x: version } ... on Product { x: name } } }",
        "{ node(id: 1) { ... on Claim { x: submittedAt } ... on Comment { x: createdAt } } }",
        "{ node(id: 1) { ... on Claim { x: customer { y: domains } } ... on Comment { x: author { y: name } } } }",
        "{ node(id: 1) { id ... on Claim { id: name } } }",
    ] {
        let found = messages(text, json!({}));
        assert!(found.iter().any(|message| message.contains("conflict because")), "{text}: {found:?}");
    }
    for text in [
        "{ node(id: 1) { ... on Claim { x: number } ... on Product { x: name } } }",
        "{ node(id: 1) { ... on Claim { x: customer { y: name } } ... on Comment { x: author { y: name } } } }",
    ] {
        assert_eq!(messages(text, json!({})), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn the_types_of_a_node_are_merged_apart() {
    assert_eq!(line("{ node(id: 1) { id id } }"), "node(id: 1) { id }");
    assert_eq!(
        line(
            "{ node(id: 1) { id ... on Claim { name customer { name } } ...C ... on Node { id } ... on Product { name id } } } \
              fragment C on Claim { id customer { id } }"
        ),
        "node(id: 1) { _ id ... on Claim { name customer { name id } } ... on Product { name } }"
    );
    assert_eq!(
        line("{ claim(id: 1) { ... on Node { id } ...N name } } fragment N on Node { id ... on Product { name } }"),
        "claim(id: 1) { id name }",
        "what cannot apply is left out"
    );
}

/// A board of six columns of 50 cards, each with its lines, problems and last comment.
fn board() -> String {
    let card = "id number name status version updatedAt submittedAt availableActions customer { name } partner { name } \
                deadline { kind dueAt state businessDaysLeft } reviewer { name } \
                lines { id outcome subscriptionId product { name } } problems { code message remedy } \
                comments(last: 1) { nodes { id body createdAt author { kind name } } }";
    let column = |status: &str| {
        format!(
            "{status}: claims(first: 50, filter: {{status: [{status}]}}) {{ nodes {{ {card} }} pageInfo {{ hasNextPage \
             endCursor }} totalCount }} "
        )
    };
    let columns =
        ["EDITING", "SUBMITTED", "UNDER_REVIEW", "PARTNER_ACTION_REQUIRED", "APPROVED", "REJECTED"].map(column);
    format!("{{ {} }}", columns.concat())
}

#[test]
fn a_board_of_six_columns_fits_the_default_cost() {
    let gate = Gate::new(Limits::default(), ["claims", "comments"], schema::rules());
    let cost = |text: &str| gate.prepare(text, None, &Variables::default(), "somebody").map(|prepared| prepared.cost);
    let found = cost(&board()).map_err(|refusal| refusal.message);
    assert!(found.as_ref().is_ok_and(|cost| (3_000..=5_000).contains(cost)), "{found:?}");
    // Twice the cards are too many, and so is the whole conversation of each.
    assert!(cost(&board().replace("first: 50", "first: 100")).is_err());
    assert!(cost(&board().replace("last: 1", "last: 20")).is_err());
}
