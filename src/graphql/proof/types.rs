//! The proof document.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use crate::{
    graphql::{
        actor::Actor,
        error::Failure,
        global_id::{self, Kind},
        loader::{Reader, loads_by_id},
        scalar::DateTime,
    },
    store::{Visible, documents, records},
};

/// A document that the caller sees.
#[derive(Clone, Debug)]
pub struct ProofDocument(pub records::Document);

impl From<records::Document> for ProofDocument {
    fn from(document: records::Document) -> Self {
        Self(document)
    }
}

/// A file that proves what the partner did. Its content never changes.
#[Object]
impl ProofDocument {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::ProofDocument, self.0.id)
    }

    /// The file's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The media type, found by the content and not by the name.
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// The size in bytes.
    async fn size(&self) -> i32 {
        i32::try_from(self.0.size).unwrap_or(i32::MAX)
    }

    /// The SHA-256 of the content, in lower-case hexadecimal. Every download is checked against it.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// When it was uploaded.
    async fn uploaded_at(&self) -> DateTime {
        self.0.uploaded_at.into()
    }

    /// Who uploaded it.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<Actor, Failure> {
        Ok(Actor::shown_to(Reader::of(ctx)?, &self.0.uploaded_by))
    }

    /// Where to download it with the same token (scope `claims:read`): a path on this server, or an absolute URL where
    /// the server knows its own.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, Failure> {
        let base = Reader::of(ctx)?.app.public_url().unwrap_or_default();
        let id = global_id::encode(Kind::ProofDocument, self.0.id);
        Ok(format!("{base}/documents/{}", id.as_str()))
    }
}

loads_by_id! {
    /// The documents of a claim, by the claim's id.
    DocumentsOf(Visible<Uuid>) => Vec<records::Document>,
    |reader, ids| documents::of_claims(reader.db(), &reader.caller, &ids).await?
}

crate::graphql::at_hand::nothing_at_hand!(ProofDocument);
