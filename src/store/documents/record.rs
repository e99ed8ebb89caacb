//! The record of a proof document.

use domain::{caller::Actor, time::Timestamp};
use uuid::Uuid;

use crate::store::rows::record;

record! {
    /// The metadata of a proof document; its content is in the document store (P1).
    pub struct Document of proof_document {
        /// The document's id.
        pub id: Uuid = get(Id always ["id"]),
        /// The claim.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// The file's name.
        pub name: String = get(Name read_for ["name"]),
        /// The media type, found by content.
        pub media_type: String = get(MediaType read_for ["mediaType"]),
        /// The size in bytes.
        pub size: i64 = get(Size read_for ["size"]),
        /// The SHA-256 of the content, in lower-case hexadecimal.
        pub sha256: String = get(Sha256 read_for ["sha256"]),
        /// Where the file store keeps the content.
        pub storage_key: String = get(StorageKey read_for []),
        /// When it was uploaded.
        pub uploaded_at: Timestamp = time(UploadedAt read_for ["uploadedAt"]),
        /// Who uploaded it.
        pub uploaded_by: Actor = actor(UploadedByKind always ["uploadedBy"], UploadedBySubject read_for ["uploadedBy"], UploadedByName read_for ["uploadedBy"]),
    }
}
