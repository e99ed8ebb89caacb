//! What can go wrong with a use case beside a refusal.

use domain::lifecycle::Forbidden;

use crate::{documents::DocumentsError, store::StoreError};

/// An error of a use case. It has no `Display`, so that its inside can never become a client's text by accident.
#[derive(Debug)]
pub enum AppError {
    /// The caller may never do this; the sentence may be shown.
    Forbidden(String),
    /// The input has a form that cannot be meant; the sentence may be shown.
    BadInput(String),
    /// The database does not answer now; trying again later may help.
    Unavailable(String),
    /// A fault of the server; the text is for the log only.
    Internal(String),
}

impl AppError {
    /// What happened, for the operator's eyes only.
    #[must_use]
    pub fn for_the_log(&self) -> &str {
        match self {
            Self::Forbidden(cause) | Self::BadInput(cause) | Self::Unavailable(cause) | Self::Internal(cause) => cause,
        }
    }
}

impl From<Forbidden> for AppError {
    fn from(forbidden: Forbidden) -> Self {
        Self::Forbidden(forbidden.0)
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NoSuchPlace) {
            Self::BadInput(
                "This history has no entry for the cursor or position. Read again without it, and continue from there."
                    .to_owned(),
            )
        } else if error.is_unavailable() {
            Self::Unavailable(error.for_the_log())
        } else {
            Self::Internal(error.for_the_log())
        }
    }
}

impl From<DocumentsError> for AppError {
    fn from(error: DocumentsError) -> Self {
        let cause = format!("documents: {}", error.for_the_log());
        if error.is_gone() { Self::Internal(cause) } else { Self::Unavailable(cause) }
    }
}
