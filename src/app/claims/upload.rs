//! An uploaded file on its way to become a document (P1).

use domain::{caller::Actor, lifecycle::NewDocument, time::Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Change, Upload};
use crate::{documents::media_type, ids, store::records::Document};

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
            media_type: media_type::detect(&file.content).map(str::to_owned),
            size: file.size,
            sha256: domain::history::hex(&Sha256::digest(&file.content)),
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
