//! The few places where the two databases want different words.

use sea_orm_migration::prelude::{ConnectionTrait, DbErr, SchemaManager};
use sea_orm_migration::sea_orm::DbBackend;

/// The types and endings that differ between the databases; `integer` and `text` are the same on both.
pub struct Dialect {
    /// A UUID. SQLite keeps its 16 bytes.
    pub uuid: &'static str,
    /// A 64-bit integer; times too, as microseconds since 1970 in UTC.
    pub bigint: &'static str,
    /// True or false. SQLite keeps 1 or 0.
    pub flag: &'static str,
    /// Text that is compared, unique or indexed: identifiers and words. Ordered by its bytes on both databases, so
    /// that an upgrade of the operating system's collations can never spoil a unique index of PostgreSQL.
    pub key: &'static str,
    /// What ends a CREATE TABLE. STRICT makes SQLite check types as PostgreSQL does.
    pub end: &'static str,
}

const SQLITE: Dialect = Dialect { uuid: "blob", bigint: "integer", flag: "integer", key: "text", end: "STRICT" };

const POSTGRES: Dialect =
    Dialect { uuid: "uuid", bigint: "bigint", flag: "boolean", key: "text COLLATE \"C\"", end: "" };

/// The dialect of the database that is migrated.
pub fn of(manager: &SchemaManager<'_>) -> Result<&'static Dialect, DbErr> {
    match manager.get_database_backend() {
        DbBackend::Sqlite => Ok(&SQLITE),
        DbBackend::Postgres => Ok(&POSTGRES),
        other => Err(DbErr::Migration(format!("{other:?} is not supported: SQLite and PostgreSQL are"))),
    }
}

/// Runs statements one after the other.
pub async fn execute(manager: &SchemaManager<'_>, statements: &[String]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Runs the script of this database.
pub async fn execute_own(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    of(manager)?;
    let sql = if manager.get_database_backend() == DbBackend::Postgres { postgres } else { sqlite };
    manager.get_connection().execute_unprepared(sql).await.map(drop)
}

/// Runs the script on PostgreSQL; on SQLite there is nothing to do.
pub async fn execute_on_postgres(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}

/// Drops tables; those that refer to others must come before them.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let statements: Vec<String> = tables.iter().map(|table| format!("DROP TABLE {table}")).collect();
    execute(manager, &statements).await
}

/// A CHECK that a column holds only these words, one space between them and each at most once: taking every word
/// away leaves nothing.
pub fn list_of(column: &str, words: &[&str]) -> String {
    let rest =
        words.iter().fold(format!("' ' || {column} || ' '"), |text, word| format!("replace({text}, ' {word} ', ' ')"));
    format!("CHECK (trim({rest}) = '')")
}
