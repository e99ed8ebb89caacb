//! Content without a document: left by a server that was killed, or lost its database, between storing an upload's
//! content and committing its row (P1).
//!
//! It is harmless but takes space. It is deleted after an hour: no upload takes that long, so its row will never be
//! committed.

use domain::time::Timestamp;
use futures_util::{
    TryStreamExt,
    stream::{BoxStream, TryChunks},
};

use super::{App, AppError};
use crate::{
    documents::{DocumentsError, Kept},
    store,
};

/// How old content is before it is known that its row does not come.
const HOUR_MICROS: i64 = 60 * 60 * 1_000_000;

/// How many keys are looked up at once.
const STRIDE: usize = 500;

/// Content without a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// How many.
    pub count: u64,
    /// Their size together, in bytes.
    pub bytes: u64,
}

impl App {
    /// Removes content without a document that is at least an hour old, and the temporary files of uploads that are;
    /// returns how much content there was. The machine's clock decides, not a sandbox's: moving that does not make an
    /// upload end sooner.
    ///
    /// # Errors
    /// Database errors, and those of the document store.
    pub async fn collect_strays(&self) -> Result<Strays, AppError> {
        let before = Timestamp::from_micros(self.clock().unmoved().micros().saturating_sub(HOUR_MICROS));
        let Ok(before) = before else { return Ok(Strays::default()) };
        self.documents().forget_uploads_before(before).await?;
        let mut removed = Strays::default();
        let mut all = self.documents().all().try_chunks(STRIDE);
        while let Some(strays) = self.next_strays(&mut all).await? {
            for stray in strays {
                if stray.written_at <= before {
                    self.documents().delete(&stray.key).await?;
                    removed.count(&stray);
                }
            }
        }
        if removed.count > 0 {
            tracing::info!(removed.count, removed.bytes, "content without a document was deleted");
        }
        Ok(removed)
    }

    /// Counts content without a document, however old.
    ///
    /// # Errors
    /// As [`App::collect_strays`].
    pub async fn strays(&self) -> Result<Strays, AppError> {
        let mut found = Strays::default();
        let mut all = self.documents().all().try_chunks(STRIDE);
        while let Some(strays) = self.next_strays(&mut all).await? {
            for stray in &strays {
                found.count(stray);
            }
        }
        Ok(found)
    }

    /// Those of the next content that no document has; nothing at the end.
    async fn next_strays(&self, all: &mut Chunks) -> Result<Option<Vec<Kept>>, AppError> {
        let chunk = match all.try_next().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(None),
            Err(failed) => return Err(failed.1.into()),
        };
        let keys = chunk.iter().map(|kept| kept.key.clone()).collect();
        let known = store::documents::known_keys(self.db(), keys).await?;
        Ok(Some(chunk.into_iter().filter(|kept| !known.contains(&kept.key)).collect()))
    }
}

/// The stored content, in batches.
type Chunks = TryChunks<BoxStream<'static, Result<Kept, DocumentsError>>>;

impl Strays {
    fn count(&mut self, stray: &Kept) {
        self.count += 1;
        self.bytes += stray.size;
    }
}
