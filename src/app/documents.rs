//! Downloading proof documents (P1): authorised like the claim, checked against their hash.

use bytes::Bytes;
use domain::{caller::Caller, history::hex, kinds::Scope};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{App, AppError};
use crate::store;

/// A document with its content.
#[derive(Clone, Debug)]
pub struct Download {
    /// The display name.
    pub name: String,
    /// The media type that was found by content.
    pub media_type: String,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: String,
    /// The content.
    pub content: Bytes,
}

impl App {
    /// Opens a document for the caller; nothing where it is not there or its claim is not in reach (A4).
    ///
    /// # Errors
    /// `FORBIDDEN` without `claims:read`; a fault when the content is gone or is not what was uploaded.
    pub async fn open_document(&self, caller: &Caller, id: Uuid) -> Result<Option<Download>, AppError> {
        if !caller.has(Scope::ClaimsRead) {
            return Err(AppError::Forbidden(format!("This needs the scope {}.", Scope::ClaimsRead)));
        }
        let Some(document) = store::documents::by_ids(self.db(), caller, &[id]).await?.pop() else { return Ok(None) };
        let content = self.documents().get(&document.storage_key).await?;
        if hex(&Sha256::digest(&content)) != document.sha256 {
            return Err(AppError::Internal(format!("the content of document {id} is not what was uploaded")));
        }
        Ok(Some(Download { name: document.name, media_type: document.media_type, sha256: document.sha256, content }))
    }
}
