//! Every list and count finds its rows by an index: no table that grows is read as a whole, and no order is sorted anew.
//!
//! The statements are those that the server ran. On PostgreSQL they are planned without values and with whole scans made as
//! dear as can be, so that one which is left means that there is no index; on SQLite the plan says so itself.
// A4, H1, L14, S1

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use crate::{
    search_order,
    support::{Backend, Caller, World, both},
};

both!(
    no_list_reads_a_whole_table,
    reviewers_orders_are_read_off_an_index,
    what_lists_show_of_histories_is_read_off_an_index,
    a_partners_history_walks_no_other_partners_entries,
    extended_deadlines_are_read_off_an_index,
    totals_are_those_of_the_lists,
    a_search_finds_what_it_found_however_many_claims_have_it,
);

const TABLES: [&str; 5] = ["claim", "claim_line", "comment", "history", "association"];

const FILTERS: [&str; 32] = [
    "",
    "status: SUBMITTED",
    "status: [SUBMITTED, REJECTED]",
    "solutionArea: BUSINESS_APPLICATIONS",
    "activity: USAGE",
    "assignedToMe: true",
    "assignedToMe: false",
    "unassigned: true",
    "overdue: true",
    "overdue: false",
    "inArbitration: true",
    "submittedAt: { from: \"2026-01-01T00:00:00Z\", before: \"2026-01-09T00:00:00Z\" }",
    "dueAt: { from: \"2026-01-01T00:00:00Z\" }",
    "search: \"claim\"",
    "search: \"1000001 claim\"",
    "search: \"c0000000-0000-4000-8000-000000000001\"",
    "search: \"50000000-0000-4000-8000-000000000001 sales\"",
    "externalReferences: [\"REF-1\", \"REF-2\"]",
    "mpnId: \"1000001\"",
    "reviewerSubject: \"rita@vendor.example\"",
    "createdByMe: true",
    "createdByMe: false",
    "updatedAt: { from: \"2026-01-01T00:00:00Z\", before: \"2026-01-09T00:00:00Z\" }",
    "decidedAt: { from: \"2026-01-01T00:00:00Z\", before: \"2026-01-09T00:00:00Z\" }",
    "lastActivityAt: { from: \"2026-01-01T00:00:00Z\", before: \"2026-01-09T00:00:00Z\" }",
    "lastActivityAt: { from: \"2026-01-01T00:00:00Z\" }",
    "deadlineState: [AT_RISK]",
    "deadlineState: [ON_TRACK, OVERDUE, EXTENDED]",
    "rejectionReason: [OTHER]",
    "consentStatus: [PENDING, DECLINED]",
    "disputeStatus: [OPEN]",
    "evaluationStatus: [SENT, CANCELLED]",
];

const ORDERS: [&str; 8] =
    ["CREATED_AT", "UPDATED_AT", "SUBMITTED_AT", "DUE_AT", "NAME", "NUMBER", "DECIDED_AT", "LAST_ACTIVITY_AT"];

const OTHERS: [&str; 14] = [
    "{ history(first: 5) { nodes { action } } }",
    "{ history(last: 5, filter: { actions: [APPROVED] }) { totalCount nodes { action } } }",
    "{ history(last: 5, filter: { at: { from: \"2026-01-01T00:00:00Z\", before: \"2026-01-09T00:00:00Z\" } }) { totalCount nodes { action } } }",
    "{ history(last: 5, filter: { actorKind: CUSTOMER }) { totalCount nodes { action } } }",
    "{ history(last: 5, filter: { partnerId: \"x\" }) { totalCount nodes { action } } }",
    "{ history(last: 5, filter: { customerId: \"x\" }) { totalCount nodes { action } } }",
    "{ comments(last: 5, customerId: \"x\") { totalCount nodes { body } } }",
    "{ arbitrations(first: 5, customerId: \"x\") { nodes { id } } }",
    "{ comments(last: 5) { totalCount nodes { body } } }",
    "{ associations(first: 5) { nodes { id } } }",
    "{ associations(first: 5, live: true) { nodes { id } } }",
    "{ arbitrations(first: 5) { nodes { id } } }",
    "{ claimStatistics { total overdue byStatus { count } medianBusinessDaysToDecision } }",
    "{ subscriptions(first: 5, filter: { status: [ACTIVE] }) { nodes { id } } }",
];

/// Every statement that the queries of this caller run, with how often lists and totals are asked for.
pub async fn statements(world: &World, caller: &Caller, queries: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut found = Vec::new();
    for query in queries {
        world.server.statements();
        caller.graphql(&query, json!({})).await.data();
        let ran = world.server.statements();
        assert!(!ran.is_empty(), "{query}");
        found.extend(ran);
    }
    found.sort();
    found.dedup();
    found
}

/// A list of claims: its filter, order, direction, and end.
fn claims(filter: &str, order: &str, way: &str, end: &str) -> String {
    format!(
        "{{ claims(filter: {{ {filter} }}, orderBy: {{ field: {order}, direction: {way} }}, {end}: 5) {{ nodes {{ id }} }} }}"
    )
}

/// A session that plans as if whole scans, and where asked sorts, cost more than anything else.
pub async fn planner(world: &World, sorts: bool) -> DatabaseConnection {
    let mut options = ConnectOptions::new(&world.server.database.url);
    options.max_connections(1);
    let connection = Database::connect(options).await.unwrap();
    if world.server.database.backend == Backend::Postgres {
        let sorts = if sorts { "on" } else { "off" };
        let settings = format!(
            "SET enable_seqscan = off; SET enable_sort = {sorts}; SET enable_incremental_sort = off; SET plan_cache_mode = force_generic_plan"
        );
        connection.execute_unprepared(&settings).await.unwrap();
    }
    connection
}

/// The plan of a statement, a step a line.
pub async fn plan(connection: &DatabaseConnection, sql: &str) -> Vec<String> {
    let backend = connection.get_database_backend();
    let postgres = backend == sea_orm::DbBackend::Postgres;
    let explain = if postgres {
        let values = (1..).take_while(|number| sql.contains(&format!("${number}"))).map(|_| "NULL");
        let values = values.collect::<Vec<_>>().join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        connection.execute_unprepared(&format!("PREPARE listed AS {sql}")).await.unwrap();
        format!("EXPLAIN EXECUTE listed {values}")
    } else {
        format!("EXPLAIN QUERY PLAN {sql}")
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, explain)).await.unwrap();
    if postgres {
        connection.execute_unprepared("DEALLOCATE listed").await.unwrap();
    }
    let column = if postgres { 0 } else { 3 };
    rows.iter().map(|row| row.try_get_by_index::<String>(column).unwrap()).collect()
}

/// Whether the step reads one of the tables as a whole. The counters go by the name of the claims that they count.
fn scans(step: &str, sql: &str) -> bool {
    let words: Vec<&str> = step.split_whitespace().collect();
    TABLES.iter().filter(|table| **table != "claim" || !sql.contains("claim_tally")).any(|table| {
        words.windows(4).any(|part| part == ["Seq", "Scan", "on", *table])
            || (words.first() == Some(&"SCAN") && words.get(1) == Some(table) && !words.contains(&"INDEX"))
    })
}

async fn no_list_reads_a_whole_table(world: &World) {
    let claim = world.submitted().await;
    world.partner.comment(claim.id(), "Hello", "SHARED").await.claim();
    let connection = planner(world, true).await;
    for caller in [&world.partner, &world.reviewer, &world.auditor, &world.customer] {
        let lists =
            ORDERS.iter().flat_map(|order| FILTERS.iter().map(move |filter| claims(filter, order, "ASC", "first")));
        let totals = FILTERS.iter().map(|filter| format!("{{ claims(filter: {{ {filter} }}) {{ totalCount }} }}"));
        let others = OTHERS.iter().map(|query| (*query).to_owned());
        for sql in statements(world, caller, lists.chain(totals).chain(others)).await {
            let plan = plan(&connection, &sql).await;
            assert!(!plan.iter().any(|step| scans(step, &sql)), "{}: {sql}\n{}", caller.subject, plan.join("\n"));
        }
    }
    connection.close().await.unwrap();
}

async fn reviewers_orders_are_read_off_an_index(world: &World) {
    world.submitted().await;
    let connection = planner(world, false).await;
    let mut lists = Vec::new();
    for order in ORDERS {
        // Of one status, some orders are sorted: they have no index that begins with it.
        let sorted = ["UPDATED_AT", "NAME", "NUMBER", "DECIDED_AT", "LAST_ACTIVITY_AT"].contains(&order);
        for filter in ["", "status: SUBMITTED"].iter().filter(|filter| !sorted || filter.is_empty()) {
            for way in ["ASC", "DESC"] {
                lists.extend(["first", "last"].map(|end| claims(filter, order, way, end)));
            }
        }
    }
    let history = ["first", "last"].map(|end| format!("{{ history({end}: 5) {{ nodes {{ action }} }} }}"));
    let by_action = history.clone().map(|query| query.replace(": 5", ": 5, filter: { actions: [APPROVED] }"));
    for sql in statements(world, &world.reviewer, lists.into_iter().chain(history).chain(by_action)).await {
        let plan = plan(&connection, &sql).await;
        let sorts = |step: &String| step.contains("Sort") || step.contains("TEMP B-TREE");
        assert!(!plan.iter().any(sorts), "{sql}\n{}", plan.join("\n"));
    }
    connection.close().await.unwrap();
}

async fn what_lists_show_of_histories_is_read_off_an_index(world: &World) {
    if world.server.database.backend == Backend::Sqlite {
        // Its index leads to the rows.
        return;
    }
    for number in 1..=2 {
        world.draft_on(&world.partner, number).await;
    }
    // Only rows that are known to be visible to all need not be looked at.
    world.server.database.tamper("VACUUM history").await;
    let connection = planner(world, true).await;
    let list = "{ claims(first: 5) { nodes { id history(last: 5) { nodes { action at actor { kind name } } } } } }";
    let ran = statements(world, &world.partner, [list.to_owned()]).await;
    let of_histories = ran.iter().find(|sql| sql.contains("LATERAL")).unwrap();
    let of_histories = of_histories.replace("unnest($1)", "unnest($1::uuid[])");
    let plan = plan(&connection, &of_histories).await;
    let is_read_off = |step: &String| step.contains("Index Only Scan") && step.contains("history_of_claim");
    assert!(plan.iter().any(is_read_off), "{of_histories}\n{}", plan.join("\n"));
    connection.close().await.unwrap();
}

async fn extended_deadlines_are_read_off_an_index(world: &World) {
    // T2
    if world.server.database.backend == Backend::Sqlite {
        // Its index leads to the rows.
        return;
    }
    // Of many claims, none is in an arbitration. Only rows that are known to be visible to all need not be looked at.
    search_order::many(world).await;
    world.server.database.tamper("VACUUM ANALYZE claim").await;
    let connection = planner(world, true).await;
    for order in ["CREATED_AT", "DECIDED_AT", "NAME"] {
        let list = claims("deadlineState: [EXTENDED]", order, "ASC", "first");
        let ran = statements(world, &world.reviewer, [list]).await;
        let of_deadlines: Vec<&String> = ran.iter().filter(|sql| sql.contains("contested_since")).collect();
        assert!(!of_deadlines.is_empty(), "{ran:#?}");
        for sql in of_deadlines {
            let plan = plan(&connection, sql).await;
            let is_read_off = |step: &String| step.contains("Index Only Scan using claim_in_arbitration");
            assert!(plan.iter().any(is_read_off), "{sql}\n{}", plan.join("\n"));
        }
    }
    connection.close().await.unwrap();
    search_order::remove_copies(world).await;
}

async fn a_partners_history_walks_no_other_partners_entries(world: &World) {
    if world.server.database.backend == Backend::Sqlite {
        // Whichever index it takes has the place.
        return;
    }
    world.submitted().await;
    let first = "{ history(first: 1) { pageInfo { endCursor } } }";
    let after = world.partner.graphql(first, json!({})).await.data()["history"]["pageInfo"]["endCursor"].clone();
    let connection = planner(world, false).await;
    for (caller, filter) in [(&world.partner, "actions: [SUBMITTED]"), (&world.reviewer, "partnerId: \"x\"")] {
        let list = format!("{{ history(first: 5, after: {after}, filter: {{ {filter} }}) {{ nodes {{ action }} }} }}");
        let ran = statements(world, caller, [list]).await;
        let sql = ran.iter().rfind(|sql| sql.contains("ORDER BY")).unwrap();
        let plan = plan(&connection, sql).await.join("\n");
        // The index begins with the partner, and the place is looked up in it: not behind all that comes before.
        assert!(plan.contains("history_by_partner") && plan.contains("ROW(partner_id"), "{sql}\n{plan}");
    }
    connection.close().await.unwrap();
}

/// Drafts, claims in every stage, comments of both kinds.
async fn many(world: &World) {
    world.draft().await;
    for number in 1..=3 {
        let claim = world.submitted_on(&world.partner, number).await;
        world.partner.comment(claim.id(), "one", "SHARED").await.claim();
        world.reviewer.comment(claim.id(), "two", "INTERNAL").await.claim();
        if number > 1 {
            let claim = world.review(&claim).await;
            if number > 2 {
                world.approve(&claim).await;
            }
        }
        world.advance_days(2);
    }
}

async fn totals_are_those_of_the_lists(world: &World) {
    many(world).await;
    let all = "first: 100";
    let claims = FILTERS.map(|filter| format!("claims({all}, filter: {{ {filter} }})"));
    let now = world.server.clock.now().to_string();
    let history = [
        String::new(),
        "filter: { actions: [COMMENTED] }".to_owned(),
        "filter: { actions: [COMMENTED, APPROVED, CREATED] }".to_owned(),
        format!("filter: {{ at: {{ before: \"{now}\" }} }}"),
        "filter: { at: { from: \"1970-01-01T00:00:00Z\" } }".to_owned(),
        format!("filter: {{ actions: [COMMENTED], at: {{ from: \"2020-02-02T02:02:02Z\", before: \"{now}\" }} }}"),
        "filter: { at: { from: \"2020-02-02T02:02:02Z\", before: \"2020-02-02T02:02:03Z\" } }".to_owned(),
    ];
    let history = history.iter().map(|filter| format!("history({all} {filter})"));
    for caller in [&world.partner, &world.reviewer, &world.lead, &world.auditor, &world.sync] {
        for list in claims.iter().cloned().chain(history.clone()).chain([format!("comments({all})")]) {
            let answer = caller.graphql(&format!("{{ {list} {{ totalCount nodes {{ id }} }} }}"), json!({})).await;
            let list_of = answer.data().as_object().unwrap().values().next().unwrap();
            let listed = list_of["nodes"].as_array().unwrap().len();
            assert_eq!(list_of["totalCount"], json!(listed), "{list} for {}", caller.subject);
        }
        let query = "{ claims(first: 100) { nodes { status } } claimStatistics { total byStatus { status count } } }";
        let answer = caller.graphql(query, json!({})).await;
        let data = answer.data();
        let nodes = data["claims"]["nodes"].as_array().unwrap();
        assert_eq!(data["claimStatistics"]["total"], json!(nodes.len()));
        for one in data["claimStatistics"]["byStatus"].as_array().unwrap() {
            let listed = nodes.iter().filter(|node| node["status"] == one["status"]).count();
            assert_eq!(one["count"], json!(listed), "{one} for {}", caller.subject);
        }
    }
}

async fn a_search_finds_what_it_found_however_many_claims_have_it(world: &World) {
    // More claims than a search is narrowed to, one of them with a word of its own, whose letters no number has: rows past
    // the server, for speed.
    let claim = world.submitted_on(&world.partner, 1).await;
    let columns = "name, version, status, partner_id, mpn_id, tenant_id, domain, solution_area, activities, created_at, updated_at, \
        submitted_at, history_length";
    let (id, number) = if world.server.database.backend == Backend::Postgres {
        ("gen_random_uuid()", "'CPOR-' || lpad(n::text, 8, '0')")
    } else {
        ("randomblob(16)", "'CPOR-' || printf('%08d', n)")
    };
    let copies = format!(
        "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 2100) \
         INSERT INTO claim (id, number, search_text, {columns}) \
         SELECT {id}, {number}, lower({number}) || ' plenty' || CASE WHEN n = 77 THEN ' uo' ELSE '' END, {columns} FROM claim, counted WHERE claim.number = '{}'",
        claim.field("number").as_str().unwrap(),
    );
    world.server.database.tamper(&copies).await;
    let query = "{ claims(first: 1) { nodes { customer { domain } } } }";
    let answer = world.reviewer.graphql(query, json!({})).await;
    let customer = answer.data()["claims"]["nodes"][0]["customer"]["domain"].as_str().unwrap().to_uppercase();
    let find = async |caller: &Caller, search: &str| {
        let query = "query($s: String) { claims(filter: { search: $s }, first: 100) { totalCount nodes { number } } }";
        let answer = caller.graphql(query, json!({ "s": search })).await;
        let data = answer.data();
        let nodes = data["claims"]["nodes"].as_array().unwrap().len();
        (data["claims"]["totalCount"].as_u64().unwrap(), nodes)
    };
    for caller in [&world.reviewer, &world.partner] {
        assert_eq!(find(caller, "plenty").await, (2100, 100), "{}", caller.subject);
        assert_eq!(find(caller, "PLENTY cpor-0000007").await, (10, 10), "{}", caller.subject);
        assert_eq!(find(caller, "uo").await, (1, 1), "{}", caller.subject);
        assert_eq!(find(caller, &format!("uo {customer}")).await, (1, 1), "{}", caller.subject);
        assert_eq!(find(caller, "plenty%").await, (0, 0), "{}", caller.subject);
        assert_eq!(find(caller, "ж plenty").await, (0, 0), "{}", caller.subject);
    }
    world.server.database.tamper("DELETE FROM claim_search WHERE text LIKE '% plenty%'").await;
    world.server.database.tamper("DELETE FROM claim WHERE search_text LIKE '% plenty%'").await;
}
