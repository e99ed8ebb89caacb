//! The root query of the limits of uploads.

use async_graphql::{Context, Object, SimpleObject};
use domain::proof::MEDIA_TYPES;

use crate::graphql::{error::ApiError, guard::Root, loader::Reader};

/// What may be uploaded as proof of execution.
#[derive(Clone, Debug, SimpleObject)]
pub struct UploadLimits {
    /// The maximum size of a file, in bytes; larger files are refused with `FILE_TOO_LARGE`.
    pub max_bytes: i32,
    /// The maximum number of documents per claim; further ones are refused with `TOO_MANY_FILES`.
    pub max_documents_per_claim: i32,
    /// The accepted media types, detected from the content; other files are refused with `FILE_TYPE_NOT_ALLOWED`.
    pub media_types: Vec<&'static str>,
}

/// The limits of uploads at the root.
#[derive(Default)]
pub struct ProofQuery;

#[Object(guard = "Root")]
impl ProofQuery {
    /// The limits of `attachProofOfExecution` on this server, so that clients can check a file before they send it. For any token.
    async fn upload_limits(&self, ctx: &Context<'_>) -> Result<UploadLimits, ApiError> {
        let policy = &Reader::of(ctx)?.app.policy().documents;
        Ok(UploadLimits {
            max_bytes: i32::try_from(policy.max_size_bytes()).unwrap_or(i32::MAX),
            max_documents_per_claim: i32::try_from(policy.max_per_claim).unwrap_or(i32::MAX),
            media_types: MEDIA_TYPES.to_vec(),
        })
    }
}
