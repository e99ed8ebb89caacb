//! `COPY` of PostgreSQL: the rows of a table as one stream of text, with nothing to parse but the values.
//!
//! SeaORM's transactions do not give their connection away, so these are sqlx's own. A [`CopyTransaction`] that is dropped rolls back.

use sea_orm::{
    ActiveModelTrait, DbErr, EntityName, IdenStatic, RuntimeErr,
    sea_query::sea_value_to_json_value,
    sqlx::{self, Postgres},
};
use serde_json::Value;

use super::rows::columns;
use crate::store::{Db, StoreError};

/// How many bytes are sent at once, about.
const PART: usize = 256 * 1024;

/// A transaction that rows are copied in.
pub(in crate::store) struct CopyTransaction(sqlx::Transaction<'static, Postgres>);

impl CopyTransaction {
    /// Begins one. The database must be PostgreSQL.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::store) async fn begin(db: &Db) -> Result<Self, StoreError> {
        let mut transaction = db.write.get_postgres_connection_pool().begin().await.map_err(error)?;
        sqlx::query("SET LOCAL statement_timeout = '1min'").execute(&mut *transaction).await.map_err(error)?;
        Ok(Self(transaction))
    }

    /// Copies rows that all have the same columns set. An error leaves nothing of the transaction.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::store) async fn rows<A: ActiveModelTrait>(&mut self, rows: &[A]) -> Result<(), StoreError> {
        let columns = columns(rows);
        if columns.is_empty() {
            return Ok(());
        }
        let table = A::Entity::default();
        let names = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect::<Vec<_>>().join(", ");
        let statement = format!("COPY \"{}\" ({names}) FROM STDIN", table.table_name());
        let mut copying = self.0.copy_in_raw(&statement).await.map_err(error)?;
        let mut part = String::with_capacity(PART);
        for row in rows {
            for (place, column) in columns.iter().enumerate() {
                part.push_str(if place == 0 { "" } else { "\t" });
                write(&mut part, row.get(*column).into_value().as_ref().map(sea_value_to_json_value));
            }
            part.push('\n');
            if part.len() >= PART {
                copying.send(part.as_bytes()).await.map_err(error)?;
                part.clear();
            }
        }
        copying.send(part.as_bytes()).await.map_err(error)?;
        copying.finish().await.map_err(error)?;
        Ok(())
    }

    /// Makes what was copied permanent.
    ///
    /// # Errors
    /// The database's; then nothing was made permanent.
    pub(in crate::store) async fn commit(self) -> Result<(), StoreError> {
        self.0.commit().await.map_err(error)
    }
}

/// A value as the text format of `COPY` has it.
fn write(part: &mut String, value: Option<Value>) {
    match value {
        None | Some(Value::Null) => part.push_str("\\N"),
        Some(Value::Bool(value)) => part.push(if value { 't' } else { 'f' }),
        Some(Value::String(text)) => escape(part, &text),
        Some(other) => escape(part, &other.to_string()),
    }
}

fn escape(part: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\\' => part.push_str("\\\\"),
            '\t' => part.push_str("\\t"),
            '\n' => part.push_str("\\n"),
            '\r' => part.push_str("\\r"),
            c => part.push(c),
        }
    }
}

fn error(error: sqlx::Error) -> StoreError {
    DbErr::Exec(RuntimeErr::SqlxError(error.into())).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_copy_reads_them() {
        let written = |value: Value| {
            let mut part = String::new();
            write(&mut part, Some(value));
            part
        };
        assert_eq!(written(Value::Null), "\\N");
        assert_eq!(written(Value::from("\\N")), "\\\\N", "a text, and no null");
        assert_eq!(written(Value::from("a\tb\nc\rd\\.")), "a\\tb\\nc\\rd\\\\.");
        assert_eq!((written(Value::from(-7)), written(Value::from(true))), ("-7".to_owned(), "t".to_owned()));
    }
}
