//! The reader of the event log: how SQLite runs its statements. It has one epoch and no transaction numbers, so that
//! only `pos` distinguishes entries.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::world::World;
use crate::store::{Reads, history::log::Reader};

#[tokio::test]
async fn the_log_is_read_on_by_the_primary_key() {
    let world = World::new().await;
    for sql in Reader::new(&world.db, 500).sql() {
        let explain =
            Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {}", sql.replace('?', "0")));
        let rows = world.db.connection().query_all_raw(explain).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        assert_eq!(plan[0], "SEARCH history USING INTEGER PRIMARY KEY (rowid>?)", "{sql}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("B-TREE")), "{sql}: {plan:?}");
    }
}
