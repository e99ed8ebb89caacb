//! Where the content of proof documents is kept (P1): an object store, a folder by default.

pub mod media_type;

use std::{path::PathBuf, sync::Arc};

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};

/// The store of documents. Content is written once under a key of its own and never changed.
#[derive(Clone, Debug)]
pub struct Documents {
    store: Arc<dyn ObjectStore>,
}

/// Why the store could not do what it was asked; the text is for the log, never for a client.
#[derive(Debug)]
pub struct DocumentsError(pub String);

impl From<object_store::Error> for DocumentsError {
    fn from(error: object_store::Error) -> Self {
        Self(error.to_string())
    }
}

impl Documents {
    /// Opens the store of a URL: `file://` and a folder, absolute or relative, which is made if it is not there.
    ///
    /// # Errors
    /// Another kind of URL, or a folder that cannot be made.
    pub fn open(url: &str) -> Result<Self, DocumentsError> {
        let folder = url
            .strip_prefix("file://")
            .filter(|folder| !folder.is_empty())
            .ok_or_else(|| DocumentsError(format!("{url:?} is not a file:// URL with a folder")))?;
        let folder = PathBuf::from(folder);
        std::fs::create_dir_all(&folder)
            .map_err(|error| DocumentsError(format!("cannot make the folder {}: {error}", folder.display())))?;
        Ok(Self { store: Arc::new(LocalFileSystem::new_with_prefix(folder)?) })
    }

    /// Writes content under a new key.
    ///
    /// # Errors
    /// The store's own.
    pub async fn put(&self, key: &str, content: Bytes) -> Result<(), DocumentsError> {
        self.store.put(&Path::from(key), PutPayload::from_bytes(content)).await?;
        Ok(())
    }

    /// Reads the content under a key.
    ///
    /// # Errors
    /// The store's own, also where nothing is there.
    pub async fn get(&self, key: &str) -> Result<Bytes, DocumentsError> {
        Ok(self.store.get(&Path::from(key)).await?.bytes().await?)
    }

    /// Removes the content under a key; nothing there is no error.
    ///
    /// # Errors
    /// The store's own.
    pub async fn delete(&self, key: &str) -> Result<(), DocumentsError> {
        match self.store.delete(&Path::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
