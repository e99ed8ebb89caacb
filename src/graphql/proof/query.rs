//! The root query of the limits of uploads.

use async_graphql::{Context, Object, SimpleObject};
use domain::proof::MEDIA_TYPES;

use crate::graphql::{error::Failure, guard::Root, loader::Reader};

/// What may be uploaded as proof of execution.
#[derive(Clone, Debug, SimpleObject)]
pub struct UploadLimits {
    /// The largest file, in bytes; a larger one is refused with `FILE_TOO_LARGE`.
    pub max_bytes: i32,
    /// The most documents that a claim may have; one more is refused with `TOO_MANY_FILES`.
    pub max_documents_per_claim: i32,
    /// The media types that are taken, as a file's content shows them; another one is refused with `FILE_TYPE_NOT_ALLOWED`.
    pub media_types: Vec<&'static str>,
}

/// The limits of uploads at the root.
#[derive(Default)]
pub struct ProofQuery;

#[Object(guard = "Root")]
impl ProofQuery {
    /// What `attachProofOfExecution` takes on this server, to be checked before a file is sent. Any token will do.
    async fn upload_limits(&self, ctx: &Context<'_>) -> Result<UploadLimits, Failure> {
        let policy = &Reader::of(ctx)?.app.policy().documents;
        Ok(UploadLimits {
            max_bytes: i32::try_from(policy.max_size_bytes()).unwrap_or(i32::MAX),
            max_documents_per_claim: i32::try_from(policy.max_per_claim).unwrap_or(i32::MAX),
            media_types: MEDIA_TYPES.to_vec(),
        })
    }
}
