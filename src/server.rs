//! The assembly: options become an open database, the use cases, the schema, and a server on a socket.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use domain::policy::{Policy, PolicyFile};

use crate::{
    app::App,
    clock::Clock,
    config::{Config, StorageOptions},
    documents::Documents,
    store::{Db, StoreError},
};

/// How long requests that are running may take to end when the server stops.
const FAREWELL: Duration = Duration::from_secs(10);

/// Why nothing could be started, and what to do about it.
#[derive(Clone, Debug)]
pub struct StartError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl StartError {
    fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::new(format!("The server stopped: {error}."), "Start it again; its database is as the last answered request left it.")
    }
}

/// Opens the database.
///
/// # Errors
/// When the address is of no kind that is known, or nothing answers there.
pub async fn connect(url: &str) -> Result<Db, StartError> {
    Db::connect(url).await.map_err(|error| match error {
        StoreError::Address(message) => StartError::new(message, "Set DATABASE_URL or --database-url."),
        error => StartError::new(
            format!("The database cannot be opened: {}.", error.for_the_log()),
            "Check DATABASE_URL, that the database server runs, and that this user may open it.",
        ),
    })
}

/// Applies every step of the schema that is missing.
///
/// # Errors
/// See [`schema_error`].
pub async fn migrate(db: &Db) -> Result<(), StartError> {
    db.migrate_up().await.map_err(schema_error)
}

/// What a failure of the schema's steps means for the operator.
#[must_use]
pub fn schema_error(error: StoreError) -> StartError {
    StartError::new(
        format!("The database's schema cannot be read or changed: {}.", error.for_the_log()),
        "Nothing was changed. Check that the user may change tables, and that the database was not migrated by a newer release.",
    )
}

/// Opens everything that the use cases stand on. With `migrate` the schema is brought up to date, without it it must be.
///
/// # Errors
/// For the first part that cannot be opened.
pub async fn open(storage: &StorageOptions, public_url: Option<String>, migrate: bool) -> Result<App, StartError> {
    let policy = storage.policy.as_deref().map_or_else(|| Ok(Policy::default()), policy)?;
    let db = connect(&storage.database_url).await?;
    if migrate {
        self::migrate(&db).await?;
    } else if !db.ready().await.map_err(schema_error)? {
        return Err(StartError::new("The database has not every step of the schema.", "Run `cpor migrate up`."));
    }
    let documents = Documents::open(&storage.documents).map_err(|error| {
        StartError::new(format!("The documents folder cannot be opened: {}.", error.0), "Set CPOR_DOCUMENTS or --documents to file:// and a folder.")
    })?;
    Ok(App::new(db, Clock::System, policy, documents, public_url))
}

/// Reads the policy file.
fn policy(path: &Path) -> Result<Policy, StartError> {
    let remedy = "Mend the file, or leave --policy out for the rule book's values.";
    let wrong = |error: &dyn std::fmt::Display| {
        StartError::new(format!("The policy file {} cannot be used: {error}", path.display()), remedy)
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let file: PolicyFile = toml::from_str(&text).map_err(|error| wrong(&error))?;
    Policy::try_from(file).map_err(|error| wrong(&error))
}

/// A server that is bound to its address and ready to run.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
    router: crate::http::Router,
}
