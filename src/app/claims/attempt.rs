//! The retry of a unit of work after a conflict with another transaction, and the errors that end one.

use std::future::Future;

use domain::problem::Problem;

use crate::{app::AppError, documents::DocumentsError, ids, store::StoreError};

/// The maximum number of attempts.
const ATTEMPTS: u32 = 4;

/// Why a unit of work was not committed.
#[derive(Debug)]
pub(in crate::app) enum UnitError {
    /// The rules refuse it; the problems are the answer.
    Refused(Vec<Problem>),
    /// An error of the database. A conflict is retried.
    Store(StoreError),
    /// Any other error.
    App(AppError),
}

impl From<StoreError> for UnitError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AppError> for UnitError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// For work that refuses nothing.
impl From<UnitError> for AppError {
    fn from(failure: UnitError) -> Self {
        match failure {
            UnitError::Refused(problems) => {
                Self::Internal(format!("work that refuses nothing was refused: {problems:?}"))
            }
            UnitError::Store(error) => error.into(),
            UnitError::App(error) => error,
        }
    }
}

impl From<DocumentsError> for UnitError {
    fn from(error: DocumentsError) -> Self {
        Self::App(error.into())
    }
}

impl From<Problem> for UnitError {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

impl From<Vec<Problem>> for UnitError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(problems)
    }
}

/// Runs work and retries it after a conflict with another transaction: a lock that was not given, or a unique value that
/// was taken between the look-up and the insert. The next attempt sees what the other transaction did. A refusal is the
/// inner error.
pub(in crate::app) async fn retry_conflicts<T, F: Future<Output = Result<T, UnitError>>>(
    attempt: impl Fn() -> F,
) -> Result<Result<T, Vec<Problem>>, AppError> {
    let mut failed = 0;
    loop {
        // Boxed, so that callers of use cases do not have its whole state on the stack.
        match Box::pin(attempt()).await {
            Ok(answer) => return Ok(Ok(answer)),
            Err(UnitError::Refused(problems)) => return Ok(Err(problems)),
            Err(UnitError::App(error)) => return Err(error),
            Err(UnitError::Store(StoreError::Retry | StoreError::Unique(_))) if failed + 1 < ATTEMPTS => {
                failed += 1;
                tokio::time::sleep(ids::jitter(failed)).await;
            }
            Err(UnitError::Store(StoreError::Retry)) => {
                return Err(AppError::Unavailable("every attempt conflicted with another transaction".to_owned()));
            }
            Err(UnitError::Store(error)) => return Err(error.into()),
        }
    }
}
