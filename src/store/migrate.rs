//! The schema's steps, for the start of a server and for `cpor migrate`.

pub use migration::Step;

use super::{Db, StoreError};

impl Db {
    /// Applies all pending migrations; servers that start together wait for each other. A history that was restored
    /// from another cluster gets a new epoch (H2), and texts get the forms of this release (L14, L15).
    ///
    /// # Errors
    /// If a migration fails, or the database has one that this program does not know; then nothing was changed.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        migration::up(&self.write).await?;
        migration::epoch::adopt(&self.write).await?;
        self.renew_forms().await
    }

    /// Whether the history comes from another cluster and has not been adopted yet; [`Db::migrate_up`] does that (H2).
    ///
    /// # Errors
    /// Database errors.
    pub async fn is_behind(&self) -> Result<bool, StoreError> {
        Ok(migration::epoch::is_behind(&self.write).await?)
    }

    /// Takes back the newest `steps` steps, with everything that their tables hold.
    ///
    /// # Errors
    /// As [`Db::migrate_up`].
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        Ok(migration::down(&self.write, steps).await?)
    }

    /// Every step, oldest first, and whether this database has it; those of a newer release last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn migrations(&self) -> Result<Vec<Step>, StoreError> {
        Ok(migration::status(&self.write).await?)
    }

    /// Whether the database has every step of the schema.
    ///
    /// # Errors
    /// As [`Db::migrations`].
    pub async fn ready(&self) -> Result<bool, StoreError> {
        Ok(!migration::pending(&self.write).await?)
    }
}

/// Whether a server on this database could answer: it can be read, and has every step of the schema.
///
/// # Errors
/// Why not.
pub async fn ready(db: &Db) -> Result<(), StoreError> {
    if db.ready().await? {
        Ok(())
    } else {
        let why = "migrations are missing: run `cpor migrate up`";
        Err(StoreError::Unavailable(why.to_owned()))
    }
}
