//! An uploaded file on its way to become a document (P1).

use domain::{caller::Actor, lifecycle::NewDocument, time::Timestamp};
use uuid::Uuid;

use super::{Answer, Change, Upload, ask::Ask, attempt::Failure};
use crate::{
    app::{App, AppError},
    ids,
    store::records::Document,
};

/// An uploaded file, looked at once: what it is, and the key its content will have.
#[derive(Clone, Debug)]
pub(in crate::app) struct Stored {
    pub(super) file: Upload,
    pub(super) document: NewDocument,
    pub(super) key: String,
}

impl Stored {
    /// The file of an upload; nothing for any other change.
    pub(super) fn of(change: &Change) -> Option<Self> {
        let Change::AttachProof { file } = change else { return None };
        let document = NewDocument {
            id: ids::new(),
            name: domain::proof::clean_name(&file.name),
            media_type: file.content.media_type.map(str::to_owned),
            size: file.content.size,
            sha256: file.content.sha256.clone(),
        };
        Some(Self { file: file.clone(), key: document.id.to_string(), document })
    }

    /// The document it would become.
    pub(super) fn document(&self) -> NewDocument {
        self.document.clone()
    }

    /// The row of the document.
    pub(super) fn record(&self, claim_id: Uuid, by: Actor, at: Timestamp) -> Document {
        Document {
            id: self.document.id,
            claim_id,
            name: self.document.name.clone(),
            media_type: self.document.media_type.clone().unwrap_or_default(),
            size: i64::try_from(self.document.size).unwrap_or(i64::MAX),
            sha256: self.document.sha256.clone(),
            storage_key: self.key.clone(),
            uploaded_at: at,
            uploaded_by: by,
        }
    }
}

impl App {
    /// Attaches a document. Its content is stored between two transactions, so that no transaction waits for the
    /// document store while it holds locks: the first checks whether the document would be accepted, the second
    /// attaches it.
    pub(super) async fn upload(&self, ask: &Ask<'_>, stored: &Stored) -> Result<Answer, Failure> {
        if let Some(before) = self.try_without_storing(ask).await? {
            return Ok(before);
        }
        self.documents().keep(&stored.key, &stored.file.content).await?;
        let done = self.make(ask).await;
        let is_unused = match &done {
            Ok(answer) => answer.document.as_ref().is_none_or(|document| document.id != stored.document.id),
            // The connection may have broken after the commit: content too many is a smaller evil than a document without,
            // and is collected once it is an hour old.
            Err(Failure::App(AppError::Unavailable(_))) => false,
            Err(Failure::Store(error)) => !error.is_unavailable(),
            Err(_) => true,
        };
        if is_unused {
            self.remove_content(&stored.key).await;
        }
        done
    }
}
