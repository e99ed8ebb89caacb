//! Reading a row by the places of its columns. A look-up by name for every value costs more than the value.

use std::{marker::PhantomData, str::FromStr};

use domain::{caller::Actor, time::Timestamp};
use sea_orm::{
    DbErr, EntityTrait, QueryResult, RuntimeErr,
    sea_query::SelectStatement,
    sqlx::{Decode, Postgres, Row as _, Sqlite, Type, ValueRef as _, postgres::PgRow, sqlite::SqliteRow},
};
use uuid::Uuid;

use super::columns::{Columns, Read, select};
use crate::store::StoreError;

/// The columns to read of each row of a table, and the record that they make.
pub trait Shape: Sync {
    /// The table.
    type Entity: EntityTrait;
    /// The record.
    type Record: Send;

    /// Adds the columns to a statement that selects none yet, and what has to be joined for them.
    fn select(&self, query: &mut SelectStatement);

    /// Reads the columns, in the order in which [`Self::select`] named them.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a value that the domain does not have.
    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Record, StoreError>;
}

/// A record that is always read from the same columns of one table.
pub trait Record: Sized + Send + Sync {
    /// The table.
    type Entity: EntityTrait;

    /// The columns, in the order in which [`Self::read`] takes them; at most 64. The first one is the key.
    const COLUMNS: &'static [Read<<Self::Entity as EntityTrait>::Column>];

    /// Reads the columns; those that are not wanted are blank.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a value that the domain does not have.
    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError>;
}

/// The [`Shape`] of a [`Record`]: some of its columns.
pub struct Plain<R>(Columns, PhantomData<fn() -> R>);

impl<R> Plain<R> {
    /// These columns.
    pub const fn of(columns: Columns) -> Self {
        Self(columns, PhantomData)
    }

    /// The whole record.
    pub const fn all() -> Self {
        Self::of(Columns::ALL)
    }
}

impl<R: Record> Shape for Plain<R> {
    type Entity = R::Entity;
    type Record = R;

    fn select(&self, query: &mut SelectStatement) {
        select::<R>(query, self.0);
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<R, StoreError> {
        cells.record(self.0)
    }
}

/// Reads every row.
///
/// # Errors
/// Those of the shape.
pub fn read_all<S: Shape>(rows: &[QueryResult], shape: &S) -> Result<Vec<S::Record>, StoreError> {
    // Collected into a `Result`, they would not get their room at once.
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        records.push(shape.read(&mut Cells::of::<S::Entity>(row)?)?);
    }
    Ok(records)
}

/// The values of a row, taken one after the other.
pub struct Cells<'r> {
    row: Driver<'r>,
    /// The place in the row of the next value that was read.
    next: usize,
    /// The columns of the record that were read.
    columns: Columns,
    /// The place in the record of the next column.
    column: usize,
    /// The table, for errors.
    table: &'static str,
}

#[derive(Clone, Copy)]
enum Driver<'r> {
    Postgres(&'r PgRow),
    Sqlite(&'r SqliteRow),
}

/// A value that both databases hold.
pub trait Cell<'r>: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite> {}

impl<'r, T: Decode<'r, Postgres> + Type<Postgres> + Decode<'r, Sqlite> + Type<Sqlite>> Cell<'r> for T {}

impl<'r> Cells<'r> {
    /// The values of a row of this table.
    ///
    /// # Errors
    /// [`StoreError::Other`] for a row of another driver: there is none.
    pub fn of<E: EntityTrait>(row: &'r QueryResult) -> Result<Self, StoreError> {
        let table = E::default().table_name();
        if let Some(row) = row.try_as_pg_row() {
            return Ok(Self { row: Driver::Postgres(row), next: 0, columns: Columns::ALL, column: 0, table });
        }
        match row.try_as_sqlite_row() {
            Some(row) => Ok(Self { row: Driver::Sqlite(row), next: 0, columns: Columns::ALL, column: 0, table }),
            None => Err(StoreError::Other(DbErr::Type("a row of neither SQLite nor PostgreSQL".to_owned()))),
        }
    }
}

impl<'r> Cells<'r> {
    /// Reads a record, of which these columns were read.
    ///
    /// # Errors
    /// Those of [`Record::read`].
    pub fn record<R: Record>(&mut self, columns: Columns) -> Result<R, StoreError> {
        let around = (self.columns, self.column);
        (self.columns, self.column) = (columns, 0);
        let record = R::read(self);
        (self.columns, self.column) = around;
        record
    }

    /// The place of the next column's value in the row, if the column was read.
    const fn take(&mut self) -> Option<usize> {
        let column = self.column;
        self.column += 1;
        if !self.columns.has(column) {
            return None;
        }
        let place = self.next;
        self.next += 1;
        Some(place)
    }

    /// The next value; a blank one if the column was not read.
    ///
    /// # Errors
    /// [`StoreError::Other`] where the column has another type: a mistake of this program.
    pub fn get<T: Cell<'r> + Default>(&mut self) -> Result<T, StoreError> {
        let Some(place) = self.take() else { return Ok(T::default()) };
        // Every test compares the column's type with the one that is read; a server need not do that for every value.
        let value = match self.row {
            Driver::Postgres(row) if cfg!(debug_assertions) => row.try_get(place),
            Driver::Postgres(row) => row.try_get_unchecked(place),
            Driver::Sqlite(row) => row.try_get(place),
        };
        value.map_err(|error| StoreError::Other(DbErr::Query(RuntimeErr::SqlxError(error.into()))))
    }

    /// Whether the next value is NULL.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn is_null(&self) -> Result<bool, StoreError> {
        let null = match self.row {
            Driver::Postgres(row) => row.try_get_raw(self.next).map(|value| value.is_null()),
            Driver::Sqlite(row) => row.try_get_raw(self.next).map(|value| value.is_null()),
        };
        null.map_err(|error| StoreError::Other(DbErr::Query(RuntimeErr::SqlxError(error.into()))))
    }

    /// Passes over values in the row.
    pub const fn pass(&mut self, values: usize) {
        self.next += values;
    }

    /// Leaves columns out.
    pub fn skip(&mut self, columns: usize) {
        for _ in 0..columns {
            self.take();
        }
    }

    /// The error for a value that the domain does not have. It names the row by its key: the first column, or the second one in
    /// rows that are read for several requests and begin with a number.
    pub fn corrupt(&self) -> StoreError {
        macro_rules! key {
            ($row:expr) => {
                // By the column's type, which says whether it is an id or a text.
                [0, 1].into_iter().find_map(|place| {
                    let id = $row.try_get::<Uuid, _>(place).map(|id| id.to_string());
                    id.or_else(|_| $row.try_get::<String, _>(place)).ok()
                })
            };
        }
        let key = match self.row {
            Driver::Postgres(row) => key!(row),
            Driver::Sqlite(row) => key!(row),
        };
        StoreError::Corrupt(self.table, key.unwrap_or_default())
    }

    /// The next value, a word of a vocabulary.
    pub fn word<T: FromStr>(&mut self) -> Result<T, StoreError> {
        let text: &str = self.get()?;
        text.parse().map_err(|_| self.corrupt())
    }

    /// The same; another one if the column was not read.
    pub fn word_or<T: FromStr>(&mut self, blank: T) -> Result<T, StoreError> {
        if self.columns.has(self.column) {
            return self.word();
        }
        self.skip(1);
        Ok(blank)
    }

    /// The same, or nothing.
    pub fn maybe_word<T: FromStr>(&mut self) -> Result<Option<T>, StoreError> {
        let text: Option<&str> = self.get()?;
        text.map(|text| text.parse().map_err(|_| self.corrupt())).transpose()
    }

    /// The next value, words with one space between them.
    pub fn words<T: FromStr>(&mut self) -> Result<Vec<T>, StoreError> {
        let text: &str = self.get()?;
        text.split_whitespace().map(|word| word.parse().map_err(|_| self.corrupt())).collect()
    }

    /// The same, or nothing.
    pub fn maybe_words<T: FromStr>(&mut self) -> Result<Option<Vec<T>>, StoreError> {
        let text: Option<&str> = self.get()?;
        let word = |word: &str| word.parse().map_err(|_| self.corrupt());
        text.map(|text| text.split_whitespace().map(word).collect()).transpose()
    }

    /// The next value, an instant.
    pub fn time(&mut self) -> Result<Timestamp, StoreError> {
        let micros: i64 = self.get()?;
        Timestamp::from_micros(micros).map_err(|_| self.corrupt())
    }

    /// The same, or nothing.
    pub fn maybe_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let micros: Option<i64> = self.get()?;
        micros.map(|micros| Timestamp::from_micros(micros).map_err(|_| self.corrupt())).transpose()
    }

    /// The next value, JSON of this type.
    pub fn json<T: serde::de::DeserializeOwned + Default>(&mut self) -> Result<T, StoreError> {
        if !self.columns.has(self.column) {
            self.skip(1);
            return Ok(T::default());
        }
        let text: &str = self.get()?;
        serde_json::from_str(text).map_err(|_| self.corrupt())
    }

    /// The same, or nothing.
    pub fn maybe_json<T: serde::de::DeserializeOwned>(&mut self) -> Result<Option<T>, StoreError> {
        let text: Option<&str> = self.get()?;
        text.map(|text| serde_json::from_str(text).map_err(|_| self.corrupt())).transpose()
    }

    /// The next three values: who did something, by kind, subject and name.
    pub fn actor(&mut self) -> Result<Actor, StoreError> {
        Ok(Actor { kind: self.word()?, subject: self.get()?, name: self.get()? })
    }
}
