//! The text of one statement that stores rows of several tables, with its values.

use std::fmt::Write;

use sea_orm::{ActiveModelTrait, EntityName, EntityTrait, IdenStatic, Iterable, Value};

/// Rows of one table.
#[derive(Debug)]
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

    /// Inserts them for each row of `changed`, which is one or none.
    pub(super) fn for_each_changed(&self, sql: &mut Sql) {
        self.into(sql);
        if let [row] = &self.rows[..] {
            self.values(sql, row);
            sql.text.push_str(" FROM \"changed\"");
            return;
        }
        sql.text.push_str("\"row\".* FROM \"changed\", (");
        self.table(sql);
        sql.text.push_str(") AS \"row\" (");
        self.names(sql);
        sql.text.push(')');
    }

    /// Inserts them where the statement before has changed or inserted something.
    pub(super) fn where_changed(&self, sql: &mut Sql) {
        self.into(sql);
        if let [row] = &self.rows[..] {
            self.values(sql, row);
        } else {
            sql.text.push_str("* FROM (");
            self.table(sql);
            sql.text.push(')');
        }
        sql.text.push_str(" WHERE changes() > 0");
    }

    fn into(&self, sql: &mut Sql) {
        let _ = write!(sql.text, "INSERT INTO \"{}\" (", self.table);
        self.names(sql);
        sql.text.push_str(") SELECT ");
    }

    fn names(&self, sql: &mut Sql) {
        for (place, column) in self.columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(sql.text, "{comma}\"{column}\"");
        }
    }

    fn table(&self, sql: &mut Sql) {
        sql.text.push_str("VALUES ");
        for (place, row) in self.rows.iter().enumerate() {
            sql.text.push_str(if place == 0 { "(" } else { ", (" });
            self.values(sql, row);
            sql.text.push(')');
        }
    }

    #[expect(clippy::unused_self, reason = "beside its siblings")]
    fn values(&self, sql: &mut Sql, row: &[Value]) {
        for (place, value) in row.iter().enumerate() {
            let value = sql.bind(value.clone());
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(sql.text, "{comma}{value}");
        }
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
        let mut text = String::with_capacity(1_024);
        text.push_str(beginning);
        Self { text, values: Vec::with_capacity(48) }
    }

    /// Adds a value and returns its placeholder.
    pub(super) fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}
