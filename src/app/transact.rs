//! The unit of work: one transaction with its locks and its idempotency key, tried again after a conflict.
//!
//! [`App::transact`] begins, runs the work, commits, and then does what the commit makes possible: it wakes the readers of
//! the event log and the courier of notices, and deletes content that no row refers to any longer.
//! [`App::transact_once`] also replays and records the result under the caller's idempotency key (J1).

use std::{future::Future, ops::Deref};

use domain::problem::Problem;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    App, AppError,
    claims::attempt::{UnitError, retry_conflicts},
    idempotency::Key,
};
use crate::store::{
    Db, Reads, Transaction,
    transaction::locks::{self, Lock},
};

/// The locks that a unit of work takes before it reads anything.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) enum Locks {
    /// None, or those that the work takes itself.
    Own,
    /// A customer, exclusively.
    Customer(Uuid),
    /// The queue of webhooks, exclusively.
    Webhooks,
}

/// A transaction, and what its commit sets in motion.
#[derive(Debug)]
pub(in crate::app) struct Unit {
    transaction: Transaction,
    /// What happens after the commit.
    pub(in crate::app) after: AfterCommit,
}

/// What happens after a commit.
#[derive(Debug, Default)]
#[must_use]
pub(in crate::app) struct AfterCommit {
    /// The history has new entries.
    pub(in crate::app) has_events: bool,
    /// There are new notices.
    pub(in crate::app) has_notices: bool,
    /// The content that no row refers to any longer.
    pub(in crate::app) unused_content: Vec<String>,
}

/// How a unit of work ends.
#[derive(Debug)]
pub(in crate::app) enum End<T> {
    /// With everything it did.
    Commit(Unit, T),
    /// Without: there was nothing to do, or nothing is to be stored.
    RollBack(T),
}

impl AfterCommit {
    /// Both this and that.
    pub(in crate::app) fn add(&mut self, other: Self) {
        self.has_events |= other.has_events;
        self.has_notices |= other.has_notices;
        self.unused_content.extend(other.unused_content);
    }
}

impl Unit {
    /// Ends the work: everything that was done in it becomes permanent.
    pub(in crate::app) fn commit<T>(self, result: T) -> End<T> {
        End::Commit(self, result)
    }

    /// Ends the work: nothing that was done in it stays.
    pub(in crate::app) fn roll_back<T>(self, result: T) -> End<T> {
        drop(self);
        End::RollBack(result)
    }
}

impl Deref for Unit {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}

impl Reads for Unit {
    type Connection = <Transaction as Reads>::Connection;

    fn connection(&self) -> &Self::Connection {
        self.transaction.connection()
    }
}

/// Runs work in one transaction, again from its beginning when another transaction was in the way. The new try sees what the
/// other one did.
pub(in crate::app) async fn in_transaction<T, F>(
    db: &Db,
    locks: Locks,
    work: impl Fn(Unit) -> F,
) -> Result<(T, AfterCommit), UnitError>
where
    F: Future<Output = Result<End<T>, UnitError>>,
{
    let work = &work;
    let attempt = || async move {
        let transaction = db.begin().await?;
        match locks {
            Locks::Own => {}
            Locks::Customer(id) => locks::customer(&transaction, id).await?,
            Locks::Webhooks => locks::webhooks(&transaction, Lock::Exclusive).await?,
        }
        match work(Unit { transaction, after: AfterCommit::default() }).await? {
            End::Commit(unit, result) => {
                unit.transaction.commit().await?;
                Ok((result, unit.after))
            }
            End::RollBack(result) => Ok((result, AfterCommit::default())),
        }
    };
    retry_conflicts(attempt).await?.map_err(UnitError::Refused)
}

impl App {
    /// Runs work in one transaction, see [`in_transaction`], and what follows its commit.
    pub(in crate::app) async fn transact<T, F>(&self, locks: Locks, work: impl Fn(Unit) -> F) -> Result<T, UnitError>
    where
        F: Future<Output = Result<End<T>, UnitError>>,
    {
        let (result, after) = in_transaction(self.db(), locks, work).await?;
        self.committed(after).await;
        Ok(result)
    }

    /// Runs work once under an idempotency key: a repeat returns the recorded result. What is rolled back or refused is not
    /// recorded, so that a repeat is judged anew (J1).
    pub(in crate::app) async fn transact_once<T, F>(
        &self,
        key: Option<&Key>,
        locks: Locks,
        work: impl Fn(Unit) -> F,
    ) -> Result<T, UnitError>
    where
        T: Serialize + DeserializeOwned,
        F: Future<Output = Result<End<T>, UnitError>>,
    {
        let work = &work;
        let with_key = |unit: Unit| async move {
            let Some(key) = key else { return work(unit).await };
            if let Some(done) = key.earlier(&unit).await?? {
                return Ok(unit.roll_back(done));
            }
            let end = work(unit).await?;
            if let End::Commit(unit, result) = &end {
                key.remember(unit, result, self.now()).await?;
            }
            Ok(end)
        };
        self.transact(locks, with_key).await
    }

    /// The result recorded under a key: looked up before anything is checked, because what was done before may be
    /// impossible now.
    pub(in crate::app) async fn done_before<T: DeserializeOwned>(
        &self,
        key: Option<&Key>,
    ) -> Result<Option<T>, UnitError> {
        match key {
            Some(key) => Ok(key.earlier(self.db()).await??),
            None => Ok(None),
        }
    }

    /// What follows a commit.
    pub(in crate::app) async fn committed(&self, after: AfterCommit) {
        if after.has_events {
            self.tail().wake();
        }
        if after.has_notices {
            self.outbox().wake();
        }
        for key in after.unused_content {
            self.remove_content(&key).await;
        }
    }
}

/// The result of a mutation: data, also where the rules refuse it.
pub(in crate::app) trait MutationResult: Sized {
    /// The result of a refusal.
    fn refused(problems: Vec<Problem>) -> Self;
}

/// Turns a refusal into a result.
///
/// # Errors
/// Everything else that failed.
pub(in crate::app) fn result<T: MutationResult>(done: Result<T, UnitError>) -> Result<T, AppError> {
    done.or_else(|failure| match failure {
        UnitError::Refused(problems) => Ok(T::refused(problems)),
        UnitError::Store(error) => Err(error.into()),
        UnitError::App(error) => Err(error),
    })
}
