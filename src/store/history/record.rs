//! The record of an entry, and its position.

use domain::{
    caller::Actor,
    history::FieldChange,
    kinds::{ClaimStatus, CommentVisibility, HistoryAction},
    time::Timestamp,
};
use uuid::Uuid;

use crate::store::{
    StoreError,
    rows::{Cells, record},
};

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
    pub(in crate::store) fn position(&mut self) -> Result<Position, StoreError> {
        Ok(Position { epoch: self.get()?, xid: self.get()?, pos: self.get()? })
    }
}
