//! What can go wrong with the store of documents.

use std::io;

use object_store::Error;

/// Why the store did not do what it was asked; the texts are for the log, never for a client.
#[derive(Debug)]
pub enum DocumentsError {
    /// Nothing is under the key, or the bucket is not there.
    Gone(String),
    /// The store refuses: the credentials are wrong, or do not suffice.
    Refused(String),
    /// The store does not answer or cannot do it now; trying again later may help.
    Unavailable(String),
}

impl DocumentsError {
    /// The cause, for the log.
    #[must_use]
    pub fn for_the_log(&self) -> &str {
        match self {
            Self::Gone(why) | Self::Refused(why) | Self::Unavailable(why) => why,
        }
    }

    /// Whether the content does not exist, so that waiting does not help.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Gone(_))
    }
}

impl From<Error> for DocumentsError {
    fn from(error: Error) -> Self {
        match &error {
            Error::NotFound { .. } => Self::Gone(error.to_string()),
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => Self::Refused(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// Does this on a thread for blocking work.
pub(super) async fn blocking<T: Send + 'static>(
    doing: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, DocumentsError> {
    let done = tokio::task::spawn_blocking(doing).await;
    done.unwrap_or_else(|ended| Err(io::Error::other(ended))).map_err(DocumentsError::from)
}

impl From<io::Error> for DocumentsError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Refused(error.to_string()),
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// A setting of the store that cannot be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// The error.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl SettingError {
    pub(super) fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }

    /// The document store responded with a refusal.
    pub(super) fn refused(why: &str) -> Self {
        Self::new(
            format!("The document store cannot store anything: {why}"),
            "Check the folder or the bucket of --documents (CPOR_DOCUMENTS), and that it is writable: for a folder its \
             permissions; for a bucket AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and its policy.",
        )
    }
}
