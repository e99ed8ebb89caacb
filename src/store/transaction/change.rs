//! A change of one claim in one statement: its row, of which only the columns that differ are written, and all rows that
//! are added with it: comments, a document, notices, an idempotency key, history.
//!
//! The statement begins with the head of the claim's history, and stores nothing where that is not as long as it was when the
//! claim was read. Every change of a claim, its lines, its documents or its associations adds to that history, so what was
//! decided on the claim as it was read is never stored on top of anything else. The head is in `claim_activity`: a comment writes
//! that narrow row, and not the claim with its many indexes.
//!
//! The statement itself is written in the modules `postgres` and `sqlite`. Changes of several claims that wait for a
//! connection at the same time are stored together (`together`).

use domain::{claim::Claim, kinds::ClaimStatus};
use entity::{claim, comment, history};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityName, IdenStatic, Value};
use uuid::Uuid;

use super::{
    postgres::{self, Locks},
    sqlite,
    statement::Insert,
    together,
};
use crate::store::{
    Db, Reads, StoreError, Transaction,
    claims::write::Snapshot,
    history::{
        tally,
        write::{Activity, Head, Placed},
    },
    writer,
};

/// The rows to store for a change of one claim.
#[derive(Clone, Debug)]
pub struct ClaimChange {
    pub(super) claim_id: Uuid,
    pub(super) tenant_id: Uuid,
    /// How long the history was when the claim was read.
    pub(super) length: i32,
    pub(super) head: Head,
    pub(super) activity: Activity,
    pub(super) columns: Vec<(claim::Column, Value)>,
    pub(super) inserts: Vec<Insert>,
    /// The history comes last: nothing is inserted where the claim was not changed.
    pub(super) entries: Option<Insert>,
    /// What the entries add to `history_tally`; nothing if reviewers do not see the claim.
    pub(super) counted: Option<Insert>,
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
        let statement =
            if transaction.is_postgres() { postgres::statement(&[self], Locks::Held) } else { sqlite::statement(self) };
        found_as_read(!transaction.connection().query_all_raw(statement).await?.is_empty())
    }

    /// Stores the change in a transaction of its own, or in one with others that wait for a connection, in one message to the
    /// database. It waits for no lock on the claim.
    ///
    /// # Errors
    /// [`StoreError::Retry`] where the claim is locked or no longer as it was read, and where the database refuses what others
    /// store with it; otherwise as [`ClaimChange::store`].
    pub async fn store_at_once(&self, db: &Db) -> Result<(), StoreError> {
        if writer::is_busy(db) {
            return found_as_read(together::store(db, self).await?);
        }
        let statement = || Some(together::statement(db, &[self]));
        found_as_read(!writer::query(db, statement).await?.is_empty())
    }

    /// What the text of the change's statement follows from: changes with the same shape can be stored together.
    pub(super) fn shape(&self) -> Vec<&'static str> {
        let mut shape: Vec<&'static str> = self.times().map(|(column, _)| column).collect();
        shape.push("");
        shape.extend(self.columns.iter().map(|(column, _)| column.as_str()));
        // Whether and how it is counted follows from the comments among its rows, and from this.
        shape.push(self.counted.as_ref().map_or("", |counted| counted.table));
        for insert in self.inserts.iter().chain(&self.entries) {
            // A mark for each row.
            let rows = std::iter::repeat_n("", insert.rows.len());
            shape.extend(rows.chain([insert.table]).chain(insert.columns.iter().copied()));
        }
        shape
    }

    /// What the change adds to `comment_tally`; nothing if reviewers do not see the claim.
    pub(super) fn comments(&self) -> Option<Insert> {
        self.counted.as_ref()?;
        let of_comments = |insert: &&Insert| insert.table == comment::Entity.table_name();
        let n: usize = self.inserts.iter().filter(of_comments).map(|insert| insert.rows.len()).sum();
        let n = i64::try_from(n).ok().filter(|n| *n > 0)?;
        Some(Insert { table: "comment_tally", columns: vec![tally::COUNTED], rows: vec![vec![n.into()]] })
    }

    /// The columns of `claim_activity` that follow from the times of the entries, and what they become unless they are later.
    pub(super) fn times(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let Activity { at, shared_at, moved_at } = self.activity;
        let times = [("at", at), ("shared_at", shared_at), ("moved_at", moved_at)];
        times.into_iter().filter_map(|(column, time)| Some((column, time?.micros().into())))
    }
}

fn found_as_read(is_stored: bool) -> Result<(), StoreError> {
    if is_stored { Ok(()) } else { Err(StoreError::Retry) }
}
