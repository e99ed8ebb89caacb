//! Appending to the history: entries get their place and their hash here (H1, H3).

use domain::{
    caller::Actor,
    history::{Entry, Event},
    kinds::CommentVisibility,
    time::Timestamp,
};
use entity::{
    column::{Json, Micros, Word},
    history,
};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait, Value,
};
use uuid::Uuid;

use super::tally;
use crate::{
    ids,
    store::{Reads, StoreError, Transaction, comments::Comment},
};

/// The head of a claim's history; stored beside the claim, so that entries removed from its end are detected (H3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// How many entries it has.
    pub length: i32,
    /// The hash of the last one.
    pub hash: Option<String>,
}

/// When something last happened on a claim, as each side sees it (L17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Activity {
    /// For the vendor: any entry.
    pub(in crate::store) at: Option<Timestamp>,
    /// For its partner: an entry that is not internal.
    pub(in crate::store) shared_at: Option<Timestamp>,
    /// For its customer: a change of the status.
    pub(in crate::store) moved_at: Option<Timestamp>,
}

/// Entries with their place and hash, not stored yet, and the head of the history after them.
#[derive(Debug)]
pub struct Placed {
    /// The new head of the history.
    pub head: Head,
    /// What they are to each side; `None` where a side sees nothing new.
    pub(in crate::store) activity: Activity,
    /// What they add to the counters if reviewers see the claim.
    pub(in crate::store) tally: Vec<Vec<Value>>,
    pub(in crate::store) rows: Vec<history::ActiveModel>,
}

/// Assigns places and hashes to events, in order. `comments` are the comments that they refer to.
#[must_use]
pub fn place(
    mut head: Head,
    claim_id: Uuid,
    actor: &Actor,
    at: Timestamp,
    events: Vec<Event>,
    comments: &[Comment],
) -> Placed {
    let mut rows = Vec::with_capacity(events.len());
    let mut tally = Vec::with_capacity(events.len());
    let mut activity = Activity::default();
    for event in events {
        activity.at = Some(at);
        if event.visibility == CommentVisibility::Shared {
            activity.shared_at = Some(at);
        }
        if event.to.is_some() && event.to != event.from {
            activity.moved_at = Some(at);
        }
        let spoken_of = event.comment_id.and_then(|id| comments.iter().find(|comment| comment.id == id));
        let comment_body = spoken_of.map(|comment| comment.body.clone());
        let actor = if event.by_system { Actor::system() } else { actor.clone() };
        let entry = Entry { id: ids::new(), claim_id, seq: head.length + 1, actor, at, event, comment_body };
        let hash = entry.hash(head.hash.as_deref());
        head = Head { length: entry.seq, hash: Some(hash.clone()) };
        tally.push(tally::added(&entry));
        rows.push(row(entry, hash));
    }
    Placed { head, activity, tally, rows }
}

/// Appends placed entries to the log.
///
/// # Errors
/// Database errors.
pub async fn insert(transaction: &Transaction, placed: Placed) -> Result<(), StoreError> {
    history::Entity::insert_many(placed.rows).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// The row of an entry; the database gives its position.
pub(in crate::store) fn row(entry: Entry, hash: String) -> history::ActiveModel {
    let event = entry.event;
    history::ActiveModel {
        pos: NotSet,
        epoch: NotSet,
        xid: NotSet,
        id: Set(entry.id),
        claim_id: Set(entry.claim_id),
        partner_id: NotSet,
        seq: Set(entry.seq),
        action: Set(Word(event.action)),
        actor_kind: Set(Word(entry.actor.kind)),
        actor_subject: Set(entry.actor.subject),
        actor_name: Set(entry.actor.name),
        at: Set(Micros(entry.at)),
        from_status: Set(event.from.map(Word)),
        to_status: Set(event.to.map(Word)),
        changes: Set(Json(event.changes)),
        comment_id: Set(event.comment_id),
        note: Set(event.note),
        visibility: Set(Word(event.visibility)),
        hash: Set(hash),
    }
}
