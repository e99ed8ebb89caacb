//! The directory: bulk upserts by natural key, good rows kept, bad rows named (C8); and what the catalogue shows.

use serde_json::{Value, json};

use crate::support::{World, both, directory::*, ids};

both!(
    upserts_are_idempotent,
    bad_rows_are_named_and_good_ones_kept,
    rows_must_be_sound,
    a_call_takes_so_many_rows,
    partners_and_their_locations,
    a_partner_type_is_never_shown,
    the_catalogue_can_be_searched,
    domains_are_compared_in_lower_case,
    all_numbers_of_rows_share_few_statements,
    customers_with_a_word_are_paged_both_ways,
);

async fn upserts_are_idempotent(world: &World) {
    // C8, C1: 256 products of the real catalogue.
    for (mutation, rows) in whole() {
        let answer = world.sync.mutate(mutation, json!({ "rows": rows })).await;
        let expected = json!({ "inserted": 0, "updated": 0, "unchanged": rows.len(), "problems": [] });
        assert_eq!(answer.payload(), &expected, "{mutation}");
    }
    assert_eq!(products().len(), 256);
    let mut row = customers().remove(0);
    row["name"] = json!("Contoso International");
    let new = json!({ "tenantId": "c3000000-0000-4000-8000-000000000001", "name": "New", "domain": "new.example" });
    let answer = world.sync.mutate("upsertCustomers", json!({ "rows": [row, new, customers()[1]] })).await;
    assert_eq!(answer.payload(), &json!({ "inserted": 1, "updated": 1, "unchanged": 1, "problems": [] }));
    assert_eq!(
        world.customer.query("{ viewer { customer { name domains } } }").await["viewer"]["customer"]["name"],
        "Contoso International"
    );
    // J1
    let keyed = json!({ "rows": [json!({ "tenantId": "c3000000-0000-4000-8000-000000000002", "name": "Keyed", "domain": "keyed.example" })], "idempotencyKey": "rows" });
    for _ in 0..2 {
        assert_eq!(world.sync.mutate("upsertCustomers", keyed.clone()).await.payload()["inserted"], 1);
    }
}

async fn bad_rows_are_named_and_good_ones_kept(world: &World) {
    // C8: by its row and its reason; nothing half written.
    let unknown = "c9999999-0000-4000-8000-000000000000";
    let rows = json!([
        subscription("5a000000-0000-4000-8000-000000000001", CONTOSO, SALES, "CSP", "ACTIVE"),
        subscription("5a000000-0000-4000-8000-000000000002", unknown, SALES, "CSP", "ACTIVE"),
        subscription("5a000000-0000-4000-8000-000000000003", CONTOSO, unknown, "CSP", "ACTIVE"),
        subscription("5a000000-0000-4000-8000-000000000004", FABRIKAM, SALES, "CSP", "ACTIVE"),
    ]);
    let answer = world.sync.mutate("upsertSubscriptions", json!({ "rows": rows })).await;
    assert_eq!(answer.payload()["inserted"], 2, "{}", answer.text);
    let bad: Vec<_> =
        answer.payload()["problems"].as_array().unwrap().iter().map(|row| row["row"].as_i64().unwrap()).collect();
    assert_eq!(bad, [1, 2]);
    let field = answer.payload()["problems"][0]["problem"]["field"].to_string();
    assert!(field.contains("tenantId"), "{field}");
}

async fn rows_must_be_sound(world: &World) {
    // C7, C8, L13
    let problems = |mutation: &'static str, row: Value| async move {
        let answer = world.sync.mutate(mutation, json!({ "rows": [row] })).await;
        assert_eq!(answer.payload()["inserted"], 0, "{}", answer.text);
        answer.payload()["problems"].as_array().unwrap().len()
    };
    for name in ["", "  ", "nul\u{0}", &"x".repeat(201)] {
        let row = json!({ "tenantId": "c3000000-0000-4000-8000-000000000009", "name": name, "domain": "nine.example" });
        assert_eq!(problems("upsertCustomers", row).await, 1, "{name:?}");
    }
    for domain in ["", "no spaces.example", "nul\u{0}.example", "@x"] {
        let row = json!({ "tenantId": "c3000000-0000-4000-8000-000000000009", "name": "Nine", "domain": domain });
        assert_eq!(problems("upsertCustomers", row).await, 1, "{domain:?}");
    }
    let mut row = subscription("5a000000-0000-4000-8000-000000000009", CONTOSO, SALES, "CSP", "ACTIVE");
    row["endsAt"] = json!("2024-01-01T00:00:00Z");
    assert_eq!(problems("upsertSubscriptions", row.clone()).await, 1, "it ends before it starts");
    row["endsAt"] = Value::Null;
    row["seats"] = json!(-1);
    assert_eq!(problems("upsertSubscriptions", row).await, 1, "seats");
    // The same key twice in one call.
    let twice = json!([customers()[0], customers()[0]]);
    let answer = world.sync.mutate("upsertCustomers", json!({ "rows": twice })).await;
    assert_eq!(
        (&answer.payload()["unchanged"], answer.payload()["problems"].as_array().unwrap().len()),
        (&json!(1), 1),
        "{}",
        answer.text
    );
}

async fn a_call_takes_so_many_rows(world: &World) {
    // C8: up to 1,000 rows a call.
    let rows = |count: usize| -> Vec<Value> {
        (0..count).map(|number| json!({ "tenantId": format!("c4000000-0000-4000-8000-{number:012}"), "name": format!("Bulk {number}"), "domain": format!("bulk{number}.example") })).collect()
    };
    let answer = world.sync.mutate("upsertCustomers", json!({ "rows": rows(1000) })).await;
    assert_eq!(answer.payload()["inserted"], 1000);
    let answer = world.sync.mutate("upsertCustomers", json!({ "rows": rows(1001) })).await;
    assert!(answer.body["errors"].is_array() || answer.payload()["updated"] == 0, "{}", answer.text);
    let answer = world.sync.mutate("upsertCustomers", json!({ "rows": [] })).await;
    assert_eq!(answer.payload(), &json!({ "inserted": 0, "updated": 0, "unchanged": 0, "problems": [] }));
}

async fn partners_and_their_locations(world: &World) {
    // C5: a location belongs to one partner.
    let stolen = json!({ "partnerId": BOREAL, "name": "Boreal Consulting", "locations": [
        { "mpnId": ALPINE_ENROLLED, "name": "Stolen", "country": "NO", "enrolledPrograms": [] }] });
    let answer = world.sync.mutate("upsertPartners", json!({ "rows": [stolen] })).await;
    assert_eq!(answer.payload()["problems"].as_array().unwrap().len(), 1, "{}", answer.text);
    let mut row = partners().remove(0);
    row["locations"][1]["enrolledPrograms"] = json!(["OSU_MICROSOFT_365", "OSA_SELL"]);
    let answer = world.sync.mutate("upsertPartners", json!({ "rows": [row] })).await;
    assert_eq!(answer.payload()["updated"], 1, "{}", answer.text);
    let seen = world.partner.query("{ viewer { partner { locations { id mpnId enrolledPrograms } } } }").await;
    let locations = seen["viewer"]["partner"]["locations"].as_array().unwrap().clone();
    let basel = locations.iter().find(|location| location["mpnId"] == ALPINE_SELLS).unwrap();
    assert_eq!(basel["enrolledPrograms"], json!(["OSA_SELL", "OSU_MICROSOFT_365"]));
    assert_eq!(basel["id"], ids::of_location(ALPINE_SELLS));
    // The vendor sees all partners and may search them.
    let found = world.lead.query("{ partners(search: \"BOREAL\") { totalCount nodes { name } } }").await;
    assert_eq!(found["partners"], json!({ "totalCount": 1, "nodes": [{ "name": "Boreal Consulting" }] }));
}

async fn a_partner_type_is_never_shown(world: &World) {
    // C5
    let schema = crate::support::source::read("schema.graphql");
    let shown = schema.lines().any(|line| line.trim_start().starts_with("type PartnerLocation "))
        && schema.matches("partnerType").count() == 1;
    assert!(shown, "partnerType is an input of upsertPartners and nothing else");
    let everything = "{ partners { nodes { id name locations { id mpnId name country enrolledPrograms } } } }";
    for caller in [&world.partner, &world.lead, &world.sync] {
        let answer = caller.graphql(everything, json!({})).await;
        assert!(answer.data().is_object() && !answer.text.contains("FRP"), "{}", answer.text);
    }
}

async fn the_catalogue_can_be_searched(world: &World) {
    // L14, C1
    let count = |filter: &'static str| async move {
        world.partner.query(&format!("{{ products(filter: {{ {filter} }}) {{ totalCount }} }}")).await["products"]["totalCount"].as_i64().unwrap()
    };
    let (dynamics, workloads) =
        (count("solutionArea: BUSINESS_APPLICATIONS").await, count("solutionArea: MICROSOFT_365").await);
    assert_eq!(dynamics + workloads, 256);
    assert_eq!(count("search: \"dyn365_FINANCE\"").await, 1);
    assert!(count("search: \"exchange plan\"").await >= 2);
    assert_eq!(count("search: \"exchange\", solutionArea: BUSINESS_APPLICATIONS").await, 0);
    assert_eq!(count("search: \"%\"").await, 0);
    let page = world.partner.query("{ products(first: 3) { nodes { name } pageInfo { hasNextPage } } }").await;
    assert_eq!(page["products"]["pageInfo"]["hasNextPage"], true);
}

async fn domains_are_compared_in_lower_case(world: &World) {
    // C6
    let row = json!({ "tenantId": "c5000000-0000-4000-8000-000000000001", "name": "Mixed", "domain": "Mixed.Example", "domains": ["OTHER.example"] });
    world.load("upsertCustomers", vec![row]).await;
    let find = "query($d: String!) { customerByTenant(tenantId: \"c5000000-0000-4000-8000-000000000001\", domain: $d) { name } }";
    for domain in ["mixed.example", "MIXED.EXAMPLE", "other.example"] {
        let answer = world.partner.graphql(find, json!({ "d": domain })).await;
        assert_eq!(answer.data()["customerByTenant"]["name"], "Mixed", "{domain}");
    }
    let seen = world.lead.query("{ customers(search: \"mixed\") { nodes { domain domains } } }").await;
    assert_eq!(seen["customers"]["nodes"][0]["domains"].as_array().unwrap().len(), 2);
}

async fn all_numbers_of_rows_share_few_statements(world: &World) {
    // Each connection keeps its prepared statements.
    world.server.statements();
    for count in 1..=20 {
        let id = |row: u32| format!("c6{count:06}-0000-4000-8000-{row:012}");
        let row = |row| json!({ "tenantId": id(row), "name": "Many", "domain": "many.example" });
        world.load("upsertCustomers", (0..count).map(row).collect()).await;
    }
    let inserts = world.server.statements().into_iter().filter(|sql| sql.starts_with("INSERT INTO \"customer\""));
    // On SQLite those of 1, 2, 4, 8 and 16 rows.
    assert!((1..=5).contains(&inserts.collect::<std::collections::BTreeSet<_>>().len()));
}

async fn customers_with_a_word_are_paged_both_ways(world: &World) {
    // L14
    let id = |number: u32| format!("c7000000-0000-4000-8000-{number:012}");
    let row = |number, name: String| json!({ "tenantId": id(number), "name": name, "domain": "p.example" });
    world
        .load("upsertCustomers", (0..12).map(|number| row(number, format!("Paged {:02}", 99 - number))).collect())
        .await;
    // More before and after them than are looked at first.
    for (after, name) in [(1_000, "Aback"), (2_000, "Queue")] {
        let others = (after..after + 1_000).map(|number| row(number, format!("{name} {number}")));
        world.load("upsertCustomers", others.collect()).await;
    }
    let names = async |arguments: &str| {
        let query = format!(
            "{{ customers(search: \"paged\", {arguments}) {{ edges {{ cursor node {{ name }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
        );
        world.lead.query(&query).await["customers"].clone()
    };
    let whole = names("first: 50").await;
    let expected: Vec<_> = whole["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["name"].clone()).collect();
    assert_eq!(expected, (88..100).map(|number| json!(format!("Paged {number}"))).collect::<Vec<_>>());
    for (first, after, more, less) in
        [("first", "after", "hasNextPage", "hasPreviousPage"), ("last", "before", "hasPreviousPage", "hasNextPage")]
    {
        let (mut seen, mut arguments) = (Vec::new(), format!("{first}: 5"));
        loop {
            let page = names(&arguments).await;
            assert_eq!(page["pageInfo"][less], json!(!seen.is_empty()));
            let mut edges = page["edges"].as_array().unwrap().clone();
            if first == "last" {
                edges.reverse();
            }
            seen.extend(edges.iter().map(|edge| edge["node"]["name"].clone()));
            if page["pageInfo"][more] == false {
                break;
            }
            arguments = format!("{first}: 5, {after}: {}", edges.last().unwrap()["cursor"]);
        }
        if first == "last" {
            seen.reverse();
        }
        assert_eq!(seen, expected, "{first}");
    }
}
