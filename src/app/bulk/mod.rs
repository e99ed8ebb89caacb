//! Bulk mutations: many rows in one call, each judged by the functions of the single mutation (B1, B2).
//!
//! `ALL_OR_NOTHING` is one transaction. `KEEP_GOOD` goes in parts, each a short transaction with its own locks; an idempotency
//! key remembers after each part how far the call has come, so that a repeat goes on where the first try ended. A dry run
//! judges the rows by the same code without a transaction.

mod create;
mod part;
mod submit;

use std::{future::Future, ops::Range};

use domain::{
    caller::Caller,
    kinds::{BulkOutcome, BulkPolicy},
    problem::Problem,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use create::{Contacts, CreateClaims};
pub use submit::SubmitRow;

use super::{
    App, AppError,
    claims::attempt::UnitError,
    idempotency::Key,
    transact::{End, Locks, MutationResult, Unit, result},
};
use crate::store::{Reads, Transaction};
use part::{Locked, Part};

/// The most rows that one call may have (B1).
pub const ROWS_MAX: usize = 500;

/// How a call treats its rows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct How {
    /// What happens to the good rows of a call that also has bad ones.
    pub policy: BulkPolicy,
    /// Whether the rows are only judged. Nothing is written, the idempotency key included.
    pub dry_run: bool,
}

/// The result of a row of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRowResult {
    /// The outcome; in a dry run, the outcome that the row would have had.
    pub outcome: BulkOutcome,
    /// The claim; nothing where the row was refused or not done, and where a dry run would create or change it.
    pub claim_id: Option<Uuid>,
    /// The claim's number.
    pub number: Option<String>,
    /// Why the row was refused, or, beside a draft, what would refuse its submission. Fields are paths from the input's top.
    pub problems: Vec<Problem>,
}

impl BulkRowResult {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { outcome: BulkOutcome::Refused, claim_id: None, number: None, problems }
    }
}

/// The result of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkCallResult {
    /// For each row, in the order of the input.
    pub rows: Vec<BulkRowResult>,
    /// Why nothing was stored at all.
    pub problems: Vec<Problem>,
}

impl MutationResult for BulkCallResult {
    fn refused(problems: Vec<Problem>) -> Self {
        Self { rows: Vec::new(), problems }
    }
}

impl BulkCallResult {
    /// How many rows came to this.
    #[must_use]
    pub fn count(&self, outcome: BulkOutcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == outcome).count()
    }

    /// The same where rows of an `ALL_OR_NOTHING` call were refused: nothing is done.
    fn undone(mut self, list: &str) -> Self {
        let (refused, all) = (self.count(BulkOutcome::Refused), self.rows.len());
        let stored = [BulkOutcome::Created, BulkOutcome::Updated, BulkOutcome::Submitted];
        for row in self.rows.iter_mut().filter(|row| stored.contains(&row.outcome)) {
            *row = BulkRowResult { outcome: BulkOutcome::NotDone, claim_id: None, number: None, problems: Vec::new() };
        }
        let message = format!("{refused} of {all} rows were refused, so nothing was stored.");
        self.problems.push(
            Problem::invalid([list], message)
                .param("refused", refused)
                .param("rows", all)
                .remedy("Fix the rows that have problems and send all of them again, or choose KEEP_GOOD."),
        );
        self
    }
}

/// The rows of a call of one mutation.
trait Rows: Serialize + Sync {
    /// The list of the input that they stand in.
    const LIST: &'static str;
    /// How many rows are stored in one transaction under `KEEP_GOOD`.
    const PART: usize;

    /// How many there are.
    fn len(&self) -> usize;

    /// Takes the locks that storing these rows needs (see `store::transaction::locks`).
    fn lock(
        &self,
        caller: &Caller,
        transaction: &Transaction,
        rows: Range<usize>,
    ) -> impl Future<Output = Result<Locked, UnitError>> + Send;

    /// Judges these rows. `locked` is nothing where nothing will be stored.
    fn judge(
        &self,
        app: &App,
        caller: &Caller,
        on: &impl Reads,
        rows: Range<usize>,
        locked: Option<&Locked>,
    ) -> impl Future<Output = Result<Part, UnitError>> + Send;
}

/// A call: who makes it, its rows and options, and the key that its result is recorded under.
struct Call<'a, R> {
    caller: &'a Caller,
    rows: &'a R,
    how: How,
    key: Option<Key>,
}

impl App {
    /// Does a call in its parts.
    async fn bulk<R: Rows>(
        &self,
        caller: &Caller,
        mutation: &'static str,
        rows: &R,
        how: How,
        key: Option<&str>,
    ) -> Result<BulkCallResult, AppError> {
        if rows.len() > ROWS_MAX {
            return Err(AppError::BadInput(format!(
                "One call takes at most {ROWS_MAX} rows; split them over several calls."
            )));
        }
        result(self.bulk_in_parts(caller, mutation, rows, how, key).await)
    }

    async fn bulk_in_parts<R: Rows>(
        &self,
        caller: &Caller,
        mutation: &'static str,
        rows: &R,
        how: How,
        key: Option<&str>,
    ) -> Result<BulkCallResult, UnitError> {
        let key = Key::new(caller, key, mutation, &(rows, how.policy))?;
        let call = Call { caller, rows, how, key };
        let all = rows.len();
        if how.dry_run {
            let part = Box::pin(rows.judge(self, caller, self.db(), 0..all, None)).await?;
            return Ok(settled::<R>(&BulkCallResult::default(), part.rows, how).0);
        }
        let length = if how.policy == BulkPolicy::AllOrNothing { all } else { R::PART };
        let mut so_far = BulkCallResult::default();
        while so_far.rows.len() < all && so_far.problems.is_empty() {
            let (before, next) = (&so_far, so_far.rows.len()..(so_far.rows.len() + length).min(all));
            let work = |unit| self.store_next(unit, &call, before, next.clone());
            so_far = self.transact(Locks::Own, work).await?;
        }
        Ok(so_far)
    }

    /// Processes the next rows of a call and returns the results so far, `so_far` included.
    async fn store_next<R: Rows>(
        &self,
        mut unit: Unit,
        Call { caller, rows, how, key }: &Call<'_, R>,
        so_far: &BulkCallResult,
        next: Range<usize>,
    ) -> Result<End<BulkCallResult>, UnitError> {
        let remembered = match key {
            Some(key) => key.found(&unit).await?,
            None => None,
        };
        if let (Some(key), Some(remembered)) = (key, &remembered) {
            let earlier: BulkCallResult = key.answer(remembered)??;
            // An earlier try of the call, or one at the same time, has come to another place: it goes on from there.
            if earlier != *so_far {
                return Ok(unit.roll_back(earlier));
            }
        }
        let locked = rows.lock(caller, &unit, next.clone()).await?;
        let part = Box::pin(rows.judge(self, caller, &unit, next, Some(&locked))).await?;
        let (more, is_stored) = settled::<R>(so_far, part.rows, *how);
        if !is_stored {
            return Ok(unit.roll_back(more));
        }
        let stores = !part.writes.is_empty();
        Box::pin(self.store_part(caller, &mut unit, part.writes)).await?;
        match (key, &remembered) {
            (Some(key), Some(before)) => key.remember_more(&unit, before, &more).await?,
            // What was refused is not remembered (J1): a repeat judges it again.
            (Some(key), None) if stores => key.remember(&unit, &more, self.now()).await?,
            _ => {}
        }
        Ok(unit.commit(more))
    }
}

/// Adds these results to those of the call, and returns whether the rows are to be stored.
fn settled<R: Rows>(so_far: &BulkCallResult, rows: Vec<BulkRowResult>, how: How) -> (BulkCallResult, bool) {
    let mut more = so_far.clone();
    more.rows.extend(rows);
    if how.policy == BulkPolicy::AllOrNothing && more.count(BulkOutcome::Refused) > 0 {
        return (more.undone(R::LIST), false);
    }
    (more, true)
}
