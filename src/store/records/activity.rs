//! What happens on a claim: documents, comments, history, associations.

use domain::{
    caller::Actor,
    history::FieldChange,
    kinds::{ClaimStatus, CommentVisibility, HistoryAction},
    time::Timestamp,
};
use uuid::Uuid;

use super::record;
use crate::store::{StoreError, rows::Cells};

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

record! {
    /// A comment on a claim (K1).
    pub struct Comment of comment {
        /// The comment's id.
        pub id: Uuid = get(Id read_for ["id"]),
        /// The claim.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// Who wrote it.
        pub author: Actor = actor(AuthorKind always ["author"], AuthorSubject read_for ["author"], AuthorName read_for ["author"]),
        /// The text.
        pub body: String = get(Body read_for ["body"]),
        /// Who may read it.
        pub visibility: CommentVisibility = visibility(Visibility read_for ["visibility"]),
        /// When it was written.
        pub created_at: Timestamp = time(CreatedAt read_for ["createdAt"]),
    }
}

record! {
    /// An entry of a claim's history (H1).
    pub struct HistoryEntry of history {
        /// The entry's id.
        pub id: Uuid = get(Id read_for ["id", "position"]),
        /// Its place in the whole history.
        pub position: Position = position(Epoch read_for ["position"], Xid read_for ["position"], Pos read_for ["position"]),
        /// The claim.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// Its place on the claim, from 1.
        pub seq: i32 = get(Seq read_for []),
        /// What happened.
        pub action: HistoryAction = word(Action always ["action"]),
        /// Who did it.
        pub actor: Actor = actor(ActorKind always ["actor"], ActorSubject read_for ["actor"], ActorName read_for ["actor"]),
        /// When.
        pub at: Timestamp = time(At read_for ["at"]),
        /// The status before.
        pub from_status: Option<ClaimStatus> = maybe_word(FromStatus read_for ["fromStatus"]),
        /// The status after.
        pub to_status: Option<ClaimStatus> = maybe_word(ToStatus read_for ["toStatus"]),
        /// What changed, field by field.
        pub changes: Vec<FieldChange> = json(Changes read_for ["changes"]),
        /// The comment that was posted with it.
        pub comment_id: Option<Uuid> = get(CommentId read_for ["comment"]),
        /// In words.
        pub note: Option<String> = get(Note read_for ["note"]),
        /// Who may read it.
        pub visibility: CommentVisibility = visibility(Visibility read_for []),
        /// The hash over it and the entry before it (H3).
        pub hash: String = get(Hash read_for ["hash"]),
    }
}

record! {
    /// What an approved line became (X6).
    pub struct Association of association {
        /// The association's id.
        pub id: Uuid = get(Id always ["id"]),
        /// The claim that it comes from.
        pub claim_id: Uuid = get(ClaimId always ["claim"]),
        /// The line that it comes from.
        pub line_id: Uuid = get(LineId),
        /// The partner.
        pub partner_id: Uuid = get(PartnerId always ["partner"]),
        /// The customer's tenant.
        pub tenant_id: Uuid = get(TenantId always ["customer"]),
        /// The product.
        pub sku_id: Uuid = get(SkuId always ["product"]),
        /// The subscription (Business Applications).
        pub subscription_id: Option<Uuid> = get(SubscriptionId always ["subscription"]),
        /// Whether consent is no longer open (N4).
        pub official: bool = get(Official always ["official"]),
        /// When it started.
        pub started_at: Timestamp = time(StartedAt always ["startedAt"]),
        /// When it ended; nothing while it lives.
        pub ended_at: Option<Timestamp> = maybe_time(EndedAt always ["endedAt"]),
    }
}

/// The position of an entry in the whole history, from which a subscriber can resume (H2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The life of the database cluster.
    pub epoch: i32,
    /// The transaction that wrote it; 0 on SQLite.
    pub xid: i64,
    /// Its number.
    pub pos: i64,
}

impl Cells<'_> {
    /// The next three values: a position.
    pub(super) fn position(&mut self) -> Result<Position, StoreError> {
        Ok(Position { epoch: self.get()?, xid: self.get()?, pos: self.get()? })
    }

    /// The next value: who may read something; the vendor alone if the column was not read.
    fn visibility(&mut self) -> Result<CommentVisibility, StoreError> {
        self.word_or(CommentVisibility::Internal)
    }
}
