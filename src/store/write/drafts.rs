//! Inserts new drafts, many in few statements, into a transaction that other writes share (`createClaims`).
//!
//! PostgreSQL takes all rows of a table as one JSON parameter, SQLite as rows of parameters; either way a statement's
//! text depends on the columns only, so that it is prepared once. `COPY`, which [`super::bulk`] uses, needs a transaction of its own.

use domain::claim::Claim;
use entity::{claim, claim_line, history};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityName, EntityTrait, IdenStatic, Statement,
    sea_query::sea_value_to_json_value,
};

use super::{
    bulk::{claim_row, lines},
    history::Placed,
    rows::{columns, insert_as_parameters},
};
use crate::store::{Reads, StoreError, Transaction};

/// Inserts new drafts with their lines and histories (B1).
///
/// # Errors
/// Database errors; [`StoreError::Unique`] if a number or an external reference was taken meanwhile.
pub async fn insert(transaction: &Transaction, drafts: Vec<(Claim, Placed)>) -> Result<(), StoreError> {
    let claims = drafts.iter().map(|(claim, placed)| claim_row(claim, &placed.head)).collect();
    rows::<claim::ActiveModel>(transaction, claims).await?;
    let lines = drafts.iter().flat_map(|(claim, _)| lines(claim)).collect();
    rows::<claim_line::ActiveModel>(transaction, lines).await?;
    // The partner is known here; otherwise a trigger looks it up.
    let entries = drafts.into_iter().flat_map(|(claim, placed)| {
        let partner_id = Set(Some(claim.partner_id));
        placed.rows.into_iter().map(move |row| history::ActiveModel { partner_id: partner_id.clone(), ..row })
    });
    rows::<history::ActiveModel>(transaction, entries.collect()).await
}

/// Inserts rows that all have the same columns set.
async fn rows<A: ActiveModelTrait + Send>(transaction: &Transaction, rows: Vec<A>) -> Result<(), StoreError> {
    let columns = columns(&rows);
    if columns.is_empty() {
        return Ok(());
    }
    if transaction.is_postgres() {
        as_json(transaction, &rows, &columns).await
    } else {
        insert_as_parameters(transaction, rows, &columns).await
    }
}

/// Inserts rows that PostgreSQL reads out of one JSON text, by the names and types of the table's columns.
async fn as_json<A: ActiveModelTrait>(
    transaction: &Transaction,
    rows: &[A],
    columns: &[<A::Entity as EntityTrait>::Column],
) -> Result<(), StoreError> {
    let table = A::Entity::default();
    let table = table.table_name();
    let names = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "INSERT INTO \"{table}\" ({names}) SELECT {names} FROM json_populate_recordset(NULL::\"{table}\", $1::json)"
    );
    let field = |row: &A, column: &<A::Entity as EntityTrait>::Column| {
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
