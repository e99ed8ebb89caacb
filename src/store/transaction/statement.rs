//! The text of one statement that stores rows of several tables, with its values.

use std::fmt::Write;

use sea_orm::{ActiveModelTrait, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable, Statement, Value};

/// Rows of one table.
#[derive(Clone, Debug)]
pub(super) struct Insert {
    pub(super) table: &'static str,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Vec<Value>>,
}

impl Insert {
    /// The rows, whose columns are those that the first one sets; `None` if there are none.
    pub(super) fn of<A: ActiveModelTrait>(rows: impl IntoIterator<Item = A>) -> Option<Self> {
        type Column<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;
        let mut rows = rows.into_iter().peekable();
        let first = rows.peek()?;
        let columns: Vec<Column<A>> = Column::<A>::iter().filter(|column| first.get(*column).is_set()).collect();
        let values = |row: A| columns.iter().filter_map(|column| row.get(*column).into_value()).collect();
        let rows = rows.map(values).collect();
        let table = A::Entity::default().table_name();
        Some(Self { table, columns: columns.iter().map(IdenStatic::as_str).collect(), rows })
    }

    /// Inserts them where the statement before has changed or inserted something.
    pub(super) fn where_changed(&self, sql: &mut Sql) {
        let _ = write!(sql.text, "INSERT INTO \"{}\" (", self.table);
        sql.names("", &self.columns);
        sql.text.push_str(") SELECT ");
        if let [row] = &self.rows[..] {
            sql.values(row.iter().cloned());
        } else {
            sql.text.push_str("* FROM (VALUES ");
            for (place, row) in self.rows.iter().enumerate() {
                sql.text.push_str(if place == 0 { "(" } else { ", (" });
                sql.values(row.iter().cloned());
                sql.text.push(')');
            }
            sql.text.push(')');
        }
        sql.text.push_str(" WHERE changes() > 0");
    }
}

/// A text with its values. Its shape follows from the columns, the number of rows and who counts, not from values, so that there are few texts, and
/// each is prepared once a connection.
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(beginning: &str) -> Self {
        let mut text = String::with_capacity(2_048);
        text.push_str(beginning);
        Self { text, values: Vec::with_capacity(64) }
    }

    pub(super) fn into_statement(self, backend: DbBackend) -> Statement {
        Statement::from_sql_and_values(backend, self.text, self.values)
    }

    /// Adds a value and returns its placeholder.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Adds values and writes their placeholders.
    pub(super) fn values(&mut self, values: impl IntoIterator<Item = Value>) {
        for (place, value) in values.into_iter().enumerate() {
            self.values.push(value);
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(self.text, "{comma}${}", self.values.len());
        }
    }

    /// Writes the names of columns, each after the same text.
    pub(super) fn names(&mut self, before: &str, columns: &[&str]) {
        for (place, column) in columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(self.text, "{comma}{before}\"{column}\"");
        }
    }

    /// Writes rows as a table of this name with these columns, after the column `of`: the placeholder of the claim that a row is of.
    pub(super) fn rows<'a>(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: impl Iterator<Item = (&'a str, Vec<Value>)>,
    ) {
        self.text.push_str("(VALUES ");
        for (place, (of, row)) in rows.enumerate() {
            let _ = write!(self.text, "{}{of}, ", if place == 0 { "(" } else { ", (" });
            self.values(row);
            self.text.push(')');
        }
        let _ = write!(self.text, ") AS \"{table}\" (\"of\", ");
        self.names("", columns);
        self.text.push(')');
    }
}
