//! Inserts of many rows of one table into a transaction that other writes share.
//!
//! PostgreSQL takes all rows as one JSON parameter: a statement's text depends on the columns only, so that it is prepared once.
//! SQLite takes the rows as parameters, in batches of a power of two, so that few different statements are prepared: each connection
//! keeps them, and a statement with thousands of parameters takes megabytes. `COPY`, which [`super::bulk`] uses, needs a transaction of its own.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityName, EntityTrait, IdenStatic, Iterable, Statement,
    sea_query::{OnConflict, sea_value_to_json_value},
};

use crate::store::{Reads, StoreError, Transaction};

/// The most rows of a statement; a power of two. With the most columns that a table has, far fewer parameters than SQLite takes.
const MOST_AT_ONCE: usize = 256;

/// The table that rows of a kind are of.
type Table<A> = <A as ActiveModelTrait>::Entity;

/// The columns of that table.
pub(in crate::store) type Column<A> = <Table<A> as EntityTrait>::Column;

/// What an insert does with a row that is there already: it is known by the key, and takes over these columns.
pub(in crate::store) struct Again<C: 'static> {
    pub(in crate::store) key: C,
    pub(in crate::store) columns: &'static [C],
}

/// The columns that are set in the rows, which all have the same ones; none if there are no rows.
pub(super) fn columns<A: ActiveModelTrait>(rows: &[A]) -> Vec<Column<A>> {
    rows.first()
        .map_or_else(Vec::new, |first| Column::<A>::iter().filter(|column| first.get(*column).is_set()).collect())
}

/// Inserts rows that all have the same columns set.
///
/// # Errors
/// Database errors; [`StoreError::Unique`] for a row that is there already, unless it may come again.
pub(in crate::store) async fn insert<A: ActiveModelTrait + Send>(
    transaction: &Transaction,
    rows: Vec<A>,
    again: Option<Again<Column<A>>>,
) -> Result<(), StoreError> {
    let columns = columns(&rows);
    if columns.is_empty() {
        return Ok(());
    }
    if transaction.is_postgres() {
        as_json(transaction, &rows, &columns, again).await
    } else {
        as_parameters(transaction, rows, again).await
    }
}

/// Inserts the rows as parameters. All have the same columns set.
async fn as_parameters<A: ActiveModelTrait + Send>(
    transaction: &Transaction,
    rows: Vec<A>,
    again: Option<Again<Column<A>>>,
) -> Result<(), StoreError> {
    let again =
        again.map(|again| OnConflict::column(again.key).update_columns(again.columns.iter().copied()).to_owned());
    let mut rows = rows.into_iter();
    while let Some(count) = next_batch(rows.len()) {
        let insert = Table::<A>::insert_many(rows.by_ref().take(count));
        match &again {
            Some(again) => insert.on_conflict(again.clone()).exec_without_returning(transaction.connection()).await?,
            None => insert.exec_without_returning(transaction.connection()).await?,
        };
    }
    Ok(())
}

/// Splits the rows into batches of a power of two.
pub(in crate::store) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let (batch, others) = rows.split_at(next_batch(rows.len())?);
        rows = others;
        Some(batch)
    })
}

/// The size of the next batch of so many rows; `None` if no row is left.
fn next_batch(left: usize) -> Option<usize> {
    left.min(MOST_AT_ONCE).checked_ilog2().map(|power| 1 << power)
}

/// Inserts rows that PostgreSQL reads out of one JSON text, by the names and types of the table's columns.
async fn as_json<A: ActiveModelTrait>(
    transaction: &Transaction,
    rows: &[A],
    columns: &[Column<A>],
    again: Option<Again<Column<A>>>,
) -> Result<(), StoreError> {
    let table = Table::<A>::default();
    let table = table.table_name();
    let names = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect::<Vec<_>>().join(", ");
    let again = again.map_or_else(String::new, |again| {
        let taken = again.columns.iter().map(|column| format!("\"{0}\" = EXCLUDED.\"{0}\"", column.as_str()));
        let taken: Vec<String> = taken.collect();
        format!(" ON CONFLICT (\"{}\") DO UPDATE SET {}", again.key.as_str(), taken.join(", "))
    });
    let sql = format!(
        "INSERT INTO \"{table}\" ({names}) SELECT {names} FROM json_populate_recordset(NULL::\"{table}\", $1::json){again}"
    );
    let field = |row: &A, column: &Column<A>| {
        let value = row.get(*column).into_value();
        (column.as_str().to_owned(), value.map_or(serde_json::Value::Null, |value| sea_value_to_json_value(&value)))
    };
    let objects = rows.iter().map(|row| columns.iter().map(|column| field(row, column)).collect());
    let json = serde_json::Value::Array(objects.map(serde_json::Value::Object).collect()).to_string();
    let connection = transaction.connection();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [json.into()]);
    connection.execute_raw(statement).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_have_few_sizes() {
        let sizes = |count| batches(&vec![(); count]).map(<[()]>::len).collect::<Vec<_>>();
        assert_eq!(sizes(0), [0; 0]);
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(500), [256, 128, 64, 32, 16, 4]);
        assert_eq!(sizes(1_000), [256, 256, 256, 128, 64, 32, 8]);
    }
}
