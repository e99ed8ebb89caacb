//! A change of one claim in one statement: its row, of which only the columns that differ are written, and all rows that
//! are added with it: comments, a document, notices, an idempotency key, history.
//!
//! The statement changes the claim only where its history is as long as it was when the claim was read. Every change of a
//! claim, its lines, its documents or its associations adds to that history, so what was decided on the claim as it was
//! read is never stored on top of anything else. Nothing is added where the claim is not changed.

use std::fmt::Write;

use entity::{claim, history};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityName, EntityTrait, IdenStatic, Iterable,
    Statement, Value,
};
use uuid::Uuid;

use super::locks::{self, Lock};
use crate::store::{Db, Reads, StoreError, Transaction, claims::write::Snapshot, history::write::Placed};

/// The rows to store for a change of one claim.
#[derive(Debug)]
pub struct ClaimChange {
    claim_id: Uuid,
    tenant_id: Uuid,
    /// How long the history was when the claim was read.
    length: i32,
    columns: Vec<(claim::Column, Value)>,
    inserts: Vec<Insert>,
    /// The history comes last: how many of its rows were inserted tells whether the claim was changed.
    entries: Option<Insert>,
}

/// Rows of one table.
#[derive(Debug)]
struct Insert {
    table: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl ClaimChange {
    /// The change of a claim from what was read to these columns, with these entries of its history.
    #[must_use]
    pub fn new(read: &Snapshot, mut columns: Vec<(claim::Column, Value)>, placed: Placed) -> Self {
        let Placed { head, rows } = placed;
        // Known here; otherwise a trigger looks it up.
        let partner_id = Set(Some(read.claim.partner_id));
        let rows = rows.into_iter().map(|row| history::ActiveModel { partner_id: partner_id.clone(), ..row });
        columns.push((claim::Column::HistoryLength, head.length.into()));
        columns.push((claim::Column::HistoryHash, head.hash.into()));
        Self {
            claim_id: read.claim.id,
            tenant_id: read.claim.tenant_id,
            length: read.head.length,
            columns,
            inserts: Vec::new(),
            entries: Insert::of(rows),
        }
    }

    /// Adds rows that are inserted with it.
    pub fn insert<A: ActiveModelTrait>(&mut self, rows: impl IntoIterator<Item = A>) {
        self.inserts.extend(Insert::of(rows));
    }

    /// Stores the change in a transaction that holds the locks on the claim.
    ///
    /// # Errors
    /// [`StoreError::Retry`] where the claim is no longer as it was read; [`StoreError::Unique`] when the external reference
    /// or the idempotency key was taken meanwhile.
    pub async fn store(&self, transaction: &Transaction) -> Result<(), StoreError> {
        self.run(transaction.connection(), None).await
    }

    /// Stores the change in a transaction of its own. On PostgreSQL that is this one statement, which takes the locks
    /// on the claim before it looks at the row: if it had to wait for them, it finds the row as the previous holder
    /// left it.
    ///
    /// # Errors
    /// As [`ClaimChange::store`].
    pub async fn store_at_once(&self, db: &Db) -> Result<(), StoreError> {
        if let Some(at_once) = &db.at_once {
            return self.run(at_once, Some(Lock::Shared)).await;
        }
        let transaction = db.begin().await?;
        self.store(&transaction).await?;
        transaction.commit().await
    }

    async fn run(&self, connection: &impl ConnectionTrait, lock: Option<Lock>) -> Result<(), StoreError> {
        let sql = match connection.get_database_backend() {
            DbBackend::Postgres => self.on_postgres(lock),
            _ => self.on_sqlite(),
        };
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql.text, sql.values);
        let stored = connection.execute_raw(statement).await?;
        if stored.rows_affected() == 0 { Err(StoreError::Retry) } else { Ok(()) }
    }

    /// One statement with a data-modifying WITH for the claim and for each table. A row is inserted for each row of
    /// `changed`, which is one or none.
    fn on_postgres(&self, lock: Option<Lock>) -> Sql {
        let mut sql = Sql::new("WITH ");
        if let Some(lock) = lock {
            // Computed before the join with it, and so before the claim's row is locked and gives the transaction its number.
            sql.text.push_str("\"held\" AS MATERIALIZED (SELECT ");
            let (tenant_id, claim_id) = (sql.bind(self.tenant_id.into()), sql.bind(self.claim_id.into()));
            let _ = write!(sql.text, "{}, {}), ", lock.customer(&tenant_id), locks::claim(&claim_id));
        }
        sql.text.push_str("\"changed\" AS (");
        self.update(&mut sql, if lock.is_some() { " FROM \"held\"" } else { "" });
        sql.text.push_str(" RETURNING \"claim\".\"id\")");
        for (place, insert) in self.inserts.iter().enumerate() {
            let _ = write!(sql.text, ", \"added{place}\" AS (");
            insert.for_each_changed(&mut sql);
            sql.text.push(')');
        }
        sql.text.push(' ');
        match &self.entries {
            Some(entries) => {
                entries.for_each_changed(&mut sql);
                if entries.rows.len() > 1 {
                    // The identity that orders the log is given in this order.
                    sql.text.push_str(" ORDER BY \"row\".\"seq\"");
                }
            }
            None => sql.text.push_str("SELECT \"id\" FROM \"changed\""),
        }
        sql
    }

    /// Several statements, sent and prepared as one. Each inserts only where the one before it has changed or inserted
    /// something.
    fn on_sqlite(&self) -> Sql {
        let mut sql = Sql::new("");
        self.update(&mut sql, "");
        for insert in self.inserts.iter().chain(&self.entries) {
            sql.text.push_str("; ");
            insert.where_changed(&mut sql);
        }
        sql
    }

    fn update(&self, sql: &mut Sql, from: &str) {
        sql.text.push_str("UPDATE \"claim\" SET ");
        for (place, (column, value)) in self.columns.iter().enumerate() {
            let value = sql.bind(value.clone());
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(sql.text, "{comma}\"{}\" = {value}", column.as_str());
        }
        let (id, length) = (sql.bind(self.claim_id.into()), sql.bind(self.length.into()));
        let _ = write!(sql.text, "{from} WHERE \"claim\".\"id\" = {id} AND \"claim\".\"history_length\" = {length}");
    }
}

impl Insert {
    /// The rows, whose columns are those that the first one sets; `None` if there are none.
    fn of<A: ActiveModelTrait>(rows: impl IntoIterator<Item = A>) -> Option<Self> {
        type Column<A> = <<A as ActiveModelTrait>::Entity as EntityTrait>::Column;
        let mut rows = rows.into_iter().peekable();
        let first = rows.peek()?;
        let columns: Vec<Column<A>> = Column::<A>::iter().filter(|column| first.get(*column).is_set()).collect();
        let values = |row: A| columns.iter().filter_map(|column| row.get(*column).into_value()).collect();
        let rows = rows.map(values).collect();
        let table = A::Entity::default().table_name();
        Some(Self { table, columns: columns.iter().map(IdenStatic::as_str).collect(), rows })
    }

    fn for_each_changed(&self, sql: &mut Sql) {
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

    fn where_changed(&self, sql: &mut Sql) {
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

/// A text with its values. Its shape follows from the columns and the number of rows only, so that there are few texts, and
/// each is prepared once a connection.
struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    fn new(beginning: &str) -> Self {
        let mut text = String::with_capacity(1_024);
        text.push_str(beginning);
        Self { text, values: Vec::with_capacity(48) }
    }

    /// Adds a value and returns its placeholder.
    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }
}
