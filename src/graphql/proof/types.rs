//! The proof document.

use async_graphql::{Context, Enum, ID, Object};
use domain::kinds::Scope;
use uuid::Uuid;

use crate::{
    graphql::{
        actor::Actor,
        error::ApiError,
        global_id::{self, Kind},
        guard,
        loader::{Reader, loads_by_id},
        scalar::DateTime,
    },
    store::{Visible, documents},
};

/// A document that the caller sees.
#[derive(Clone, Debug)]
pub struct ProofDocument(pub documents::Document);

impl From<documents::Document> for ProofDocument {
    fn from(document: documents::Document) -> Self {
        Self(document)
    }
}

/// A document that proves the partner's work. Its content never changes.
#[Object]
impl ProofDocument {
    /// The opaque, permanent id of the object, for `node` and for inputs.
    pub async fn id(&self) -> ID {
        global_id::encode(Kind::ProofDocument, self.0.id)
    }

    /// The file name given at upload.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The type found in the content, whatever the file is called.
    async fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// The size in bytes.
    async fn size(&self) -> i32 {
        i32::try_from(self.0.size).unwrap_or(i32::MAX)
    }

    /// The SHA-256 of the content, in lowercase hexadecimal. Every download is checked against it.
    async fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// The time at which the upload was accepted.
    async fn uploaded_at(&self) -> DateTime {
        self.0.uploaded_at.into()
    }

    /// The person who attached it.
    async fn uploaded_by(&self, ctx: &Context<'_>) -> Result<Actor, ApiError> {
        Ok(Actor::shown_to(Reader::of(ctx)?, &self.0.uploaded_by))
    }

    /// A signed address that opens the content without a token: valid for five minutes of real time, for this document only,
    /// and also after the caller loses access. With `INLINE` a browser shows PDF files and images and saves all other files.
    /// An absolute URL if the server knows its public address, otherwise a path on this server. Needs the scope `claims:read`.
    async fn download_url(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default_with = "Some(DocumentDisposition::Attachment)",
            desc = "What a browser does with the content; null is the default."
        )]
        disposition: Option<DocumentDisposition>,
    ) -> Result<String, ApiError> {
        let reader = Reader::of(ctx)?;
        // Also in a mutation's response, because the address opens the content without any scope.
        guard::has(&reader.caller, &[Scope::ClaimsRead])?;
        let disposition = disposition.unwrap_or(DocumentDisposition::Attachment);
        let token = reader.app.sign_address(&reader.caller, self.0.id, disposition.into());
        Ok(format!("{}?token={token}", self.url(ctx).await?))
    }

    /// The address to download it from, with the same token (scope `claims:read`): a path on this server, or an
    /// absolute URL if the server knows its public address.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let base = Reader::of(ctx)?.app.public_url().unwrap_or_default();
        let id = global_id::encode(Kind::ProofDocument, self.0.id);
        Ok(format!("{base}/documents/{}", id.as_str()))
    }
}

/// What a browser does with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::documents::Disposition")]
pub enum DocumentDisposition {
    /// It saves the document.
    Attachment,
    /// It shows a PDF or an image; other documents it saves.
    Inline,
}

loads_by_id! {
    /// The documents of a claim, by the claim's id.
    DocumentsOf(Visible<Uuid>) => Vec<documents::Document>,
    |reader, ids| documents::of_claims(reader.db(), &reader.caller, &ids).await?
}

crate::graphql::at_hand::nothing_at_hand!(ProofDocument);
