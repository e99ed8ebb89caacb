//! Changes of several claims that wait for a connection at the same time, in one transaction.
//!
//! Most of what a change costs the database does not depend on how many rows it writes: messages, plans, opening the indexes,
//! the commit. While every connection for changes is in use, changes of the same shape join a group ([`gather`]), and as soon as there
//! is a connection, all of them are stored at once. Each is stored or not, whatever the others are: a change whose claim is no longer as
//! it was read, or is locked, leaves the others alone. Its request then decides again in a transaction that waits for the locks. So do all
//! requests of the group if the database refuses the statement, for instance because one idempotency key was taken meanwhile.

use std::{collections::HashSet, sync::Arc};

use sea_orm::{QueryResult, Statement};
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

/// The most changes in a group.
pub(in crate::store) const MOST: usize = 16;

/// How many changes there are in a statement: few numbers, because each is a text, with a plan on each connection.
const SIZES: [usize; 8] = [MOST, 12, 8, 6, 4, 3, 2, 1];

/// The statement that stores these changes of one shape, each of another claim, in a transaction of its own. It returns the ids of
/// the claims that were as they had been read.
pub(super) fn statement(db: &Db, changes: &[&ClaimChange]) -> Statement {
    if db.is_postgres() { postgres::statement(changes, Locks::Free) } else { sqlite::transaction(changes) }
}

/// Stores the change with others as soon as there is a connection; whether it was stored.
///
/// # Errors
/// Those after which it is not known whether the change was stored; [`StoreError::Unavailable`] if there was no connection in time.
pub(super) async fn store(db: &Db, change: &ClaimChange) -> Result<bool, StoreError> {
    let storing = db.clone();
    db.changes.ask(change.shape(), Arc::new(change.clone()), |lead| store_for(storing, lead)).await
}

/// Stores for a group as soon as there is a connection.
async fn store_for(db: Db, mut lead: Lead) {
    let mut group: Option<Group> = None;
    loop {
        let mut taken = Vec::new();
        let make = || {
            let group = group.get_or_insert_with(|| Group::of(lead.end()));
            taken = group.take();
            let changes: Vec<&ClaimChange> = taken.iter().map(|place| &*group.members[*place]).collect();
            (!changes.is_empty()).then(|| statement(&db, &changes))
        };
        let stored = writer::query(&db, make).await;
        match (&mut group, stored) {
            // No connection came.
            (None, Err(error)) => return lead.answer(Err(error)),
            (None, Ok(_)) => return lead.answer(Ok(Vec::new())),
            (Some(group), stored) => group.note(&taken, stored),
        }
        if let Some(group) = &mut group
            && group.waiting.is_empty()
        {
            return lead.answer(Ok(std::mem::take(&mut group.answers)));
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

    /// Takes as many as go into the next statement.
    fn take(&mut self) -> Vec<usize> {
        let size = SIZES.into_iter().find(|size| *size <= self.waiting.len()).unwrap_or_default();
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
        if let Err(error) = stored
            && !error.is_a_refusal()
        {
            // The others would wait for another connection, as long as they have waited already.
            for place in self.waiting.drain(..) {
                self.answers[place] = Err(error.clone());
            }
        }
    }
}
