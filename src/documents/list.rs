//! Lists what is in the store, independent of the rows.

use std::{fs, io, time::SystemTime};

use domain::time::Timestamp;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};

use super::{Documents, DocumentsError, PROBE, error::blocking, place::INCOMING};

/// Content in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was written.
    pub written_at: Timestamp,
}

impl Documents {
    /// Everything that is kept, in no order.
    #[must_use]
    pub fn all(&self) -> BoxStream<'static, Result<Kept, DocumentsError>> {
        let listed = self.place.store.list(None).map_ok(|object| Kept {
            key: object.location.to_string(),
            size: object.size,
            written_at: jiff::Timestamp::from_microsecond(object.last_modified.timestamp_micros())
                .unwrap_or_default()
                .into(),
        });
        let is_content = |kept: &Kept| kept.key != PROBE && !kept.key.starts_with(INCOMING);
        listed
            .try_filter(move |kept| std::future::ready(is_content(kept)))
            .map(|kept| kept.map_err(DocumentsError::from))
            .boxed()
    }

    /// Removes temporary files that were last written to before this: of uploads that a process left when it was killed.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn forget_uploads_before(&self, before: Timestamp) -> Result<(), DocumentsError> {
        let folder = self.place.incoming.path().to_owned();
        blocking(move || {
            let entries = match fs::read_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                // Gone already where its upload has just ended, or another server was here.
                let Ok(written) = entry.metadata().and_then(|about| about.modified()) else { continue };
                if micros(written) < before.micros() {
                    drop(fs::remove_file(entry.path()));
                }
            }
            Ok(())
        })
        .await
    }
}

fn micros(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
