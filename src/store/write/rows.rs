//! Inserts of many rows of one table: which columns they have, and for SQLite the statements.

use sea_orm::{ActiveModelTrait, EntityTrait, Iterable};

use crate::store::{Reads, StoreError, Transaction};

/// How many parameters a statement of SQLite may have, less a margin.
const SQLITE_PARAMETERS: usize = 30_000;

/// The columns that are set in the rows, which all have the same ones; none if there are no rows.
pub(super) fn columns<A: ActiveModelTrait>(rows: &[A]) -> Vec<<A::Entity as EntityTrait>::Column> {
    rows.first().map_or_else(Vec::new, |first| {
        <A::Entity as EntityTrait>::Column::iter().filter(|column| first.get(*column).is_set()).collect()
    })
}

/// Inserts the rows as parameters, in as few statements as SQLite takes. All have these columns set.
///
/// # Errors
/// Database errors.
pub(super) async fn insert_as_parameters<A: ActiveModelTrait + Send>(
    transaction: &Transaction,
    rows: Vec<A>,
    columns: &[<A::Entity as EntityTrait>::Column],
) -> Result<(), StoreError> {
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let some: Vec<A> = rows.by_ref().take(SQLITE_PARAMETERS / columns.len().max(1)).collect();
        A::Entity::insert_many(some).exec_without_returning(transaction.connection()).await?;
    }
    Ok(())
}
