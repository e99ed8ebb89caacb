//! The plan of a statement, on PostgreSQL made without values as for a prepared one.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::Fallible;

/// The plan, a step a line.
pub async fn of(url: &str, sql: &str) -> Fallible<String> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let lines = if connection.get_database_backend() == DbBackend::Postgres {
        let explain = prepared(&connection, sql).await?;
        lines(&connection, explain, 0).await?
    } else {
        lines(&connection, format!("EXPLAIN QUERY PLAN {sql}"), 3).await?
    };
    connection.close().await?;
    Ok(lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"))
}

/// Prepares the statement; the one that explains it.
async fn prepared(connection: &DatabaseConnection, sql: &str) -> Fallible<String> {
    let values = (1..).take_while(|number| sql.contains(&format!("${number}"))).map(|_| "NULL");
    let values = values.collect::<Vec<_>>().join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    connection.execute_unprepared("SET plan_cache_mode = force_generic_plan").await?;
    connection.execute_unprepared(&format!("PREPARE measured AS {sql}")).await?;
    Ok(format!("EXPLAIN EXECUTE measured {values}"))
}

async fn lines(connection: &DatabaseConnection, explain: String, column: usize) -> Fallible<Vec<String>> {
    let explain = Statement::from_string(connection.get_database_backend(), explain);
    let rows = connection.query_all_raw(explain).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(column)).collect::<Result<_, _>>()?)
}
