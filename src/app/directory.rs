//! Loading the directory (C8): checked row by row, the good ones written in one transaction.

use std::collections::HashSet;

use domain::{
    caller::Caller,
    kinds::{Role, Scope},
    problem::Problem,
};
use serde::{Deserialize, Serialize};

use super::{
    App, AppError,
    claims::attempt::UnitError,
    idempotency::Key,
    transact::{End, Locks, MutationResult, Unit, result},
};
use crate::store::directory::Loadable;

/// The most rows that one call may bring.
pub const ROWS_MAX: usize = 1_000;

/// Who loads the directory.
#[derive(Clone, Copy, Debug)]
pub enum Loader<'a> {
    /// A caller of the API, who needs the role and the scope (A2, A5).
    Caller(&'a Caller),
    /// The operator, at the command line of the server.
    Operator,
}

/// The result of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upserted {
    /// How many were new.
    pub inserted: usize,
    /// How many changed something.
    pub updated: usize,
    /// The number of rows that matched the stored data.
    pub unchanged: usize,
    /// The rows that were refused, by their position from 0, and why; nothing of them was written.
    pub problems: Vec<(usize, Problem)>,
}

impl MutationResult for Upserted {
    /// The problem of a whole request is reported at its first row.
    fn refused(problems: Vec<Problem>) -> Self {
        Self { problems: problems.into_iter().map(|problem| (0, problem)).collect(), ..Self::default() }
    }
}

impl App {
    /// Loads rows by natural key: new ones are inserted, others updated. With `dry_run` nothing is written, and the answer
    /// is what it would have been.
    ///
    /// # Errors
    /// `FORBIDDEN` for a caller other than the directory's service account; `BAD_USER_INPUT` beyond [`ROWS_MAX`] rows;
    /// database errors.
    pub async fn upsert<R: Loadable + Serialize>(
        &self,
        loader: Loader<'_>,
        mutation: &'static str,
        rows: Vec<R>,
        key: Option<String>,
        dry_run: bool,
    ) -> Result<Upserted, AppError> {
        allowed(loader)?;
        if rows.len() > ROWS_MAX {
            return Err(AppError::BadInput(format!(
                "A request has at most {ROWS_MAX} rows. Split them into several requests."
            )));
        }
        let key = match loader {
            Loader::Operator => None,
            Loader::Caller(caller) => Key::new(caller, key.as_deref(), mutation, &rows)
                .map_err(|problem| AppError::BadInput(problem.message))?,
        };
        let work = |unit| self.store_rows(unit, rows.clone(), dry_run);
        let done = result(self.transact_once(key.as_ref(), Locks::Own, work).await)?;
        if R::MAY_END_ASSOCIATIONS && done.inserted + done.updated > 0 && !dry_run {
            Box::pin(self.settle()).await?;
        }
        Ok(done)
    }

    async fn store_rows<R: Loadable>(
        &self,
        unit: Unit,
        rows: Vec<R>,
        dry_run: bool,
    ) -> Result<End<Upserted>, UnitError> {
        let mut answer = Upserted::default();
        let (positions, good) = checked(rows, &mut answer.problems);
        let refused = R::refused(&unit, &good).await?;
        let existing = R::existing(&unit, &good).await?;
        let mut to_write = Vec::with_capacity(good.len());
        for ((position, row), refused) in positions.into_iter().zip(good).zip(refused) {
            let there = existing.get(&row.key());
            let row = row.completed(there);
            match (refused, there) {
                (Some(problem), _) => answer.problems.push((position, problem)),
                (None, Some(there)) if row.unchanged(there) => answer.unchanged += 1,
                (None, Some(_)) => {
                    answer.updated += 1;
                    to_write.push(row);
                }
                (None, None) => {
                    answer.inserted += 1;
                    to_write.push(row);
                }
            }
        }
        answer.problems.sort_by_key(|(position, _)| *position);
        if dry_run {
            return Ok(unit.roll_back(answer));
        }
        if !to_write.is_empty() {
            R::write(&unit, &to_write, self.now()).await?;
        }
        Ok(unit.commit(answer))
    }
}

/// Only the directory's service account loads it through the API (A2, A5).
fn allowed(loader: Loader<'_>) -> Result<(), AppError> {
    let Loader::Caller(caller) = loader else { return Ok(()) };
    if !caller.has(Scope::DirectoryWrite) {
        return Err(AppError::Forbidden(format!("The token needs the scope {}.", Scope::DirectoryWrite)));
    }
    if !caller.is(Role::DirectorySync) {
        return Err(AppError::Forbidden(format!("Only the role {} may load the directory.", Role::DirectorySync)));
    }
    Ok(())
}

/// The rows that are acceptable in themselves, with their positions; of rows with the same key only the first.
fn checked<R: Loadable>(rows: Vec<R>, problems: &mut Vec<(usize, Problem)>) -> (Vec<usize>, Vec<R>) {
    let mut seen = HashSet::with_capacity(rows.len());
    let mut good = Vec::with_capacity(rows.len());
    for (position, row) in rows.into_iter().enumerate() {
        match row.check() {
            Ok(row) if seen.insert(row.key()) => good.push((position, row)),
            Ok(_) => problems.push((
                position,
                Problem::invalid([R::KEY_FIELD], "An earlier row of this request has the same key.")
                    .remedy("Give each key only once per request."),
            )),
            Err(problem) => problems.push((position, problem)),
        }
    }
    good.into_iter().unzip()
}
