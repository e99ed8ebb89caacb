//! `SELECT .. FROM table`, to which columns are added last.
//!
//! SeaORM's `find()` writes down every column of the table first; of a claim that takes longer than the rest of a statement.

use std::marker::PhantomData;

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, TryGetableMany,
    sea_query::{Query, SelectStatement},
};

/// The rows of a table, to be filtered, joined and sorted as SeaORM's queries are.
#[derive(Clone, Debug)]
pub struct Rows<E> {
    query: SelectStatement,
    entity: PhantomData<E>,
}

impl<E: EntityTrait> Rows<E> {
    /// All rows.
    #[must_use]
    pub fn all() -> Self {
        Self { query: Query::select().from(E::default().table_ref()).take(), entity: PhantomData }
    }

    /// Reads the values of the columns that were added.
    ///
    /// # Errors
    /// Database errors.
    pub async fn tuples<T: TryGetableMany>(self, connection: &impl ConnectionTrait) -> Result<Vec<T>, DbErr> {
        let rows = connection.query_all(&self.query).await?;
        rows.iter().map(|row| T::try_get_many_by_index(row).map_err(Into::into)).collect()
    }
}

impl<E: EntityTrait> QueryTrait for Rows<E> {
    type QueryStatement = SelectStatement;

    fn query(&mut self) -> &mut SelectStatement {
        &mut self.query
    }

    fn as_query(&self) -> &SelectStatement {
        &self.query
    }

    fn into_query(self) -> SelectStatement {
        self.query
    }
}

impl<E: EntityTrait> QueryFilter for Rows<E> {
    type QueryStatement = SelectStatement;

    fn query(&mut self) -> &mut SelectStatement {
        &mut self.query
    }
}

impl<E: EntityTrait> QuerySelect for Rows<E> {
    type QueryStatement = SelectStatement;

    fn query(&mut self) -> &mut SelectStatement {
        &mut self.query
    }
}

impl<E: EntityTrait> QueryOrder for Rows<E> {
    type QueryStatement = SelectStatement;

    fn query(&mut self) -> &mut SelectStatement {
        &mut self.query
    }
}
