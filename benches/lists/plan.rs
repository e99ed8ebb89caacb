//! The plan of a statement, made without values as for a prepared one.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};

use crate::Fallible;

/// The plan, a step a line.
pub async fn of(url: &str, sql: &str) -> Fallible<String> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let connection = Database::connect(options).await?;
    let values = (1..).take_while(|number| sql.contains(&format!("${number}"))).map(|_| "NULL");
    let values = values.collect::<Vec<_>>().join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    connection.execute_unprepared("SET plan_cache_mode = force_generic_plan").await?;
    connection.execute_unprepared(&format!("PREPARE measured AS {sql}")).await?;
    let explain =
        Statement::from_string(connection.get_database_backend(), format!("EXPLAIN EXECUTE measured {values}"));
    let rows = connection.query_all_raw(explain).await?;
    let lines: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect();
    connection.close().await?;
    Ok(lines?.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"))
}
