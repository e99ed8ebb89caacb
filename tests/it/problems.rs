//! What a problem says beside its words: the claim that it is about, its variable parts, and for a malformed value its place
//! (L16).

use serde_json::{Value, json};

use crate::support::{
    Answer, Caller, World, both,
    directory::{CONTOSO, CONTOSO_SALES, EXCHANGE_1, SALES},
    ids,
};

both!(
    a_stale_change_shows_the_claim_as_it_is,
    a_closed_action_shows_the_claim_as_it_is,
    what_is_claimed_already_names_the_own_other_claim,
    a_taken_reference_names_the_claim_that_has_it,
    a_claim_out_of_sight_is_not_named,
    variable_parts_are_parameters,
    a_malformed_scalar_names_its_place,
);

const PROBLEMS: &str = "problems { code message field params { name value } claim { id number version status } }";

/// Calls a mutation and asks for its problems with their claims.
async fn refused(caller: &Caller, mutation: &str, input: Value) -> Value {
    let (first, rest) = mutation.split_at(1);
    let document = format!(
        "mutation($input: {}{rest}Input!) {{ {mutation}(input: $input) {{ {PROBLEMS} }} }}",
        first.to_uppercase()
    );
    let answer = caller.graphql(&document, json!({ "input": input })).await;
    answer.payload()["problems"].clone()
}

/// The problem with this code.
#[track_caller]
fn problem<'a>(problems: &'a Value, code: &str) -> &'a Value {
    let found = problems.as_array().unwrap().iter().find(|problem| problem["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {problems}"))
}

/// The value of a parameter.
#[track_caller]
fn param<'a>(problem: &'a Value, name: &str) -> &'a str {
    let found = problem["params"].as_array().unwrap().iter().find(|param| param["name"] == name);
    found.and_then(|param| param["value"].as_str()).unwrap_or_else(|| panic!("no {name} in {problem}"))
}

async fn a_stale_change_shows_the_claim_as_it_is(world: &World) {
    // L16
    let draft = world.draft().await;
    let now = world.partner.act("updateClaim", &draft, json!({ "name": "Changed" })).await.claim();
    let stale = json!({ "claimId": draft.id(), "expectedVersion": draft.version(), "name": "Too late" });
    let problems = refused(&world.partner, "updateClaim", stale).await;
    let conflict = problem(&problems, "VERSION_CONFLICT");
    let expected =
        json!({ "id": now.id(), "number": now.field("number"), "version": now.version(), "status": "EDITING" });
    assert_eq!(conflict["claim"], expected);
    assert_eq!(param(conflict, "expectedVersion"), draft.version().to_string());
    assert_eq!(param(conflict, "currentVersion"), now.version().to_string());
    // Each side sees it as it may: the reviewer too, of a claim that it sees.
    let submitted = world.submit(&world.partner, &world.prove(&world.partner, &now).await).await;
    let stale = json!({ "claimId": draft.id(), "expectedVersion": 1 });
    let problems = refused(&world.reviewer, "startReview", stale).await;
    let seen = &problem(&problems, "VERSION_CONFLICT")["claim"];
    assert_eq!((&seen["version"], &seen["status"]), (&json!(submitted.version()), &json!("SUBMITTED")));
}

async fn a_closed_action_shows_the_claim_as_it_is(world: &World) {
    // L10, L16
    let submitted = world.submitted().await;
    let input = json!({ "claimId": submitted.id(), "expectedVersion": submitted.version() });
    let problems = refused(&world.partner, "submitClaim", input.clone()).await;
    let wrong = problem(&problems, "WRONG_STATUS");
    assert_eq!((&wrong["claim"]["id"], &wrong["claim"]["status"]), (&json!(submitted.id()), &json!("SUBMITTED")));
    assert_eq!(
        (param(wrong, "status"), param(wrong, "action"), param(wrong, "neededStatuses")),
        ("SUBMITTED", "SUBMIT", "EDITING")
    );
    let mut edit = input;
    edit["tenantId"] = json!("c0000000-0000-4000-8000-000000000002");
    let problems = refused(&world.partner, "updateClaim", edit).await;
    let fixed = problem(&problems, "FIELD_NOT_EDITABLE");
    assert_eq!((&fixed["claim"]["id"], param(fixed, "field")), (&json!(submitted.id()), "tenantId"));
}

async fn what_is_claimed_already_names_the_own_other_claim(world: &World) {
    // E9, E15, L16
    let first = world.submitted().await;
    let input = json!({
        "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS", "activities": ["PRESALES"],
        "mpnId": "1000001", "lines": [{ "productId": ids::of_product(SALES), "subscriptionId": CONTOSO_SALES }],
    });
    let query = format!("query($input: ClaimEligibilityInput!) {{ claimEligibility(input: $input) {{ {PROBLEMS} }} }}");
    let answer = world.partner.graphql(&query, json!({ "input": input })).await;
    let taken = problem(&answer.payload()["problems"], "SUBSCRIPTION_ALREADY_CLAIMED").clone();
    assert_eq!(taken["claim"]["id"], first.id());
    // A draft beside it warns, its problems are read later, and its submission is refused: each names the other claim.
    let second = world.prove(&world.partner, &world.draft().await).await;
    let draft = json!({ "claimId": second.id(), "expectedVersion": second.version() });
    let submit = refused(&world.partner, "submitClaim", draft).await;
    assert_eq!(problem(&submit, "SUBSCRIPTION_ALREADY_CLAIMED")["claim"]["id"], first.id());
    let query = format!("query($id: ID!) {{ claim(id: $id) {{ {PROBLEMS} }} }}");
    let answer = world.partner.graphql(&query, json!({ "id": second.id() })).await;
    assert_eq!(problem(&answer.payload()["problems"], "SUBSCRIPTION_ALREADY_CLAIMED")["claim"]["id"], first.id());
    // Microsoft 365
    let mut workload = world.input_of(&world.partner);
    workload["solutionArea"] = json!("MICROSOFT_365");
    workload["activities"] = json!(["USAGE"]);
    workload["lines"] = json!([{ "productId": ids::of_product(EXCHANGE_1) }]);
    let one = world.partner.mutate("createClaim", workload.clone()).await.claim();
    let one = world.submit(&world.partner, &world.prove(&world.partner, &one).await).await;
    let problems = refused(&world.partner, "createClaim", workload).await;
    let duplicate = problem(&problems, "DUPLICATE_CLAIM");
    assert_eq!(duplicate["claim"]["id"], one.id());
    assert!(duplicate["message"].as_str().unwrap().contains(param(duplicate, "product")));
    // Another partner's claim is no problem at all (X1).
    let rival = world.prove(&world.rival, &world.draft_of(&world.rival).await).await;
    assert_eq!(world.submit(&world.rival, &rival).await.status(), "SUBMITTED");
}

async fn a_taken_reference_names_the_claim_that_has_it(world: &World) {
    // L12, L16
    let first = world.draft().await;
    let first = world.partner.act("updateClaim", &first, json!({ "externalReference": "PO 4711" })).await.claim();
    let mut input = world.input_of(&world.partner);
    input["externalReference"] = json!(" PO\u{a0}4711");
    let problems = refused(&world.partner, "createClaim", input.clone()).await;
    let taken = problem(&problems, "INVALID_VALUE");
    assert_eq!((&taken["field"], &taken["claim"]["id"]), (&json!(["externalReference"]), &json!(first.id())));
    // It is unique for a partner: another one's tells nothing.
    let mut input = world.input_of(&world.rival);
    input["externalReference"] = json!("PO 4711");
    let problems = refused(&world.rival, "createClaim", input).await;
    let codes: Vec<&Value> = problems.as_array().unwrap().iter().map(|problem| &problem["code"]).collect();
    assert_eq!(codes, ["PROOF_OF_EXECUTION_REQUIRED"], "{problems}");
}

async fn a_claim_out_of_sight_is_not_named(world: &World) {
    // A4, L16
    let draft = world.draft().await;
    for (caller, mutation) in [(&world.rival, "submitClaim"), (&world.reviewer, "startReview")] {
        let problems = refused(caller, mutation, json!({ "claimId": draft.id(), "expectedVersion": 99 })).await;
        assert_eq!(problem(&problems, "NOT_FOUND")["claim"], Value::Null, "{problems}");
        assert_eq!(problems.as_array().unwrap().len(), 1);
    }
}

async fn variable_parts_are_parameters(world: &World) {
    // L16: for the kinds of problems; `support::caller` checks it for every problem that any test meets.
    let draft = world.draft().await;
    let mut input = json!({ "claimId": draft.id(), "expectedVersion": draft.version(), "name": "x".repeat(201) });
    input["externalReference"] = json!("a\u{202e}b");
    let problems = refused(&world.partner, "updateClaim", input).await;
    let at = |field: &str| {
        let found = problems.as_array().unwrap().iter().find(|problem| problem["field"] == json!([field]));
        found.unwrap_or_else(|| panic!("{field} in {problems}")).clone()
    };
    assert_eq!((param(&at("name"), "length"), param(&at("name"), "limit")), ("201", "200"));
    assert_eq!(param(&at("externalReference"), "character"), "U+202E");
    let submitted = world.submitted().await;
    let assign =
        json!({ "claimId": submitted.id(), "expectedVersion": submitted.version(), "reviewerSubject": "nobody" });
    let problems = refused(&world.lead, "assignReviewer", assign).await;
    assert_eq!(param(&problems[0], "subject"), "nobody", "{problems}");
    let rows = json!({ "rows": [{ "partnerId": "a0000000-0000-4000-8000-00000000000b", "name": "B",
        "locations": [{ "mpnId": "1000001", "name": "x", "country": "NO", "enrolledPrograms": [] }] }] });
    let query = "mutation($input: UpsertPartnersInput!) { upsertPartners(input: $input) { problems { problem { params { name value } } } } }";
    let answer = world.sync.graphql(query, json!({ "input": rows })).await;
    assert_eq!(param(&answer.payload()["problems"][0]["problem"], "mpnId"), "1000001");
}

/// The place that the only error names.
#[track_caller]
fn place(answer: &Answer) -> Value {
    assert_eq!(answer.errors().len(), 1, "{}", answer.text);
    answer.body["errors"][0]["extensions"]["field"].clone()
}

async fn a_malformed_scalar_names_its_place(world: &World) {
    // L16: in variables and written out, however deep.
    let create = |input: Value| async move {
        let query = "mutation($input: CreateClaimInput!) { createClaim(input: $input) { claim { id } } }";
        place(&world.partner.graphql(query, json!({ "input": input })).await)
    };
    let with = |field: &str, value: Value| {
        let mut input = world.input_of(&world.partner);
        input[field] = value;
        input
    };
    assert_eq!(create(with("tenantId", json!("no uuid"))).await, json!(["input", "tenantId"]));
    assert_eq!(create(with("activities", json!(["USAGE", "NAPPING"]))).await, json!(["input", "activities", "1"]));
    assert_eq!(
        create(with("lines", json!([{ "productId": true }]))).await,
        json!(["input", "lines", "0", "productId"])
    );
    assert_eq!(
        create(with("customerContact", json!({ "name": 1, "email": "a@b.example" }))).await,
        json!(["input", "customerContact", "name"])
    );
    let times = "query($from: DateTime) { claims(filter: { createdAt: { from: $from } }) { totalCount } }";
    assert_eq!(place(&world.partner.graphql(times, json!({ "from": "yesterday" })).await), json!(["from"]));
    for (query, expected) in [
        (
            "{ claims(filter: { createdAt: { from: \"yesterday\" } }) { totalCount } }",
            json!(["filter", "createdAt", "from"]),
        ),
        ("{ claims(first: \"ten\") { totalCount } }", json!(["first"])),
        ("{ claims(filter: { status: [EDITING, \"SUBMITTED\"] }) { totalCount } }", json!(["filter", "status", "1"])),
        ("{ customerByTenant(tenantId: \"x\", domain: \"contoso.example\") { name } }", json!(["tenantId"])),
        ("query($n: Int = \"ten\") { claims(first: $n) { totalCount } }", json!(["n"])),
        (
            "query($d: String!) { claims(filter: { number: $d, status: NAPPING }) { totalCount } }",
            json!(["filter", "status"]),
        ),
    ] {
        let answer = world.partner.graphql(query, json!({ "d": "x" })).await;
        assert_eq!(place(&answer), expected, "{query}: {}", answer.text);
    }
}
