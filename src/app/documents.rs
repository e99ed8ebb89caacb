//! Receiving and downloading proof documents (P1): authorized like the claim or by a signed address (P2), checked against
//! their hash.

use std::ops::Range;

use bytes::Bytes;
use domain::{caller::Caller, kinds::Scope};
use futures_util::stream::{self, BoxStream, StreamExt};
use uuid::Uuid;

use super::{App, AppError};
use crate::{
    documents::{Content, ContentError, Disposition, Documents, Receiving},
    store::{self, documents::Document},
};

/// A document that the caller may read.
#[derive(Clone, Debug)]
pub struct Download {
    /// The document.
    id: Uuid,
    /// The display name.
    pub name: String,
    /// The media type that was found by content.
    pub media_type: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// The size of the content in bytes.
    pub size: u64,
    key: String,
    documents: Documents,
}

/// A document that a signed address opens (P2).
#[derive(Clone, Debug)]
pub struct Addressed {
    /// The document.
    pub document: Download,
    /// How a browser may show the content.
    pub disposition: Disposition,
    /// An opaque name of the caller who requested the address, for its limits.
    pub maker: String,
}

/// The pieces of a download. An error means that the connection must be closed: the rest does not match the upload, or
/// cannot be read.
pub type Pieces = BoxStream<'static, Result<Bytes, Cut>>;

/// A download cannot continue. The reason is in the log.
#[derive(Clone, Copy, Debug)]
pub struct Cut;

impl Download {
    /// A document in this store.
    #[must_use]
    pub fn new(document: Document, documents: Documents) -> Self {
        Self {
            id: document.id,
            name: document.name,
            media_type: document.media_type,
            sha256: document.sha256,
            size: u64::try_from(document.size).unwrap_or(0),
            key: document.storage_key,
            documents,
        }
    }

    /// Opens a part of the content, and reads on until the first piece may be sent. The content is hashed from its beginning
    /// to its end, whatever the part; see [`Content`].
    ///
    /// # Errors
    /// An internal error if the content is missing, or already known not to match its upload; errors of the document
    /// store.
    pub async fn content(&self, part: Range<u64>) -> Result<Pieces, AppError> {
        let mut content = self.documents.read(&self.key, &self.sha256, part).await?;
        let first = content.next().await.map_err(|error| self.error(error))?;
        let Some(first) = first else { return Ok(stream::empty().boxed()) };
        let rest = stream::unfold(Some((self.clone(), content)), next);
        Ok(stream::once(std::future::ready(Ok(first))).chain(rest).boxed())
    }

    fn error(&self, error: ContentError) -> AppError {
        match error {
            ContentError::Store(error) => error.into(),
            ContentError::Damaged => {
                AppError::Internal(format!("the content of document {} does not match its upload", self.id))
            }
        }
    }
}

/// The next piece of a download, and what is left after it.
async fn next(left: Option<(Download, Content)>) -> Option<(Result<Bytes, Cut>, Option<(Download, Content)>)> {
    let (download, mut content) = left?;
    match content.next().await {
        Ok(Some(piece)) => Some((Ok(piece), Some((download, content)))),
        Ok(None) => None,
        Err(error) => {
            tracing::error!(document = %download.id, error = ?download.error(error), "a download was aborted");
            Some((Err(Cut), None))
        }
    }
}

impl App {
    /// Begins to receive a file of an upload.
    ///
    /// # Errors
    /// When it cannot be kept, for instance because the disk is full.
    pub async fn receive(&self) -> Result<Receiving, AppError> {
        Ok(self.documents().receive(self.policy().documents.max_size_bytes()).await?)
    }

    /// Finds a document for the caller; `None` if it does not exist or its claim is not visible to the caller (A4).
    ///
    /// # Errors
    /// `FORBIDDEN` without `claims:read`; database errors.
    pub async fn open_document(&self, caller: &Caller, id: Uuid) -> Result<Option<Download>, AppError> {
        if !caller.has(Scope::ClaimsRead) {
            return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::ClaimsRead)));
        }
        let found = store::documents::by_ids(self.db(), caller, &[id]).await?.pop();
        Ok(found.map(|document| Download::new(document, self.documents().clone())))
    }

    /// The token of an address that opens the document for five minutes of real time, for any holder (P2). The caller must see
    /// the document.
    #[must_use]
    pub fn sign_address(&self, caller: &Caller, document: Uuid, disposition: Disposition) -> String {
        self.addresses().sign(document, disposition, &caller.subject, self.clock().unmoved())
    }

    /// Finds the document that a signed address opens; nothing where the token is forged, expired or another document's, or
    /// the document is gone.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_address(&self, id: Uuid, token: &str) -> Result<Option<Addressed>, AppError> {
        let Some(opened) = self.addresses().open(id, token, self.clock().unmoved()) else { return Ok(None) };
        let found = store::documents::by_address(self.db(), id).await?;
        Ok(found.map(|document| Addressed {
            document: Download::new(document, self.documents().clone()),
            disposition: opened.disposition,
            maker: opened.maker,
        }))
    }
}
