//! What `verify` walks over: whole tables in order of their keys, some rows at a time, whatever a caller may see.

use std::collections::HashMap;

use domain::history::{Entry, Event};
use entity::{association, claim, claim_activity, comment, history, proof_document};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::SelectStatement};
use uuid::Uuid;

use super::{
    Db, Reads, StoreError,
    documents::Document,
    history::{HistoryEntry, Position},
    keyset, predicates,
    rows::{Cells, Columns, Plain, Rows, Shape, select},
    sql,
};

/// How many claims or documents are read at once.
const STRIDE: u64 = 500;

/// What is recorded beside a claim about its history.
#[derive(Clone, Debug)]
pub struct ClaimHead {
    /// The claim.
    pub id: Uuid,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: i32,
    /// The status that its row has.
    pub status: String,
    /// How many entries its history has; `None` if that was removed.
    pub history_length: Option<i32>,
    /// The hash of the last one.
    pub history_hash: Option<String>,
}

/// An entry as stored: its position, the hashed content, and the stored hash.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its position in the log (H2).
    pub position: Position,
    /// Its content.
    pub entry: Entry,
    /// The hash beside it.
    pub hash: String,
    /// Whether its changes are written as this program writes them: another way to write the same is an alteration too.
    pub as_written: bool,
}

/// The next claims after this one, in order of their ids, deleted drafts included.
///
/// # Errors
/// Database errors.
pub async fn claims_after(db: &Db, after: Option<Uuid>) -> Result<Vec<ClaimHead>, StoreError> {
    use claim::Column::{Id, Number, Status, Version};
    use claim_activity::Column::{HistoryHash, HistoryLength};
    let mut query = claim::Entity::find().left_join(claim_activity::Entity).order_by_asc(Id).limit(STRIDE);
    if let Some(after) = after {
        query = query.filter(Id.gt(after));
    }
    let query = query.select_only().columns([Id, Number, Version, Status]).columns([HistoryLength, HistoryHash]);
    let found = query.into_tuple().all(db.connection()).await?;
    let head = |(id, number, version, status, history_length, history_hash)| ClaimHead {
        id,
        number,
        version,
        status,
        history_length,
        history_hash,
    };
    Ok(found.into_iter().map(head).collect())
}

/// The histories of these claims, each in order; the text of comments is read with them.
///
/// # Errors
/// [`StoreError::Corrupt`] with the row that cannot be read; database errors.
pub async fn histories(db: &Db, claims: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stored>>, StoreError> {
    let connection = db.connection();
    let backend = connection.get_database_backend();
    let bodies: HashMap<Uuid, String> = comment::Entity::find()
        .select_only()
        .columns([comment::Column::Id, comment::Column::Body])
        .filter(sql::any_of(comment::Column::ClaimId, claims.iter().copied(), backend))
        .into_tuple()
        .all(connection)
        .await?
        .into_iter()
        .collect();
    let query = Rows::<history::Entity>::all()
        .filter(sql::any_of(history::Column::ClaimId, claims.iter().copied(), backend))
        .order_by_asc(history::Column::ClaimId)
        .order_by_asc(history::Column::Seq);
    let mut histories: HashMap<Uuid, Vec<Stored>> = HashMap::new();
    for (entry, changes) in keyset::all(db, query, &AsWritten).await? {
        histories.entry(entry.claim_id).or_default().push(stored(entry, &changes, &bodies));
    }
    Ok(histories)
}

/// An entry, and the text of its changes.
struct AsWritten;

impl Shape for AsWritten {
    type Entity = history::Entity;
    type Record = (HistoryEntry, String);

    fn select(&self, query: &mut SelectStatement) {
        select::<HistoryEntry>(query, Columns::ALL);
        query.column(history::Column::Changes.as_column_ref());
    }

    fn read(&self, cells: &mut Cells<'_>) -> Result<Self::Record, StoreError> {
        Ok((cells.record(Columns::ALL)?, cells.get()?))
    }
}

fn stored(read: HistoryEntry, changes: &str, bodies: &HashMap<Uuid, String>) -> Stored {
    let (position, hash) = (read.position, read.hash);
    let entry = Entry {
        id: read.id,
        claim_id: read.claim_id,
        seq: read.seq,
        actor: read.actor,
        at: read.at,
        comment_body: read.comment_id.and_then(|id| bodies.get(&id).cloned()),
        event: Event {
            action: read.action,
            from: read.from_status,
            to: read.to_status,
            changes: read.changes,
            comment_id: read.comment_id,
            note: read.note,
            visibility: read.visibility,
            // Not hashed for itself: who did it is.
            by_system: false,
        },
    };
    let as_written = serde_json::to_string(&entry.event.changes).is_ok_and(|written| written == changes);
    Stored { position, entry, hash, as_written }
}

/// A claim in the history without a row, if there is one.
///
/// # Errors
/// Database errors.
pub async fn history_without_claim(db: &Db) -> Result<Option<Uuid>, StoreError> {
    let known = sea_orm::sea_query::Query::select().column(claim::Column::Id).from(claim::Entity).to_owned();
    Ok(history::Entity::find()
        .select_only()
        .column(history::Column::ClaimId)
        .filter(history::Column::ClaimId.not_in_subquery(known))
        .into_tuple()
        .one(db.connection())
        .await?)
}

/// A subject with more than one live association, if there is one (X6).
///
/// # Errors
/// Database errors.
pub async fn subject_held_twice(db: &Db) -> Result<Option<String>, StoreError> {
    Ok(association::Entity::find()
        .select_only()
        .column(association::Column::Subject)
        .filter(predicates::lives())
        .group_by(association::Column::Subject)
        .having(association::Column::Id.count().gt(1))
        .into_tuple()
        .one(db.connection())
        .await?)
}

/// The next documents after this one, in order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] with the row that cannot be read; database errors.
pub async fn documents_after(db: &Db, after: Option<Uuid>) -> Result<Vec<Document>, StoreError> {
    let mut query = Rows::<proof_document::Entity>::all().order_by_asc(proof_document::Column::Id).limit(STRIDE);
    if let Some(after) = after {
        query = query.filter(proof_document::Column::Id.gt(after));
    }
    keyset::all(db, query, &Plain::<Document>::all()).await
}
