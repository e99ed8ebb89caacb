//! Reads and changes that wait for a connection at the same time, in one statement.
//!
//! While every connection is in use, those of the same form join a group. The first member waits for a connection on behalf of all, and
//! then reads or stores for everybody who has joined by then. So a database under load receives fewer and larger statements.
//! If no connection is free in time, all members receive that error, and the next one begins a new group.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::{QueryResult, Statement};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::{Db, Reads as _, StoreError};

/// The groups that wait, by their form; each member asks for a `Q` and is answered with a `V`.
#[derive(Debug)]
pub(in crate::store) struct Groups<K, Q, V> {
    open: Mutex<HashMap<K, Group<Q, V>>>,
    /// How many members a group may have; who comes next begins another one.
    most: usize,
}

type Group<Q, V> = Arc<Mutex<Vec<Member<Q, V>>>>;

#[derive(Debug)]
struct Member<Q, V> {
    asked: Q,
    answer: oneshot::Sender<Result<V, StoreError>>,
}

impl<K, Q, V> Default for Groups<K, Q, V> {
    fn default() -> Self {
        Self::of_at_most(usize::MAX)
    }
}

impl<K, Q, V> Groups<K, Q, V> {
    /// Groups with at most so many members.
    pub(in crate::store) fn of_at_most(most: usize) -> Self {
        Self { open: Mutex::default(), most }
    }
}

impl<K: Clone + Eq + Hash, Q, V> Groups<K, Q, V> {
    /// Joins the group of this form and waits for the answer. The first member starts what `lead` does with the lead, in a task
    /// of its own: the others wait for it even if this one's request ends.
    ///
    /// # Errors
    /// Those of the statement; [`StoreError::Unavailable`] if the lead was dropped.
    pub(in crate::store) async fn ask<L>(
        self: &Arc<Self>,
        form: K,
        asked: Q,
        lead: impl FnOnce(Lead<K, Q, V>) -> L,
    ) -> Result<V, StoreError>
    where
        L: Future<Output = ()> + Send + 'static,
    {
        let (membership, is_lead) = self.join(form, asked);
        if let Some(first) = is_lead {
            // On the heap, because spawning moves a future several times, and this one is large.
            tokio::spawn(Box::pin(lead(first)).in_current_span());
        }
        membership.answer().await
    }

    /// Joins the group of this form. The first member also receives the lead.
    fn join(self: &Arc<Self>, form: K, asked: Q) -> (Membership<V>, Option<Lead<K, Q, V>>) {
        let (answer, answered) = oneshot::channel();
        let mut open = locked(&self.open);
        let group = open.entry(form.clone()).or_default();
        if locked(group).len() >= self.most {
            // Its lead still has it.
            *group = Group::default();
        }
        let mut members = locked(group);
        members.push(Member { asked, answer });
        let is_first = members.len() == 1;
        drop(members);
        let group = Arc::clone(group);
        drop(open);
        (Membership(answered), is_first.then(|| Lead { groups: Arc::clone(self), form, group, members: None }))
    }

    /// Ends the group: who comes later begins another one.
    fn end(&self, form: &K, group: &Group<Q, V>) -> Vec<Member<Q, V>> {
        let mut open = locked(&self.open);
        if open.get(form).is_some_and(|open| Arc::ptr_eq(open, group)) {
            open.remove(form);
        }
        std::mem::take(&mut *locked(group))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in a group.
struct Membership<V>(oneshot::Receiver<Result<V, StoreError>>);

impl<V> Membership<V> {
    async fn answer(self) -> Result<V, StoreError> {
        self.0
            .await
            .unwrap_or_else(|_| Err(StoreError::Unavailable("a statement for several requests was dropped".to_owned())))
    }
}

/// The duty to read or store for a group. If it is dropped instead, all members receive an error.
pub(in crate::store) struct Lead<K: Clone + Eq + Hash, Q, V> {
    groups: Arc<Groups<K, Q, V>>,
    form: K,
    group: Group<Q, V>,
    /// The members, once the group has ended.
    members: Option<Vec<Member<Q, V>>>,
}

impl<K: Clone + Eq + Hash, Q: Clone, V> Lead<K, Q, V> {
    /// Reads for the group as soon as there is a connection: `statement` makes the statement for what the members ask for, and `read`
    /// makes as many answers of its rows.
    pub(in crate::store) async fn read(
        mut self,
        db: &Db,
        statement: impl FnOnce(&[Q]) -> Statement + Send,
        read: impl FnOnce(&[QueryResult], usize) -> Result<Vec<Result<V, StoreError>>, StoreError> + Send,
    ) where
        K: Send + Sync,
        Q: Send + Sync,
        V: Send,
    {
        let mut count = 0;
        let make = || {
            let asked = self.end();
            count = asked.len();
            (count > 0).then(|| statement(&asked))
        };
        let rows = db.connection().query_late(make).await.map_err(StoreError::from);
        self.answer(rows.and_then(|rows| read(&rows, count)));
    }

    /// Ends the group and returns what its members ask for: nothing, if none of them waits any longer.
    pub(in crate::store) fn end(&mut self) -> Vec<Q> {
        let mut members = self.groups.end(&self.form, &self.group);
        members.retain(|member| !member.answer.is_closed());
        let asked = members.iter().map(|member| member.asked.clone()).collect();
        self.members = Some(members);
        asked
    }

    /// Answers the members: with what was read, in the order in which [`Lead::end`] returned what they ask for, or all with the same
    /// error. If that comes before the end of the group, the group ends with it.
    pub(in crate::store) fn answer(mut self, read: Result<Vec<Result<V, StoreError>>, StoreError>) {
        let members = self.members.replace(Vec::new()).unwrap_or_else(|| self.groups.end(&self.form, &self.group));
        // A receiver may have been dropped with its request.
        match read {
            Ok(values) => members.into_iter().zip(values).for_each(|(member, value)| drop(member.answer.send(value))),
            Err(error) => members.into_iter().for_each(|member| drop(member.answer.send(Err(error.clone())))),
        }
    }
}

impl<K: Clone + Eq + Hash, Q, V> Drop for Lead<K, Q, V> {
    /// Nobody else would read for a group that has not ended.
    fn drop(&mut self) {
        if self.members.is_none() {
            self.groups.end(&self.form, &self.group);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Numbers = Groups<(), u8, u8>;

    #[tokio::test]
    async fn members_are_answered_in_their_order() {
        let groups = Arc::new(Numbers::default());
        let (first, lead) = groups.join((), 1);
        let (second, none) = groups.join((), 2);
        assert!(none.is_none());
        let mut lead = lead.unwrap();
        assert_eq!(lead.end(), [1, 2]);
        lead.answer(Ok(vec![Ok(10), Err(StoreError::Retry)]));
        assert_eq!(first.answer().await.unwrap(), 10);
        assert!(matches!(second.answer().await, Err(StoreError::Retry)));
    }

    #[tokio::test]
    async fn an_error_before_the_end_of_a_group_reaches_all_and_ends_it() {
        let groups = Arc::new(Numbers::default());
        let (first, lead) = groups.join((), 1);
        let (second, _) = groups.join((), 2);
        lead.unwrap().answer(Err(StoreError::Retry));
        assert!(matches!(first.answer().await, Err(StoreError::Retry)));
        assert!(matches!(second.answer().await, Err(StoreError::Retry)));
        assert!(groups.join((), 3).1.is_some());
    }

    #[tokio::test]
    async fn a_lead_that_is_dropped_leaves_nobody_waiting() {
        let groups = Arc::new(Numbers::default());
        let (first, lead) = groups.join((), 1);
        drop(lead);
        assert!(first.answer().await.unwrap_err().is_unavailable());
        assert!(groups.join((), 2).1.is_some());
    }

    #[tokio::test]
    async fn a_group_that_is_full_is_left_to_its_lead() {
        let groups = Arc::new(Numbers::of_at_most(2));
        let (_first, lead) = groups.join((), 1);
        let (_second, none) = groups.join((), 2);
        assert!(none.is_none());
        let (_third, next) = groups.join((), 3);
        assert_eq!(lead.unwrap().end(), [1, 2]);
        let (_fourth, none) = groups.join((), 4);
        assert!(none.is_none());
        assert_eq!(next.unwrap().end(), [3, 4]);
    }

    #[tokio::test]
    async fn a_new_group_outlives_the_lead_of_the_one_before() {
        let groups = Arc::new(Numbers::default());
        let (_first, lead) = groups.join((), 1);
        let mut lead = lead.unwrap();
        lead.end();
        let (second, next) = groups.join((), 2);
        lead.answer(Ok(vec![Ok(10)]));
        let mut next = next.unwrap();
        assert_eq!(next.end(), [2]);
        next.answer(Ok(vec![Ok(20)]));
        assert_eq!(second.answer().await.unwrap(), 20);
    }
}
