//! Where the content of proof documents is kept (P1): an object store, a folder by default.
//!
//! Nothing here holds a document whole: uploads are received into temporary files ([`Receiving`]) and then put in place,
//! downloads are read piece by piece ([`Content`]).

mod address;
mod content;
mod error;
mod incoming;
mod keep;
mod list;
pub mod media_type;
mod place;

use std::{future::Future, ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use object_store::{ObjectStoreExt, PutPayload, path::Path};
use tokio::sync::Semaphore;

pub use address::{Addresses, Disposition, Opened};
pub use content::{Content, ContentError};
pub use error::{DocumentsError, SettingError};
pub use incoming::{Received, Receiving};
pub use list::Kept;
use place::Place;

/// The timeout of an operation of the store, retries included: less than a request's (10 s), so that clients get an
/// error about the store instead of a timeout.
const TIMEOUT: Duration = Duration::from_secs(8);

/// The key of what [`Documents::check`] writes and removes; no document has such a key.
const PROBE: &str = "cpor-start-check";

/// The store of documents. Content is written once under a key of its own and never changed.
#[derive(Clone, Debug)]
pub struct Documents {
    place: Place,
    /// One permit: files are looked at one at a time.
    looks: Arc<Semaphore>,
    /// How many parts of files may be in memory, on their way into a bucket.
    sending: Arc<Semaphore>,
}

impl Documents {
    /// Opens the store of a URL: `file://` and a folder, absolute or relative, which is made if it is not there; or
    /// `s3://bucket[/prefix]`, with credentials, region and endpoint from the standard `AWS_*` environment variables.
    ///
    /// # Errors
    /// The error in the URL or the variables. Nothing is asked of an S3 store yet.
    pub fn open(url: &str) -> Result<Self, SettingError> {
        Ok(Self::at(place::open(url)?))
    }

    fn at(place: Place) -> Self {
        Self { place, looks: Arc::new(Semaphore::new(1)), sending: Arc::new(Semaphore::new(keep::PARTS_AT_ONCE)) }
    }

    /// A store in memory.
    #[cfg(test)]
    #[must_use]
    pub fn in_memory() -> Self {
        Self::at(Place::elsewhere(Arc::new(object_store::memory::InMemory::new())))
    }

    /// Writes a little and deletes it again, to check at the start whether the store is writable. A store that does not
    /// respond now is not an error, since it may respond later; it is logged.
    ///
    /// # Errors
    /// If the store refuses access, or the bucket or folder does not exist.
    pub async fn check(&self) -> Result<(), SettingError> {
        let written = self.put(PROBE, Bytes::from_static(b"cpor")).await;
        let done = match written {
            Ok(()) => self.delete(PROBE).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => Ok(()),
            Err(DocumentsError::Unavailable(why)) => {
                tracing::warn!(
                    why,
                    "the document store does not respond; uploads and downloads are refused until it does"
                );
                Ok(())
            }
            Err(DocumentsError::Gone(why) | DocumentsError::Refused(why)) => Err(SettingError::refused(&why)),
        }
    }

    /// Begins to receive a file, of which at most `limit` bytes are stored, and one more if it is larger.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub async fn receive(&self, limit: u64) -> Result<Receiving, DocumentsError> {
        Receiving::begin(Arc::clone(&self.place.incoming), Arc::clone(&self.looks), limit).await
    }

    /// Writes content under a new key.
    ///
    /// # Errors
    /// The store's own.
    pub async fn put(&self, key: &str, content: Bytes) -> Result<(), DocumentsError> {
        let path = Path::from(key);
        bounded(self.place.store.put(&path, PutPayload::from_bytes(content))).await?;
        Ok(())
    }

    /// Reads a part of the content under a key, which must have this hash.
    ///
    /// # Errors
    /// The store's own, also where nothing is there.
    pub async fn read(&self, key: &str, sha256: &str, part: Range<u64>) -> Result<Content, DocumentsError> {
        let path = Path::from(key);
        let found = bounded(self.place.store.get(&path)).await?;
        Ok(Content::new(found.payload, sha256, part))
    }

    /// Deletes the content under a key; it is not an error if there is none.
    ///
    /// # Errors
    /// The store's own.
    pub async fn delete(&self, key: &str) -> Result<(), DocumentsError> {
        match bounded(self.place.store.delete(&Path::from(key))).await {
            Ok(()) | Err(DocumentsError::Gone(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// What the store does, as long as it does not take too long.
async fn bounded<T>(doing: impl Future<Output = object_store::Result<T>>) -> Result<T, DocumentsError> {
    match tokio::time::timeout(TIMEOUT, doing).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(DocumentsError::Unavailable(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}
