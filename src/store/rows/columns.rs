//! The columns to read of a record: those that the selected fields need.
//!
//! Every column costs, in every row: the database writes it and the driver reads it. A value that was not read is blank
//! in the record and not used: a selection with a field that has no column list reads all columns.

use sea_orm::{
    EntityName, EntityTrait, IdenStatic,
    sea_query::{Expr, SelectStatement},
};

use super::cells::Record;

/// A column of a record, and the fields of the API that are answered from it.
pub struct Read<C> {
    /// The column.
    pub column: C,
    fields: &'static [&'static str],
    always: bool,
}

/// A column that is read in any case. The fields are those that it is enough for.
pub const fn always<C>(column: C, fields: &'static [&'static str]) -> Read<C> {
    Read { column, fields, always: true }
}

/// A column that is read for these fields. One without fields is a part of the whole record only.
pub const fn read_for<C>(column: C, fields: &'static [&'static str]) -> Read<C> {
    Read { column, fields, always: false }
}

/// Some columns of a record, by their places in [`Record::COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// All of them.
    pub const ALL: Self = Self(u64::MAX);
    /// None but those that are read in any case.
    pub const NONE: Self = Self(0);

    /// These columns and the others.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the column at a place is among them.
    #[must_use]
    pub const fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }

    /// How many columns of the record these are.
    #[must_use]
    pub fn width<R: Record>(self) -> usize {
        (0..R::COLUMNS.len()).filter(|place| self.has(*place)).count()
    }

    /// Those that are read in any case.
    #[must_use]
    pub fn always<R: Record>() -> Self {
        Self::those::<R>(|read| read.always)
    }

    /// What a field of the API is answered from: all columns, unless some name it.
    #[must_use]
    pub fn of_field<R: Record>(field: &str) -> Self {
        let named = Self::those::<R>(|read| read.fields.contains(&field));
        if named == Self::NONE && field != "__typename" { Self::ALL } else { named }
    }

    fn those<R: Record>(holds: impl Fn(&Read<ColumnOf<R>>) -> bool) -> Self {
        let places = R::COLUMNS.iter().enumerate().filter(|(_, read)| holds(read));
        Self(places.fold(0, |columns, (place, _)| columns | 1 << place))
    }
}

/// Adds the columns to a statement.
pub fn select<R: Record>(query: &mut SelectStatement, columns: Columns) {
    let entity = R::Entity::default();
    let table = entity.table_name();
    let mut list = String::with_capacity(32 * R::COLUMNS.len());
    for (_, read) in R::COLUMNS.iter().enumerate().filter(|(place, _)| columns.has(*place)) {
        let comma = if list.is_empty() { "" } else { ", " };
        // Names of this program, so there is nothing to escape. As one text they are written ten times as fast.
        for part in [comma, "\"", table, "\".\"", read.column.as_str(), "\""] {
            list.push_str(part);
        }
    }
    query.expr(Expr::cust(list));
}

/// The columns of a record's table.
pub type ColumnOf<R> = <<R as Record>::Entity as EntityTrait>::Column;
