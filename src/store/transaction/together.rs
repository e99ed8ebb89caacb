//! Changes of several claims that wait for a connection at the same time, in one transaction.
//!
//! Most of what a change costs the database does not depend on how many rows it writes: messages, plans, opening the indexes,
//! the commit. While every connection for changes is in use, changes of the same shape join a group ([`gather`]), and the first of
//! them to receive a connection stores up to 16 at once. Each is stored or not, whatever the others are: a change whose claim is no longer
//! as it was read, or is locked by somebody else, leaves the others alone, and its request then goes on by itself. So does everybody
//! if the database refuses the statement, for instance because one idempotency key was taken meanwhile.

use std::{collections::HashSet, sync::Arc};

use sea_orm::QueryResult;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{
    change::ClaimChange,
    postgres::{self, Locks},
    sqlite,
};
use crate::store::{Db, StoreError, gather, writer};

/// The changes that wait, by their shape. The answer is whether the change was stored.
pub(in crate::store) type Groups = gather::Groups<Vec<&'static str>, Arc<ClaimChange>, bool>;
type Lead = gather::Lead<Vec<&'static str>, Arc<ClaimChange>, bool>;

/// The most changes in a statement.
const MOST: usize = 16;

/// How many changes there are in a statement of PostgreSQL: few numbers, because each has a plan on each connection. SQLite has
/// one connection.
const SIZES: [usize; 7] = [MOST, 12, 8, 6, 4, 3, 2];

/// Stores the change with others as soon as there is a connection; whether it was stored. If not, it can be stored by itself.
///
/// # Errors
/// Those after which it is not known whether the change was stored; [`StoreError::Unavailable`] if there was no connection in time.
pub(super) async fn store(db: &Db, change: &ClaimChange) -> Result<bool, StoreError> {
    // On SQLite each change has a text of its own within the transaction.
    let shape = if db.is_postgres() { postgres::shape(change) } else { Vec::new() };
    let (membership, lead) = db.changes.join(shape, Arc::new(change.clone()));
    if let Some(lead) = lead {
        // A task of its own: the other members wait for it even if this one's request ends.
        tokio::spawn(store_for(db.clone(), lead).in_current_span());
    }
    membership.answer().await
}

/// Stores for a group as soon as there is a connection.
async fn store_for(db: Db, mut lead: Lead) {
    let mut group: Option<Group> = None;
    loop {
        let mut taken = Vec::new();
        let statement = || {
            let group = group.get_or_insert_with(|| Group::of(lead.end()));
            taken = group.take(&db);
            let changes: Vec<&ClaimChange> = taken.iter().map(|place| &*group.members[*place]).collect();
            (!changes.is_empty()).then(|| {
                if db.is_postgres() {
                    postgres::statement(&changes, Locks::Free)
                } else {
                    sqlite::transaction(&changes)
                }
            })
        };
        let stored = writer::query(&db, statement).await;
        match (&mut group, stored) {
            // No connection came.
            (None, Err(error)) => return lead.answer(Err(error)),
            (None, Ok(_)) => return lead.answer(Ok(Vec::new())),
            (Some(group), _) if taken.is_empty() => return lead.answer(Ok(std::mem::take(&mut group.answers))),
            (Some(group), stored) => group.note(&taken, stored),
        }
    }
}

/// The members of a group, and their answers so far.
struct Group {
    members: Vec<Arc<ClaimChange>>,
    answers: Vec<Result<bool, StoreError>>,
    /// The places of those who are not stored yet, the first of each claim; the others find their claim changed.
    waiting: Vec<usize>,
}

impl Group {
    fn of(members: Vec<Arc<ClaimChange>>) -> Self {
        let mut claims = HashSet::new();
        let waiting = (0..members.len()).filter(|place| claims.insert(members[*place].claim_id)).collect();
        Self { answers: members.iter().map(|_| Ok(false)).collect(), waiting, members }
    }

    /// Takes as many as go into the next statement; on PostgreSQL none, if only one is left, which is stored by itself.
    fn take(&mut self, db: &Db) -> Vec<usize> {
        let count = self.waiting.len();
        let size = if db.is_postgres() {
            SIZES.into_iter().find(|size| *size <= count).unwrap_or_default()
        } else {
            count.min(MOST)
        };
        self.waiting.drain(..size).collect()
    }

    fn note(&mut self, taken: &[usize], stored: Result<Vec<QueryResult>, StoreError>) {
        let stored = stored.and_then(|rows| {
            Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<HashSet<Uuid>, _>>()?)
        });
        for place in taken {
            self.answers[*place] = match &stored {
                Ok(claims) => Ok(claims.contains(&self.members[*place].claim_id)),
                Err(error) if error.is_a_refusal() => Ok(false),
                Err(error) => Err(error.clone()),
            };
        }
    }
}
