//! Idempotency keys (J1): a repeat returns the recorded result; anything else under the key is refused.

use domain::{
    caller::Caller,
    identifier,
    problem::{Problem, ProblemCode},
    text,
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    App, AppError,
    transact::{Locks, Unit},
};
use crate::store::{
    Reads, StoreError, Transaction,
    claims::write::KeyOf,
    transaction::idempotency::{self, KeyRow, Remembered},
};
use domain::time::Timestamp;

/// One mutation under one key: what it is known by when it comes again.
#[derive(Clone, Debug)]
pub struct Key {
    subject: String,
    given: String,
    mutation: &'static str,
    input_hash: String,
}

impl Key {
    /// The key of a mutation with this input; `None` if the caller gave none.
    ///
    /// # Errors
    /// `INVALID_VALUE` for a key that is blank, too long or has control characters.
    pub fn new(
        caller: &Caller,
        key: Option<&str>,
        mutation: &'static str,
        input: &impl Serialize,
    ) -> Result<Option<Self>, Problem> {
        let Some(key) = key else { return Ok(None) };
        text::idempotency_key(key)?;
        // Inputs are plain values: they always have a JSON form.
        let input = serde_json::to_vec(input).unwrap_or_default();
        let input_hash = domain::history::hex(&Sha256::digest(input));
        Ok(Some(Self { subject: caller.subject.clone(), given: identifier::key(key), mutation, input_hash }))
    }

    /// The recorded result, if this mutation was executed before.
    ///
    /// # Errors
    /// Database errors; inside, `IDEMPOTENCY_KEY_REUSED` if the key was used for something else.
    pub async fn earlier<T: DeserializeOwned>(
        &self,
        on: &impl Reads,
    ) -> Result<Result<Option<T>, Problem>, StoreError> {
        match idempotency::find(on, &self.subject, &self.given).await? {
            Some(done) => Ok(self.answer(&done)?.map(Some)),
            None => Ok(Ok(None)),
        }
    }

    /// The recorded result, if this was executed before.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for an answer that cannot be read; inside, `IDEMPOTENCY_KEY_REUSED` if the key was used
    /// for something else.
    pub fn answer<T: DeserializeOwned>(&self, done: &Remembered) -> Result<Result<T, Problem>, StoreError> {
        if done.mutation != self.mutation || done.input_hash != self.input_hash {
            return Ok(Err(reused()));
        }
        let corrupt = |_| StoreError::Corrupt("idempotency", self.given.clone());
        serde_json::from_str(&done.answer).map(Ok).map_err(corrupt)
    }

    /// Who uses it, and what they call it.
    #[must_use]
    pub fn named(&self) -> KeyOf<'_> {
        (&self.subject, &self.given)
    }

    /// The row that records the result.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for an answer that has no JSON form: there is none.
    pub fn row(&self, answer: &impl Serialize, now: Timestamp) -> Result<KeyRow, StoreError> {
        let answer =
            serde_json::to_string(answer).map_err(|_| StoreError::Corrupt("idempotency", self.given.clone()))?;
        let done = Remembered { mutation: self.mutation.to_owned(), input_hash: self.input_hash.clone(), answer };
        Ok(idempotency::row(&self.subject, &self.given, done, now))
    }

    /// Remembers the answer, in the transaction that does it.
    ///
    /// # Errors
    /// The database's, also when another request used the key meanwhile: then the whole use case is tried again.
    pub async fn remember(
        &self,
        transaction: &Transaction,
        answer: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        idempotency::remember(transaction, self.row(answer, now)?).await
    }
}

impl Key {
    /// What was remembered under it, if anything.
    ///
    /// # Errors
    /// The database's.
    pub async fn found(&self, on: &impl Reads) -> Result<Option<Remembered>, StoreError> {
        idempotency::find(on, &self.subject, &self.given).await
    }

    /// Remembers how much further a call has come than when `before` was read.
    ///
    /// # Errors
    /// The database's; [`StoreError::Retry`] when another request has come further under the key meanwhile.
    pub async fn remember_more(
        &self,
        transaction: &Transaction,
        before: &Remembered,
        answer: &impl Serialize,
    ) -> Result<(), StoreError> {
        let answer =
            serde_json::to_string(answer).map_err(|_| StoreError::Corrupt("idempotency", self.given.clone()))?;
        idempotency::replace(transaction, (&self.subject, &self.given), &before.answer, answer).await
    }
}

/// How long a key holds: twice the day that is promised (J1), in microseconds.
const HOLDS: i64 = 48 * 3_600 * 1_000_000;

impl App {
    /// Forgets the keys that no longer hold.
    ///
    /// # Errors
    /// Database errors.
    pub async fn forget_old_keys(&self) -> Result<(), AppError> {
        let before = self.now().micros().saturating_sub(HOLDS);
        let Ok(before) = Timestamp::from_micros(before) else { return Ok(()) };
        let forget = |unit: Unit| async move {
            idempotency::forget(&unit, before).await?;
            Ok(unit.commit(()))
        };
        Ok(self.transact(Locks::Own, forget).await?)
    }
}

fn reused() -> Problem {
    Problem::new(
        ProblemCode::IdempotencyKeyReused,
        "This idempotency key was already used for another mutation or another input.",
    )
    .at(["idempotencyKey"])
    .remedy("Use a new key for each new operation; reuse a key only to repeat the same operation.")
}
