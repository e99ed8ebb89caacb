//! A field that is selected several times under one response key is executed once (`CollectFields` of the specification),
//! however its parts are written down.

use serde_json::{Value, json};

use crate::support::{Caller, World, both, caller::Answer, event_stream::EventStream};

both!(
    a_query_reads_a_repeated_field_once,
    a_mutation_that_is_repeated_under_one_key_is_done_once,
    a_subscription_is_followed_once_with_all_of_its_parts,
    a_variables_default_decides_what_is_skipped,
    what_is_skipped_is_neither_read_nor_done,
    an_invalid_document_stays_invalid,
);

/// The SQL of an answer, and its data.
async fn reading(world: &World, caller: &Caller, query: &str, variables: Value) -> (Vec<String>, Value) {
    world.server.statements();
    let data = caller.graphql(query, variables).await.data().clone();
    (world.server.statements(), data)
}

async fn a_query_reads_a_repeated_field_once(world: &World) {
    let claim = world.draft().await;
    let whole = "query($id: ID!) { c: claim(id: $id) { id name customer { name domain } lines { product { name } } } }";
    let (expected, data) = reading(world, &world.partner, whole, json!({ "id": claim.id() })).await;
    for query in [
        "query($id: ID!) { c: claim(id: $id) { id name customer { name } } \
         c: claim(id: $id) { customer { domain } lines { product { name } } } }",
        "query($id: ID!) { c: claim(id: $id) { id } ...F } fragment F on Query { c: claim(id: $id) { name \
         customer { name } customer { domain } } ... on Query { c: claim(id: $id) { ...L } } } \
         fragment L on Claim { lines { product { name } } lines { product { name } } }",
        "query($id: ID!, $t: Boolean = true) { ... { c: claim(id: $id) { id name } } ... @include(if: $t) { c: claim(id: $id) \
         { customer { name } ... on Node { id } } } c: claim(id: $id) @skip(if: false) { customer { domain } lines { product { name } } } \
         c: claim(id: $id) @include(if: false) { history { totalCount } } }",
    ] {
        let (statements, same) = reading(world, &world.partner, query, json!({ "id": claim.id() })).await;
        assert_eq!(same.to_string(), data.to_string(), "{query}");
        assert_eq!(statements.len(), expected.len(), "{query}: {statements:#?}");
    }
    // Under an interface each type has its own fields, and the object is read once.
    let node = "query($id: ID!) { node(id: $id) { id ... on Claim { name customer { name } } ... on Product { name } } \
                node(id: $id) { ...C ... on Node { id } } } fragment C on Claim { customer { domain } number }";
    let once = "query($id: ID!) { node(id: $id) { ... on Claim { id name customer { name domain } number } } }";
    let (expected, data) = reading(world, &world.partner, once, json!({ "id": claim.id() })).await;
    let (statements, same) = reading(world, &world.partner, node, json!({ "id": claim.id() })).await;
    assert_eq!((same.to_string(), statements.len()), (data.to_string(), expected.len()), "{statements:#?}");
}

/// Asserts that nothing was executed, for this reason.
#[track_caller]
fn is_request_error(answer: &Answer, code: &str) {
    assert_eq!((answer.errors(), answer.body.get("data")), (vec![code.to_owned()], None), "{}", answer.text);
}

/// How many claims there are.
async fn claims(world: &World) -> Value {
    world.partner.query("{ claims { totalCount } }").await["claims"]["totalCount"].clone()
}

async fn a_mutation_that_is_repeated_under_one_key_is_done_once(world: &World) {
    let input = json!({ "input": world.input_of(&world.partner) });
    let create = "createClaim(input: $input)";
    for (count, parts) in [
        format!("a: {create} {{ claim {{ id }} }} a: {create} {{ claim {{ number }} problems {{ code }} }}"),
        format!(
            "...F a: {create} {{ claim {{ number }} }} }} fragment F on Mutation {{ a: {create} {{ claim {{ id }} }}"
        ),
        format!(
            "... {{ a: {create} {{ claim {{ id }} }} }} ... on Mutation {{ a: {create} {{ claim {{ number }} }} }}"
        ),
        format!(
            "a: {create} @skip(if: false) {{ claim {{ id }} }} a: {create} @include(if: true) {{ claim {{ number }} }}"
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let document = format!("mutation($input: CreateClaimInput!) {{ {parts} }}");
        let answer = world.partner.graphql(&document, input.clone()).await;
        let claim = &answer.data()["a"]["claim"];
        assert!(claim["id"].is_string() && claim["number"].is_string(), "{document}: {claim}");
        assert_eq!(claims(world).await, json!(count + 1), "{document}");
    }
    // Two keys are two drafts, one after the other.
    let two = format!(
        "mutation($input: CreateClaimInput!) {{ a: {create} {{ claim {{ id }} }} b: {create} {{ claim {{ id }} }} }}"
    );
    world.partner.graphql(&two, input.clone()).await.data();
    assert_eq!(claims(world).await, json!(6));
    // One key for two things is no valid document, and nothing is done.
    let conflict = "mutation($input: CreateClaimInput!, $other: CreateClaimInput!) \
                    { a: createClaim(input: $input) { claim { id } } a: createClaim(input: $other) { claim { id } } }";
    let refused = world.partner.graphql(conflict, json!({ "input": input["input"], "other": input["input"] })).await;
    is_request_error(&refused, "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(claims(world).await, json!(6));
}

async fn a_subscription_is_followed_once_with_all_of_its_parts(world: &World) {
    let claim = world.under_review().await;
    world.partner.query("{ history(last: 1) { nodes { id } } }").await;
    let document = "subscription($c: ID!) { s: commentAdded(claimId: $c) { comment { body } } ...F } \
                    fragment F on Subscription { s: commentAdded(claimId: $c) { comment { author { kind } } ... { position } } }";
    let mut stream = EventStream::open(&world.partner, document, json!({ "c": claim.id() })).await;
    world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
    world.partner.comment(claim.id(), "Again.", "SHARED").await.claim();
    for body in ["Hello.", "Again."] {
        let data = stream.data().await;
        assert_eq!(data["s"]["comment"], json!({ "body": body, "author": { "kind": "PARTNER" } }), "{data}");
        assert!(data["s"]["position"].is_string(), "{data}");
    }
}

async fn a_variables_default_decides_what_is_skipped(world: &World) {
    let query = "query($y: Boolean = true, $n: Boolean! = false) { a: viewer @include(if: $y) { subject } \
                 b: viewer @include(if: $n) { subject } ... @skip(if: $y) { c: viewer { subject } } d: viewer { subject @skip(if: $y) } }";
    let subject = json!({ "subject": world.partner.subject });
    for (variables, expected) in [
        (json!({}), json!({ "a": subject, "d": {} })),
        (json!({ "y": false }), json!({ "c": subject, "d": subject })),
        (json!({ "n": true }), json!({ "a": subject, "b": subject, "d": {} })),
    ] {
        assert_eq!(*world.partner.graphql(query, variables.clone()).await.data(), expected, "{variables}");
    }
    is_request_error(&world.partner.graphql(query, json!({ "y": null })).await, "BAD_USER_INPUT");
    is_request_error(&world.partner.graphql(query, json!({ "n": null })).await, "BAD_USER_INPUT");
}

async fn what_is_skipped_is_neither_read_nor_done(world: &World) {
    let claim = world.draft().await;
    let query = "query($id: ID!, $more: Boolean!) { claim(id: $id) { name customer @include(if: $more) { name } } }";
    let (few, _) = reading(world, &world.partner, query, json!({ "id": claim.id(), "more": false })).await;
    let (many, data) = reading(world, &world.partner, query, json!({ "id": claim.id(), "more": true })).await;
    assert!(few.len() <= many.len() && data["claim"]["customer"]["name"].is_string());
    let document = "mutation($input: CreateClaimInput!, $do: Boolean!) { createClaim(input: $input) @include(if: $do) { claim { id } } }";
    let input = world.input_of(&world.partner);
    let nothing = world.partner.graphql(document, json!({ "input": input, "do": false })).await;
    assert_eq!((nothing.data(), claims(world).await), (&json!({}), json!(1)));
    world.partner.graphql(document, json!({ "input": input, "do": true })).await.data();
    assert_eq!(claims(world).await, json!(2));
}

async fn an_invalid_document_stays_invalid(world: &World) {
    for _ in 0..3 {
        is_request_error(&world.partner.graphql("{ viewer { nope } }", json!({})).await, "GRAPHQL_VALIDATION_FAILED");
    }
    let wrong = "query($f: ClaimFilter) { claims(filter: $f) { nodes { id } } }";
    for (filter, is_refused) in [(json!({ "status": ["NOPE"] }), true), (json!({ "status": ["EDITING"] }), false)] {
        let answer = world.partner.graphql(wrong, json!({ "f": filter })).await;
        if is_refused {
            is_request_error(&answer, "BAD_USER_INPUT");
        } else {
            answer.data();
        }
    }
}
