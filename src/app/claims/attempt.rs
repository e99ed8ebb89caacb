//! Trying a use case, and trying it again when another transaction was in the way.

use std::future::Future;

use domain::problem::Problem;

use crate::{app::AppError, documents::DocumentsError, ids, store::StoreError};

/// How often a use case is tried in all.
const TRIES: u32 = 4;

/// Why an attempt came to nothing.
#[derive(Debug)]
pub(in crate::app) enum Failure {
    /// The rules refuse it: an answer.
    Refused(Vec<Problem>),
    /// The database; some of its failures are worth another try.
    Store(StoreError),
    /// Anything else.
    App(AppError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

/// For work that refuses nothing.
impl From<Failure> for AppError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(problems) => {
                Self::Internal(format!("work that refuses nothing was refused: {problems:?}"))
            }
            Failure::Store(error) => error.into(),
            Failure::App(error) => error,
        }
    }
}

impl From<DocumentsError> for Failure {
    fn from(error: DocumentsError) -> Self {
        Self::App(error.into())
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Refused(vec![problem])
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(problems)
    }
}

/// Runs a use case, again from its beginning when another transaction was in the way: a lock not given, or a unique
/// value taken between looking and writing. The new try sees what the other one did and answers accordingly. Inside, the
/// reasons of a refusal.
pub(in crate::app) async fn tried<T, F: Future<Output = Result<T, Failure>>>(
    attempt: impl Fn() -> F,
) -> Result<Result<T, Vec<Problem>>, AppError> {
    let mut failed = 0;
    loop {
        // Boxed, so that callers of use cases do not have its whole state on the stack.
        match Box::pin(attempt()).await {
            Ok(answer) => return Ok(Ok(answer)),
            Err(Failure::Refused(problems)) => return Ok(Err(problems)),
            Err(Failure::App(error)) => return Err(error),
            Err(Failure::Store(StoreError::Retry | StoreError::Unique(_))) if failed + 1 < TRIES => {
                failed += 1;
                tokio::time::sleep(ids::jitter(failed)).await;
            }
            Err(Failure::Store(StoreError::Retry)) => {
                return Err(AppError::Unavailable("every attempt conflicted with another transaction".to_owned()));
            }
            Err(Failure::Store(error)) => return Err(error.into()),
        }
    }
}
