//! One SQL statement per level of a query, whatever the number of rows: the count does not grow with them.

use serde_json::{Value, json};

use crate::support::{Backend, Caller, World, both, database::Database, directory::CONTOSO, ids};

both!(
    reads_cost_the_same_for_few_rows_and_many,
    a_total_is_counted_only_when_asked_for,
    a_field_that_is_not_asked_for_is_not_read,
    writes_cost_the_same_for_few_rows_and_many,
);

/// How many statements a query takes.
async fn cost(world: &World, caller: &Caller, query: &str, variables: Value) -> usize {
    world.server.statements();
    caller.graphql(query, variables).await.data();
    world.server.statements().len()
}

/// Everything that hangs on claims, level by level.
const CLAIMS: &str = "{ claims(first: 5) { nodes { id name problems { code } availableActions partner { name locations { mpnId } } location { name } \
    customer { name domains } lastActivityAt createdBy { name } submittedBy { name } lines { product { name } subscription { status } association { official } } \
    proofOfExecution { name url } comments(first: 2) { totalCount nodes { body } } history(first: 2) { totalCount nodes { action } } } } }";

const QUERIES: [(&str, &str); 8] = [
    ("claims", CLAIMS),
    ("comments", "{ comments(first: 50) { nodes { body claim { number partner { name } } } } }"),
    ("history", "{ history(first: 50) { nodes { action comment { body } claim { number customer { name } } } } }"),
    (
        "associations",
        "{ associations(first: 50) { nodes { product { name } customer { name } partner { name } claim { number } } } }",
    ),
    (
        "customers",
        "{ customers(first: 10) { nodes { domains claims(first: 2) { totalCount nodes { lines { product { name } } } } subscriptions(first: 2) { nodes { product { name } } } } } }",
    ),
    ("subscriptions", "{ subscriptions(first: 50) { nodes { customer { name } product { name } } } }"),
    ("partners", "{ partners(first: 50) { nodes { name locations { name } } } }"),
    (
        "statistics",
        "{ claimStatistics { total overdue approvalRate medianBusinessDaysToDecision byStatus { status count } } }",
    ),
];

async fn approved_with_comments(world: &World, number: u32) {
    let claim = world.submitted_on(&world.partner, number).await;
    for word in ["one", "two", "three"] {
        world.partner.comment(claim.id(), word, "SHARED").await.claim();
    }
    world.approve(&world.review(&claim).await).await;
}

async fn reads_cost_the_same_for_few_rows_and_many(world: &World) {
    // Three of everything at first, so that no list is empty and no loader without work.
    for number in 1..=2 {
        approved_with_comments(world, number).await;
        world.draft_on(&world.partner, 100 + number).await;
    }
    let mut before = Vec::new();
    for caller in [&world.partner, &world.lead, &world.customer] {
        for (name, query) in QUERIES {
            before.push((name, caller, query, cost(world, caller, query, json!({})).await));
        }
    }
    for number in 3..=6 {
        approved_with_comments(world, number).await;
        world.draft_on(&world.partner, 100 + number).await;
    }
    for (name, caller, query, few) in before {
        let many = cost(world, caller, query, json!({})).await;
        assert_eq!(many, few, "{name} for {}", caller.subject);
        assert!(few < 30, "{name} takes {few} statements");
    }
}

async fn a_total_is_counted_only_when_asked_for(world: &World) {
    world.draft().await;
    let without = cost(world, &world.partner, "{ claims { nodes { id } } }", json!({})).await;
    let with = cost(world, &world.partner, "{ claims { totalCount nodes { id } } }", json!({})).await;
    assert_eq!((without, with), (1, 2));
    let only = cost(world, &world.partner, "{ claims { totalCount } }", json!({})).await;
    assert_eq!(only, 1);
}

async fn a_field_that_is_not_asked_for_is_not_read(world: &World) {
    let draft = world.draft().await;
    let one = cost(
        world,
        &world.partner,
        "query($id: ID!) { claim(id: $id) { name status version } }",
        json!({ "id": draft.id() }),
    )
    .await;
    assert_eq!(one, 1);
    // L17: what the list has no column for is read with it.
    let list = "{ claims(orderBy: { field: LAST_ACTIVITY_AT, direction: DESC }) { nodes { name lastActivityAt } } }";
    assert_eq!(cost(world, &world.partner, list, json!({})).await, 1);
    assert_eq!(
        cost(world, &world.partner, "{ viewer { subject roles } activityOptions { activity } }", json!({})).await,
        0
    );
    let nodes = json!({ "ids": [draft.id(), ids::of_nothing("Claim"), draft.id()] });
    let three = cost(world, &world.partner, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", nodes).await;
    assert_eq!(three, 1);
}

async fn writes_cost_the_same_for_few_rows_and_many(world: &World) {
    let rows = |count: usize| -> Vec<Value> {
        (0..count).map(|number| json!({ "tenantId": format!("c2000000-0000-4000-8000-{number:012}"), "name": format!("New {number}"), "domain": format!("new{number}.example") })).collect()
    };
    let upsert = |count: usize| async move {
        world.server.statements();
        world.load("upsertCustomers", rows(count)).await;
        world.server.statements().len()
    };
    let few = upsert(5).await;
    let many = upsert(200).await;
    assert!(many <= few + 10, "{few} statements for 5 rows, {many} for 200");
    // An eligibility question with one line and with many.
    let ask = |lines: usize| async move {
        let products = crate::support::directory::products();
        let lines: Vec<_> = products
            .iter()
            .take(lines)
            .map(|row| json!({ "productId": ids::of_product(row["skuId"].as_str().unwrap()) }))
            .collect();
        let input = json!({ "tenantId": CONTOSO, "domain": "contoso.example", "solutionArea": "BUSINESS_APPLICATIONS",
            "activities": ["USAGE"], "mpnId": "1000001", "lines": lines });
        cost(
            world,
            &world.partner,
            "query($i: ClaimEligibilityInput!) { claimEligibility(input: $i) { eligible } }",
            json!({ "i": input }),
        )
        .await
    };
    assert_eq!(ask(1).await, ask(30).await);
}

#[tokio::test]
async fn sqlite_is_built_to_prepare_each_statement_only_once() {
    let database = Database::copied(Backend::Sqlite).await;
    let options = database.read("PRAGMA compile_options").await;
    let has = |option: &str| options.iter().any(|found| found == option);
    assert!(has("ENABLE_QPSG"), "built without .cargo/config.toml: {options:?}");
    assert!(has("DEFAULT_MEMSTATUS=0"));
    assert!(!has("ENABLE_MEMORY_MANAGEMENT"));
    database.delete().await;
}
