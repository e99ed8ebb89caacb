//! A change of one claim in one statement: its row, of which only the columns that differ are written, and all rows that
//! are added with it: comments, a document, notices, an idempotency key, history.
//!
//! The statement begins with the head of the claim's history, and stores nothing where that is not as long as it was when the
//! claim was read. Every change of a claim, its lines, its documents or its associations adds to that history, so what was
//! decided on the claim as it was read is never stored on top of anything else. The head is in `claim_activity`: a comment writes
//! that narrow row, and not the claim with its many indexes.
//!
//! On PostgreSQL a statement that is a transaction of its own also counts what it adds, which is cheaper than the triggers that
//! count what others add (`cpor.counts`).

use std::fmt::Write;

use domain::{claim::Claim, kinds::ClaimStatus};
use entity::{claim, comment, history};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityName, IdenStatic, Statement, Value,
};
use uuid::Uuid;

use super::{
    locks::{self, Lock},
    statement::{Insert, Sql},
};
use crate::{
    ids,
    store::{
        Db, Reads, StoreError, Transaction,
        claims::write::Snapshot,
        history::{
            tally,
            write::{Activity, Head, Placed},
        },
        writer,
    },
};

/// Of how many statements that could count what they add one leaves it to the triggers, which fold the counters as well.
const STATEMENTS_PER_FOLD: u64 = 64;

/// The rows to store for a change of one claim.
#[derive(Debug)]
pub struct ClaimChange {
    claim_id: Uuid,
    tenant_id: Uuid,
    /// How long the history was when the claim was read.
    length: i32,
    head: Head,
    activity: Activity,
    columns: Vec<(claim::Column, Value)>,
    inserts: Vec<Insert>,
    /// The history comes last: nothing is inserted where the claim was not changed.
    entries: Option<Insert>,
    /// What the entries add to `history_tally`; nothing if reviewers do not see the claim.
    counted: Option<Insert>,
}

impl ClaimChange {
    /// The change of a claim from what was read to what it becomes, which are these columns, with these entries of its history.
    #[must_use]
    pub fn new(read: &Snapshot, becomes: &Claim, mut columns: Vec<(claim::Column, Value)>, placed: Placed) -> Self {
        let Placed { head, activity, tally, rows } = placed;
        if !columns.is_empty() {
            columns.push((claim::Column::HistoryLength, read.head.length.into()));
            columns.push((claim::Column::HistoryHash, read.head.hash.clone().into()));
        }
        // Only drafts are deleted, and reviewers see none.
        let is_seen = becomes.status != ClaimStatus::Editing;
        let counted = Insert { table: "history_tally", columns: tally::COLUMNS.to_vec(), rows: tally };
        // Known here; otherwise a trigger looks it up.
        let partner_id = Set(Some(read.claim.partner_id));
        let rows = rows.into_iter().map(|row| history::ActiveModel { partner_id: partner_id.clone(), ..row });
        Self {
            claim_id: read.claim.id,
            tenant_id: read.claim.tenant_id,
            length: read.head.length,
            head,
            activity,
            columns,
            inserts: Vec::new(),
            entries: Insert::of(rows),
            counted: Some(counted).filter(|counted| is_seen && !counted.rows.is_empty()),
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

    /// Stores the change in a transaction of its own, in one message to the database. On PostgreSQL that is one statement, which takes
    /// the locks on the claim before it looks at the row: if it had to wait for them, it finds the row as the previous holder
    /// left it.
    ///
    /// # Errors
    /// As [`ClaimChange::store`].
    pub async fn store_at_once(&self, db: &Db) -> Result<(), StoreError> {
        if let Some(at_once) = &db.at_once {
            return self.run(at_once, Some(Lock::Shared)).await;
        }
        let Sql { text, values } = self.on_sqlite(true);
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, text, values);
        if writer::transact(db, statement).await?.is_empty() { Err(StoreError::Retry) } else { Ok(()) }
    }

    async fn run(&self, connection: &impl ConnectionTrait, lock: Option<Lock>) -> Result<(), StoreError> {
        let sql = match connection.get_database_backend() {
            DbBackend::Postgres => self.on_postgres(lock),
            _ => self.on_sqlite(false),
        };
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql.text, sql.values);
        let stored = connection.execute_raw(statement).await?;
        if stored.rows_affected() == 0 { Err(StoreError::Retry) } else { Ok(()) }
    }

    /// One statement with a data-modifying WITH for the head, the claim and each table. A row is inserted for each row of
    /// `changed`, which is one or none.
    fn on_postgres(&self, lock: Option<Lock>) -> Sql {
        let mut sql = Sql::new("WITH ");
        let changed = if self.columns.is_empty() { "changed" } else { "moved" };
        let counts = lock.is_some() && !ids::random().is_multiple_of(STATEMENTS_PER_FOLD);
        if let Some(lock) = lock {
            // Computed before the join with it, and so before the head's row is locked and gives the transaction its number.
            sql.text.push_str("\"held\" AS MATERIALIZED (SELECT ");
            let (tenant_id, claim_id) = (sql.bind(self.tenant_id.into()), sql.bind(self.claim_id.into()));
            let who_counts = if counts { "OWN" } else { "FOLD" };
            let (customer, claim) = (lock.customer(&tenant_id), locks::claim(&claim_id));
            let _ = write!(sql.text, "{customer}, {claim}, set_config('cpor.counts', '{who_counts}', true)), ");
        }
        let _ = write!(sql.text, "\"{changed}\" AS (");
        self.move_head(&mut sql, "GREATEST", if lock.is_some() { " FROM \"held\"" } else { "" });
        sql.text.push_str(" RETURNING \"claim_activity\".\"claim_id\" AS \"id\")");
        if !self.columns.is_empty() {
            sql.text.push_str(", \"changed\" AS (");
            self.update(&mut sql);
            sql.text.push_str(" FROM \"moved\" WHERE \"claim\".\"id\" = \"moved\".\"id\" RETURNING \"claim\".\"id\")");
        }
        let comments = self.comments().filter(|_| counts);
        let added = self.inserts.iter().chain(&comments).chain(self.counted.as_ref().filter(|_| counts));
        for (place, insert) in added.enumerate() {
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

    /// What the comments add to `comment_tally`; nothing if reviewers do not see the claim.
    fn comments(&self) -> Option<Insert> {
        self.counted.as_ref()?;
        let of_comments = |insert: &&Insert| insert.table == comment::Entity.table_name();
        let n: usize = self.inserts.iter().filter(of_comments).map(|insert| insert.rows.len()).sum();
        let n = i64::try_from(n).ok().filter(|n| *n > 0)?;
        Some(Insert { table: "comment_tally", columns: vec!["n"], rows: vec![vec![n.into()]] })
    }

    /// Several statements, sent and prepared as one. Each changes or inserts only where the one before it has. A text that is a
    /// transaction of its own returns a row if it has changed anything.
    fn on_sqlite(&self, is_alone: bool) -> Sql {
        let mut sql = Sql::new(if is_alone { "BEGIN IMMEDIATE; " } else { "" });
        self.move_head(&mut sql, "max", "");
        if is_alone {
            sql.text.push_str(" RETURNING \"claim_id\"");
        }
        if !self.columns.is_empty() {
            sql.text.push_str("; ");
            self.update(&mut sql);
            let id = sql.bind(self.claim_id.into());
            let _ = write!(sql.text, " WHERE \"id\" = {id} AND changes() > 0");
        }
        for insert in self.inserts.iter().chain(&self.entries) {
            sql.text.push_str("; ");
            insert.where_changed(&mut sql);
        }
        if is_alone {
            sql.text.push_str("; COMMIT");
        }
        sql
    }

    /// Moves the head on, and the times that the entries concern; `later` is the function that returns the later one of two.
    fn move_head(&self, sql: &mut Sql, later: &str, from: &str) {
        let (length, hash) = (sql.bind(self.head.length.into()), sql.bind(self.head.hash.clone().into()));
        let _ =
            write!(sql.text, "UPDATE \"claim_activity\" SET \"history_length\" = {length}, \"history_hash\" = {hash}");
        let Activity { at, shared_at, moved_at } = self.activity;
        for (column, time) in [("at", at), ("shared_at", shared_at), ("moved_at", moved_at)] {
            if let Some(time) = time {
                let time = sql.bind(time.micros().into());
                let _ = write!(sql.text, ", \"{column}\" = {later}(\"{column}\", {time})");
            }
        }
        let (id, length) = (sql.bind(self.claim_id.into()), sql.bind(self.length.into()));
        let _ = write!(sql.text, "{from} WHERE \"claim_id\" = {id} AND \"history_length\" = {length}");
    }

    fn update(&self, sql: &mut Sql) {
        sql.text.push_str("UPDATE \"claim\" SET ");
        for (place, (column, value)) in self.columns.iter().enumerate() {
            let value = sql.bind(value.clone());
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(sql.text, "{comma}\"{}\" = {value}", column.as_str());
        }
    }
}
