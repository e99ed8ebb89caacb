//! What an idle server asks the database: little, however much has passed (T5).

use cpor::jobs;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::json;

use crate::support::{Backend, World, both, directory::*};

both!(
    a_scan_with_nothing_due_is_two_statements,
    the_scans_read_partial_indexes,
    what_has_fired_is_out_of_the_claims_index,
    what_runs_out_silently_was_never_in_it,
    an_ended_association_is_out_of_its_index,
);

/// The SQL of one scan.
async fn scan(world: &World) -> Vec<String> {
    world.server.statements();
    jobs::run_once(&world.server.app).await;
    world.server.statements()
}

/// How many rows the scan of this table has before it, due or not: those that the conditions of its partial index let through.
async fn in_index(world: &World, table: &str) -> String {
    let statements = scan(world).await;
    let scan = statements.iter().find(|sql| sql.contains(&format!("FROM {table} "))).expect("a scan of the table");
    let (_, conditions) = scan.split_once(" WHERE ").unwrap();
    let end = conditions.find(" AND due_at <=").or_else(|| conditions.find(" AND association.subscription_ends_at <="));
    let sql = format!("SELECT CAST(count(*) AS text) FROM {table} WHERE {}", &conditions[..end.unwrap()]);
    world.server.database.read(&sql).await.remove(0)
}

/// How the database runs a statement at the beginning of time, by indexes wherever it can.
async fn plan(world: &World, sql: &str) -> String {
    let mut options = ConnectOptions::new(&world.server.database.url);
    let connection = Database::connect(options.max_connections(1).clone()).await.unwrap();
    let backend = connection.get_database_backend();
    let (explain, column) = match world.server.database.backend {
        Backend::Postgres => {
            connection.execute_unprepared("SET enable_seqscan = off").await.unwrap();
            ("EXPLAIN", 0)
        }
        Backend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
    };
    let sql = format!("{explain} {}", sql.replace("$1", "0"));
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.try_get_by_index(column).unwrap()).collect();
    connection.close().await.unwrap();
    lines.join("\n")
}

async fn a_scan_with_nothing_due_is_two_statements(world: &World) {
    world.submitted().await;
    let scan = scan(world).await;
    assert_eq!(scan.len(), 2, "{scan:?}");
}

async fn the_scans_read_partial_indexes(world: &World) {
    let statements = scan(world).await;
    for (sql, index) in statements.iter().zip(["claim_by_waiting_clock", "association_by_subscription_end"]) {
        let plan = plan(world, sql).await;
        let whole = ["Seq Scan", "SCAN ", "Filter", "TEMP B-TREE"];
        assert!(plan.contains(index) && !whole.iter().any(|word| plan.contains(word)), "{sql}\n{plan}");
    }
}

async fn what_has_fired_is_out_of_the_claims_index(world: &World) {
    // T1, N4: a review that did not start, and consent by silence.
    world.approved().await;
    world.submitted_on(&world.partner, 1).await;
    assert_eq!(in_index(world, "claim").await, "2");
    world.later("P30D").await;
    assert_eq!(in_index(world, "claim").await, "0");
}

async fn what_runs_out_silently_was_never_in_it(world: &World) {
    // D1, T2: a dispute window, and a decision in arbitration.
    world.rejected().await;
    assert_eq!(in_index(world, "claim").await, "0");
    let claim = world.submitted_on(&world.partner, 1).await;
    assert_eq!(in_index(world, "claim").await, "1");
    let number = claim.field("number").as_str().unwrap();
    let set = |values: &str| format!("UPDATE claim SET {values} WHERE number = '{number}'");
    world.server.database.tamper(&set("contested_since = 0, deadline_kind = 'DECIDE'")).await;
    assert_eq!(in_index(world, "claim").await, "0");
    world.server.database.tamper(&set("contested_since = NULL, deadline_kind = 'START_REVIEW'")).await;
    assert_eq!(in_index(world, "claim").await, "1");
}

async fn an_ended_association_is_out_of_its_index(world: &World) {
    // I2: one whose subscription has no end is not in it either.
    world.approved().await;
    assert_eq!(in_index(world, "association").await, "0");
    let mut ending = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE");
    ending["endsAt"] = json!("2026-04-01T00:00:00Z");
    world.load("upsertSubscriptions", vec![ending.clone()]).await;
    assert_eq!(in_index(world, "association").await, "1");
    // Renewed without an end, and ended again.
    ending["endsAt"] = json!(null);
    world.load("upsertSubscriptions", vec![ending.clone()]).await;
    assert_eq!(in_index(world, "association").await, "0");
    ending["endsAt"] = json!("2026-04-01T00:00:00Z");
    world.load("upsertSubscriptions", vec![ending]).await;
    world.later("P60D").await;
    assert_eq!(in_index(world, "association").await, "0");
    let live = "SELECT CAST(count(*) AS text) FROM association WHERE ended_at IS NULL";
    assert_eq!(world.server.database.read(live).await, ["0"]);
}
