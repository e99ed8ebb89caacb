//! Values are coerced as the GraphQL specification says, neither laxer nor stricter (10.2); the comparison with graphql-js by
//! chance is in `tests/clients/differential.test.mjs`.

use serde_json::{Value, json};

use crate::support::{World, both, directory::CONTOSO, ids};

both!(
    whole_numbers_in_json_may_be_written_in_any_way,
    a_literal_is_of_its_kind,
    one_value_is_a_list_of_one,
    variables_stand_only_where_they_fit,
    fields_of_an_input_object_stand_once,
    the_first_and_the_last_instants_are_taken,
    escapes_name_characters_of_any_length,
    an_empty_operation_name_is_none,
);

/// The status of the answer to a body written by hand, and its first error's code.
async fn asked(world: &World, body: &str) -> (u16, Value, Value) {
    let request = world
        .partner
        .request(reqwest::Method::POST, "/graphql")
        .header("accept", "application/graphql-response+json")
        .header("content-type", "application/json")
        .body(body.to_owned());
    let answer = world.partner.send(request).await;
    let code = answer.body["errors"][0]["extensions"]["code"].clone();
    (answer.status.as_u16(), answer.body["data"].clone(), code)
}

async fn whole_numbers_in_json_may_be_written_in_any_way(world: &World) {
    // 10.2: JSON has one kind of number.
    world.draft().await;
    let query = json!("query($n: Int!) { claims(first: $n) { nodes { status } } }");
    for number in ["1", "1.0", "1e0", "0.1e1", "10E-1"] {
        let (status, data, _) = asked(world, &format!("{{\"query\":{query},\"variables\":{{\"n\":{number}}}}}")).await;
        assert_eq!((status, data), (200, json!({ "claims": { "nodes": [{ "status": "EDITING" }] } })), "{number}");
    }
    for number in ["1.5", "1e10", "-2147483649", "2147483648.0", "\"1\"", "true", "[1]", "{}"] {
        let (status, _, code) = asked(world, &format!("{{\"query\":{query},\"variables\":{{\"n\":{number}}}}}")).await;
        assert_eq!((status, code), (400, json!("BAD_USER_INPUT")), "{number}");
    }
    // An id may be a number, too.
    let query = json!("query($id: ID!) { claim(id: $id) { id } }");
    for number in ["1", "1.0", "-1"] {
        let (status, data, _) = asked(world, &format!("{{\"query\":{query},\"variables\":{{\"id\":{number}}}}}")).await;
        assert_eq!((status, data), (200, json!({ "claim": null })), "{number}");
    }
}

async fn a_literal_is_of_its_kind(world: &World) {
    // 10.2: written out, an enum value has no quotes and a whole number no point.
    world.draft().await;
    for good in [
        "status: EDITING",
        "status: [EDITING]",
        "ids: [1]",
        "solutionArea: null",
        "inArbitration: false",
        "number: \"\"\"x\"\"\"",
    ] {
        world.partner.graphql(&format!("{{ claims(filter: {{ {good} }}) {{ totalCount }} }}"), json!({})).await.data();
    }
    // Whether it is read or not, zero may have a sign.
    let zero = "{ claims(first: -0) @skip(if: true) { totalCount } viewer { subject } }";
    assert!(world.partner.query(zero).await["viewer"]["subject"].is_string());
    for bad in [
        "status: \"EDITING\"",
        "status: [EDITING, \"SUBMITTED\"]",
        "solutionArea: \"MICROSOFT_365\"",
        "status: editing",
        "status: 1",
        "number: 1",
        "number: EDITING",
        "inArbitration: \"true\"",
        "inArbitration: 0",
        "ids: [1.5]",
        "ids: [true]",
        "status: [[EDITING]]",
        "status: [null]",
        "createdAt: { from: 2026 }",
        "createdAt: \"2026-01-01T00:00:00Z\"",
        "odd: 1",
    ] {
        let answer =
            world.partner.graphql(&format!("{{ claims(filter: {{ {bad} }}) {{ totalCount }} }}"), json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.body.get("data")), (400, None), "{bad}: {}", answer.text);
    }
    for size in ["1.0", "1e0", "\"1\"", "99999999999"] {
        let answer = world.partner.graphql(&format!("{{ claims(first: {size}) {{ totalCount }} }}"), json!({})).await;
        assert_eq!(answer.status, 400, "{size}: {}", answer.text);
    }
    let defaults = [
        ("ClaimStatus", "\"EDITING\"", 400),
        ("ClaimStatus", "EDITING", 200),
        ("[ClaimStatus!]", "[\"EDITING\"]", 400),
        ("[ClaimStatus!]", "EDITING", 200),
    ];
    for (of, default, status) in defaults {
        let list = if of.starts_with('[') { "$s" } else { "[$s]" };
        let of = if of.starts_with('[') { of.to_owned() } else { format!("{of}!") };
        let query = format!("query($s: {of} = {default}) {{ claims(filter: {{ status: {list} }}) {{ totalCount }} }}");
        let answer = world.partner.graphql(&query, json!({})).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
    }
    // In JSON an enum value is a string.
    let query = "query($s: [ClaimStatus!]) { claims(filter: { status: $s }) { totalCount } }";
    assert_eq!(world.partner.graphql(query, json!({ "s": ["EDITING"] })).await.data()["claims"]["totalCount"], 1);
}

async fn one_value_is_a_list_of_one(world: &World) {
    // 10.2: list coercion, of variables and of what is written out.
    let draft = world.draft().await;
    let one = json!({ "claims": { "totalCount": 1 } });
    let query = "query($f: ClaimFilter) { claims(filter: $f) { totalCount } }";
    for filter in [
        json!({ "status": "EDITING" }),
        json!({ "ids": draft.id() }),
        json!({ "ids": [draft.id()], "status": ["EDITING"] }),
    ] {
        assert_eq!(*world.partner.graphql(query, json!({ "f": filter })).await.data(), one, "{filter}");
    }
    let query = "query($s: [ClaimStatus!], $i: [ID!]) { claims(filter: { status: $s, ids: $i }) { totalCount } }";
    assert_eq!(*world.partner.graphql(query, json!({ "s": "EDITING", "i": draft.id() })).await.data(), one);
    assert_eq!(*world.partner.graphql(query, json!({ "s": null })).await.data(), one);
    for bad in [json!({ "s": [["EDITING"]] }), json!({ "s": [null] }), json!({ "s": { "0": "EDITING" } })] {
        assert_eq!(world.partner.graphql(query, bad.clone()).await.errors(), ["BAD_USER_INPUT"], "{bad}");
    }
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let found = world.partner.graphql(nodes, json!({ "ids": draft.id() })).await;
    assert_eq!(found.data()["nodes"], json!([{ "id": draft.id() }]));
    // A variable of one value is no list.
    let query = "query($s: ClaimStatus!) { claims(filter: { status: $s }) { totalCount } }";
    assert_eq!(world.partner.graphql(query, json!({ "s": "EDITING" })).await.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    let mut input = world.input_of(&world.partner);
    input["activities"] = json!("PRESALES");
    input["lines"] = input["lines"][0].clone();
    let claim = world.partner.mutate("createClaim", input).await.claim();
    assert_eq!(claim.field("lines").as_array().unwrap().len(), 1);
}

async fn variables_stand_only_where_they_fit(world: &World) {
    // 10.1: `IsVariableUsageAllowed`.
    let draft = world.draft().await;
    let variables =
        json!({ "id": draft.id(), "if": true, "n": 1, "s": ["EDITING"], "ids": [draft.id()], "t": CONTOSO });
    for good in [
        "query($id: ID!) { claim(id: $id) { id } }",
        "query($id: ID = \"x\") { claim(id: $id) { id } }",
        "query($if: Boolean = true) { viewer @include(if: $if) { subject } }",
        "query($ids: [ID!]!) { claims(filter: { ids: $ids }) { totalCount } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($n: Int!) { claims(first: $n) { totalCount } }",
        "query($s: [ClaimStatus!]) { ...F } fragment F on Query { claims(filter: { status: $s }) { totalCount } }",
    ] {
        let used: serde_json::Map<String, Value> = variables
            .as_object()
            .unwrap()
            .iter()
            .filter(|(name, _)| good.contains(&format!("${name}:")))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        world.partner.graphql(good, Value::Object(used)).await.data();
    }
    for bad in [
        "query($id: ID) { claim(id: $id) { id } }",
        "query($id: ID = null) { claim(id: $id) { id } }",
        "query($if: Boolean) { viewer @include(if: $if) { subject } }",
        "query($if: Boolean) { ...F @skip(if: $if) } fragment F on Query { viewer { subject } }",
        "query($if: Boolean) { ...F } fragment F on Query { ... @skip(if: $if) { viewer { subject } } }",
        "query($id: ID) { nodes(ids: [$id]) { id } }",
        "query($ids: [ID]) { claims(filter: { ids: $ids }) { totalCount } }",
        "query($id: ID!) { claims(filter: { ids: $id }) { totalCount } }",
        "query($t: String) { claims(first: $t) { totalCount } }",
        "query($t: String!) { customerByTenant(tenantId: $t, domain: \"contoso.example\") { name } }",
        "query($if: Boolean) { ...F } fragment F on Query { ...G } fragment G on Query { viewer { subject @include(if: $if) } }",
    ] {
        let answer = world.partner.graphql(bad, variables.clone()).await;
        assert_eq!(answer.errors(), ["GRAPHQL_VALIDATION_FAILED"], "{bad}: {}", answer.text);
        assert!(answer.text.contains("used in position expecting type"), "{bad}: {}", answer.text);
    }
    for bad in ["{ viewer { __typename { x } } }", "{ viewer { __typename(a: 1) } }", "{ __typename(a: 1) }"] {
        assert_eq!(world.partner.graphql(bad, json!({})).await.errors(), ["GRAPHQL_VALIDATION_FAILED"], "{bad}");
    }
}

async fn fields_of_an_input_object_stand_once(world: &World) {
    // 10.1: `UniqueInputFieldNames`; a mutation would else do what was not meant.
    for bad in [
        "{ claims(filter: { number: \"a\", number: \"a\" }) { totalCount } }",
        "{ claims(filter: { createdAt: { from: null, from: null } }) { totalCount } }",
        "query($f: ClaimFilter = { number: \"a\" number: \"b\" }) { claims(filter: $f) { totalCount } }",
    ] {
        assert_eq!(world.partner.graphql(bad, json!({})).await.errors(), ["GRAPHQL_VALIDATION_FAILED"], "{bad}");
    }
    let line = ids::of_product("1e1a282c-9c54-43a2-9310-98ef728faace");
    let twice = format!(
        "mutation {{ createClaim(input: {{ name: \"x\", lines: [{{ productId: \"{line}\" }}, {{ productId: \"{line}\", productId: \"{line}\" }}] }}) {{ claim {{ id }} }} }}"
    );
    assert_eq!(world.partner.graphql(&twice, json!({})).await.errors(), ["GRAPHQL_VALIDATION_FAILED"]);
    // The same name in two objects, and in selections, is fine.
    let fine = "{ a: claims(filter: { number: \"a\", createdAt: { from: null } }) { totalCount totalCount } b: claims(filter: { number: \"a\" }) { totalCount } }";
    world.partner.graphql(fine, json!({})).await.data();
}

async fn the_first_and_the_last_instants_are_taken(world: &World) {
    // 10.2: all of the years 0000 to 9999 that the description promises, in every offset, and nothing but RFC 3339.
    world.draft().await;
    let query = "query($from: DateTime, $before: DateTime) { claims(filter: { createdAt: { from: $from, before: $before } }) { totalCount } }";
    for (from, before) in [
        ("0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
        ("0000-01-01T23:59:00+23:59", "9999-12-31T00:00:59-23:59"),
        ("2026-03-02t09:00:00z", "9999-12-31 23:59:60Z"),
    ] {
        let answer = world.partner.graphql(query, json!({ "from": from, "before": before })).await;
        assert_eq!(answer.data()["claims"]["totalCount"], 1, "{from} {before}");
    }
    for bad in [
        "2026-03-02",
        "2026-03-02T09:00Z",
        "2026-03-02T09:00:00",
        "9999-12-31T23:59:59-00:01",
        "2026-02-29T00:00:00Z",
        "20260302T090000Z",
    ] {
        assert_eq!(world.partner.graphql(query, json!({ "from": bad })).await.errors(), ["BAD_USER_INPUT"], "{bad}");
    }
    // What "never" is written as in many directories comes back as it was sent.
    let never = "9999-12-31T23:59:59Z";
    let mut row = crate::support::directory::subscription(
        "5f000000-0000-4000-8000-000000000001",
        CONTOSO,
        crate::support::directory::SALES,
        "WEB_DIRECT",
        "ACTIVE",
    );
    row["endsAt"] = json!(never);
    world.load("upsertSubscriptions", vec![row]).await;
    let found = world.lead.query("{ subscriptions(last: 100) { nodes { subscriptionId endsAt } } }").await;
    let nodes = found["subscriptions"]["nodes"].as_array().unwrap();
    let node = nodes.iter().find(|node| node["subscriptionId"] == "5f000000-0000-4000-8000-000000000001");
    assert_eq!(node.unwrap()["endsAt"], never);
}

async fn escapes_name_characters_of_any_length(world: &World) {
    // 10.1: GraphQL of September 2025, as graphql-js 16 reads it.
    let draft = world.draft().await;
    let set = |name: &str| {
        format!(
            "mutation {{ updateClaim(input: {{ claimId: \"{}\", expectedVersion: 1, name: \"{name}\" }}) {{ claim {{ name }} }} }}",
            draft.id()
        )
    };
    let answer = world.partner.graphql(&set("\\u{1F600} \\uD83D\\uDE00 \\u00e9 \\u{22}\\\\"), json!({})).await;
    assert_eq!(answer.payload()["claim"]["name"], "😀 😀 é \"\\");
    for bad in ["\\uD83D", "\\uDE00\\uD83D", "\\u{110000}", "\\u{}", "\\u{D83D}", "\\u12"] {
        assert_eq!(world.partner.graphql(&set(bad), json!({})).await.errors(), ["GRAPHQL_PARSE_FAILED"], "{bad}");
    }
}

async fn an_empty_operation_name_is_none(world: &World) {
    // 10.2: in JSON, by GET, on a WebSocket and in a form alike (`bodies`, `websocket`); with several operations none is meant.
    let two = json!("query A { viewer { subject } } query B { viewer { subject } }");
    let (status, _, code) = asked(world, &format!("{{\"query\":{two},\"operationName\":\"\"}}")).await;
    assert_eq!((status, code), (400, json!("OPERATION_RESOLUTION_FAILURE")));
    let (status, data, _) = asked(world, &format!("{{\"query\":{two},\"operationName\":\"B\"}}")).await;
    assert_eq!((status, data), (200, json!({ "viewer": { "subject": world.partner.subject } })));
    let one = json!("query A { viewer { subject } }");
    for name in ["\"\"", "null", "\"A\""] {
        assert_eq!(asked(world, &format!("{{\"query\":{one},\"operationName\":{name}}}")).await.0, 200, "{name}");
    }
}
