//! How PostgreSQL runs the statements of the tail, which does so many times a second.

use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use tokio::task::block_in_place;

use super::{bench::Bench, cluster::Cluster};
use crate::store::history::log::Reader;

/// Entries as a history of some size has them; the hashes are no chain.
const FILL: &str = "INSERT INTO history (id, claim_id, seq, action, actor_kind, actor_subject, at, changes, visibility, hash) \
    SELECT gen_random_uuid(), gen_random_uuid(), 1, 'EDITED', 'PARTNER', 'ann', 0, '[]', 'SHARED', '' FROM generate_series(1, 20000)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_read_on_by_its_index_wherever_the_position_is() {
    let cluster = block_in_place(|| Cluster::start(&[])).unwrap_or_else(|reason| panic!("no PostgreSQL: {reason}"));
    let bench = Bench::postgres(&cluster.address("postgres")).await;
    let transaction = bench.raw.begin_with_config(None, None).await.unwrap();
    for sql in [FILL, "ANALYZE history", "SET LOCAL plan_cache_mode = force_generic_plan"] {
        transaction.execute_unprepared(sql).await.unwrap();
    }
    for (number, sql) in Reader::new(&bench.db, 500).sql().into_iter().enumerate() {
        transaction.execute_unprepared(&format!("PREPARE read_{number} AS {sql}")).await.unwrap();
        let explain = format!("EXPLAIN EXECUTE read_{number} (0, 0, 0)");
        let rows = transaction.query_all_raw(Statement::from_string(DbBackend::Postgres, explain)).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("history_by_position") && !plan.contains("Seq Scan on history"), "{sql}\n{plan}");
    }
}
