//! Errors of the database, grouped by how they are handled.

use std::ops::Deref;

use sea_orm::{
    DbErr, RuntimeErr, SqlErr, SqlxError,
    sqlx::{
        error::DatabaseError,
        postgres::{PgDatabaseError, PgSeverity},
    },
};

/// A failure of the database. It has no `Display`, so that no SQL can slip into an answer; `Debug` is for the log.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// Another transaction was in the way; the whole use case may be tried again.
    Retry,
    /// The database cannot be reached, or not in time.
    Unavailable(String),
    /// A unique index refused the row. On PostgreSQL the text is the index's name, on SQLite its columns, such as
    /// `claim.number`.
    Unique(String),
    /// A row holds a value that this program cannot read: the table and the row's key.
    Corrupt(&'static str, String),
    /// A cursor or position names an entry that this database does not have.
    NoSuchPlace,
    /// The address is not of a supported database.
    Address(String),
    /// Anything else: a mistake in this program or in the database.
    Other(DbErr),
}

impl StoreError {
    /// Whether trying again later may help.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        matches!(self, Self::Retry | Self::Unavailable(_))
    }

    /// Whether the database has refused the statement, so that nothing of it is stored.
    #[must_use]
    pub(in crate::store) fn is_a_refusal(&self) -> bool {
        match self {
            Self::Retry | Self::Unique(_) => true,
            Self::Other(DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) => {
                matches!(&**cause, SqlxError::Database(told) if is_of_the_statement(&**told))
            }
            _ => false,
        }
    }

    /// What happened, for the operator's eyes only.
    #[must_use]
    pub fn for_the_log(&self) -> String {
        match self {
            Self::Retry => "another transaction was in the way".to_owned(),
            Self::Unavailable(why) => format!("the database is not available: {why}"),
            Self::Unique(what) => format!("a unique index refused a row: {what}"),
            Self::Corrupt(table, key) => format!("the row {key} of {table} cannot be read"),
            Self::NoSuchPlace => "a cursor names an entry that is not there".to_owned(),
            Self::Address(why) => why.clone(),
            Self::Other(error) => error.to_string(),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(error.to_string()),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
                from_driver(cause).unwrap_or_else(|| unique(&error))
            }
            _ => Self::Other(error),
        }
    }
}

/// Whether the database reports an error of the statement, after which the connection is good. After a worse one of PostgreSQL the
/// connection is lost, and it is not known whether a commit came to its end.
pub(super) fn is_of_the_statement(told: &dyn DatabaseError) -> bool {
    told.try_downcast_ref::<PgDatabaseError>()
        .is_none_or(|told| told.severity() == PgSeverity::Error && !told.code().starts_with("08"))
}

/// What the driver's error means for the caller, where it means something particular.
fn from_driver(cause: &SqlxError) -> Option<StoreError> {
    let SqlxError::Database(told) = cause else {
        let lost =
            matches!(cause, SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed);
        return lost.then(|| StoreError::Unavailable(cause.to_string()));
    };
    match told.code().unwrap_or_default().deref() {
        // PostgreSQL: serialization failure, deadlock. SQLite: busy with a stale snapshot.
        "40001" | "40P01" | "517" => Some(StoreError::Retry),
        // PostgreSQL: statement timeout, too many connections, shutting down or starting up. SQLite: busy, after it was waited
        // for as long as a lock is waited for.
        "57014" | "53300" | "57P01" | "57P02" | "57P03" | "5" => Some(StoreError::Unavailable(cause.to_string())),
        code if is_of_the_disk(code) => Some(StoreError::Unavailable(cause.to_string())),
        _ => None,
    }
}

/// Whether the disk under the database is full or fails: what cannot be stored now can be when the operator has seen to it.
fn is_of_the_disk(code: &str) -> bool {
    // PostgreSQL: disk full, out of memory, input/output error. SQLite's extended codes hold the plain ones in their lowest
    // byte: read-only, input/output error, full, cannot be opened.
    matches!(code, "53100" | "53200" | "58030")
        || (code.len() < 5 && code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 8 | 10 | 13 | 14)))
}

fn unique(error: &DbErr) -> StoreError {
    let Some(SqlErr::UniqueConstraintViolation(message)) = error.sql_err() else {
        return StoreError::Other(error.clone());
    };
    let named = match error {
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            cause.as_database_error().and_then(|told| told.constraint())
        }
        _ => None,
    };
    StoreError::Unique(named.map_or(message, str::to_owned))
}
