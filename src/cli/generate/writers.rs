//! Writes generated rows while the next ones are generated.
//!
//! PostgreSQL takes several batches at once, each on a connection of its own: it spends ten times as long on a batch as the
//! generator does. SQLite has one writer. Batches do not depend on each other: each has whole customers.

use tokio::task::JoinSet;

use super::{Pending, ROWS, span};
use crate::{
    app::AppError,
    cli::{error::CliError, progress::Progress},
    store::{Db, StoreError, directory::Loadable},
};

/// How many batches PostgreSQL takes at once.
const AT_ONCE: usize = 3;

/// The batches that are being written.
pub(super) struct Writers {
    db: Db,
    progress: Progress,
    running: JoinSet<Result<u64, StoreError>>,
    written: u64,
}

impl Writers {
    pub(super) fn new(db: Db, progress: Progress) -> Self {
        Self { db, progress, running: JoinSet::new(), written: 0 }
    }

    /// Begins to write a batch, as soon as one of those before it is written if there are many.
    ///
    /// # Errors
    /// The database's, for an earlier batch.
    pub(super) async fn write(&mut self, pending: Pending) -> Result<(), CliError> {
        let most = if self.db.is_postgres() { AT_ONCE } else { 1 };
        if self.running.len() >= most {
            self.next().await?;
        }
        let db = self.db.clone();
        self.running.spawn(async move { pending.write(&db).await });
        Ok(())
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn end(mut self) -> Result<(), CliError> {
        while !self.running.is_empty() {
            self.next().await?;
        }
        self.progress.end();
        Ok(())
    }

    async fn next(&mut self) -> Result<(), CliError> {
        let Some(done) = self.running.join_next().await else { return Ok(()) };
        let claims = done.map_err(|error| AppError::Internal(format!("a batch was not written: {error}")))?;
        self.written += claims.map_err(AppError::from)?;
        self.progress.at(self.written);
        Ok(())
    }
}

impl Pending {
    /// Writes the rows: customers and subscriptions first, claims and entries in the order of their times. Returns how many
    /// claims there were.
    async fn write(self, db: &Db) -> Result<u64, StoreError> {
        let Self { customers, subscriptions, mut batch } = self;
        let claims = u64::try_from(batch.claims.len()).unwrap_or(0);
        batch.claims.sort_by_key(|(claim, _)| claim.id);
        batch.comments.sort_by_key(|comment| comment.id);
        // Stable: entries of one claim and one time stay in their order.
        batch.entries.sort_by_key(|(entry, _)| entry.at);
        let transaction = db.begin().await?;
        for rows in customers.chunks(ROWS) {
            Loadable::write(&transaction, rows, span::begin()).await?;
        }
        for rows in subscriptions.chunks(ROWS) {
            Loadable::write(&transaction, rows, span::begin()).await?;
        }
        transaction.commit().await?;
        batch.insert(db).await?;
        Ok(claims)
    }
}
