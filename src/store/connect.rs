//! Opening the database.

use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, SqlxError,
    sqlx::{
        Connection,
        pool::PoolConnectionMetadata,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{Db, StatementPool, StoreError, gather, snapshot::MOST_AT_ONCE, transaction::together};
use crate::private;

/// How long a statement may run on PostgreSQL, a lock be waited for on SQLite, and a free connection be waited for.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection may lie idle before it is tried out when it is taken up again.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);

/// How long a statement of a snapshot may run on PostgreSQL: it counts the rows of a whole list.
const SNAPSHOT_PATIENCE: Duration = Duration::from_mins(1);

/// How many prepared statements a connection keeps: more than there are, lists of keys being of few lengths.
const STATEMENTS: usize = 500;

/// How many connections read from SQLite at once.
const SQLITE_READERS: u32 = 4;

/// How many rows the thread of a SQLite connection reads ahead: those of a page of claims with what hangs on them. If it had to
/// wait for its reader in between, each of the two would wake the other again and again.
const ROWS: usize = 1_000;

/// How much of the database each reader of SQLite keeps in memory, in KiB (a negative number, as SQLite has it): four times as much as
/// by default, because every page that is not there is copied from the file.
const READER_CACHE: &str = "-8192";

/// The same for the writer, which changes pages of a dozen indexes with every change.
const WRITER_CACHE: &str = "-16384";

/// After how many pages of the log SQLite copies it into the database file: 16 MiB, four times as many as by default. A page that
/// was written several times meanwhile is copied once.
const CHECKPOINT_PAGES: &str = "4000";

/// How many connections a server has to PostgreSQL for reading, how many for transactions, and how many for changes that are
/// one statement: a reader never waits for those who wait for a lock.
const POSTGRES_CONNECTIONS: u32 = 8;

impl Db {
    /// Opens the database at `sqlite://path` or `postgres://..`; the folder and file of SQLite are made if they are not
    /// there.
    ///
    /// # Errors
    /// [`StoreError::Address`] for any other address, [`StoreError::Unavailable`] when it cannot be opened.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            sqlite(url).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres(url).await
        } else {
            // The address may contain a password, so only its expected form is reported.
            Err(StoreError::Address(
                "the database is given as sqlite://path or postgres://user:password@host/name".to_owned(),
            ))
        }
    }
}

async fn sqlite(url: &str) -> Result<Db, StoreError> {
    let file = SqliteConnectOptions::from_str(url).map_err(|e| StoreError::Address(e.to_string()))?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        let message = "a database in memory cannot be shared by readers and writers; name a file";
        return Err(StoreError::Address(message.to_owned()));
    }
    let folder = file.get_filename().parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder {
        private::make_folder(folder)
            .map_err(|e| StoreError::Unavailable(format!("cannot make the folder {}: {e}", folder.display())))?;
    }
    let path = file.get_filename();
    private::make_file(path)
        .map_err(|e| StoreError::Unavailable(format!("cannot make the file {}: {e}", path.display())))?;
    // The writer comes first: it makes the file and turns on WAL, which readers may not.
    let mut write = options(url, 1);
    let write = open(write.map_sqlx_sqlite_opts(writer).map_sqlx_sqlite_before_acquire(is_sound)).await?;
    let (mut read, mut log) = (options(url, SQLITE_READERS), options(url, 1));
    let (read, log) =
        tokio::try_join!(open(read.map_sqlx_sqlite_opts(reader)), open(log.map_sqlx_sqlite_opts(reader)))?;
    let mut snapshots = rarely(options(url, MOST_AT_ONCE));
    let snapshots = open(snapshots.map_sqlx_sqlite_opts(reader)).await?;
    Ok(Db {
        read: StatementPool::over(&read),
        write,
        at_once: None,
        log: StatementPool::over(&log),
        snapshots,
        kept: Arc::default(),
        claims: Arc::default(),
        snapshots_by_id: Arc::default(),
        changes: Arc::new(gather::Groups::of_at_most(together::MOST)),
    })
}

/// Whether the writer may be used again: only if it is outside any transaction.
///
/// SQLite itself rolls back a transaction that it cannot write down, for instance on a full disk. `ROLLBACK` then
/// fails, and sqlx goes on counting the transaction: everything that came later would be a part of it, confirmed and
/// never committed. Such a connection is closed, and the next one begins again.
fn is_sound(connection: &mut SqliteConnection, _: PoolConnectionMetadata) -> BoxFuture<'_, Result<bool, SqlxError>> {
    let is_sound = !connection.is_in_transaction();
    if !is_sound {
        tracing::warn!("a connection to the database was closed: its last transaction did not end");
    }
    Box::pin(std::future::ready(Ok(is_sound)))
}

/// Connections that read from PostgreSQL: two for each processor, and at least four. More of them make no read quicker but take
/// the database's caches from each other: with eight on two processors the same reads cost a quarter more.
fn readers() -> u32 {
    processors().saturating_mul(2).max(4)
}

/// Connections for changes that are one statement: one for each processor, and one that waits for the disk. Who finds all of
/// them in use stores its change with others, which costs less.
fn writers() -> u32 {
    processors().saturating_add(1).max(3)
}

fn processors() -> u32 {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    u32::try_from(processors).unwrap_or(POSTGRES_CONNECTIONS)
}

async fn postgres(url: &str) -> Result<Db, StoreError> {
    let mut pool = options(url, POSTGRES_CONNECTIONS);
    pool.statement_timeout(TIMEOUT).map_sqlx_postgres_opts(session);
    let mut reads = pool.clone();
    reads.max_connections(readers());
    let mut reader = pool.clone();
    // The few statements of the log run all the time, from positions at its end: PostgreSQL would take each of them for
    // a chance to plan again.
    reader
        .max_connections(1)
        .map_sqlx_postgres_opts(|options| session(options).options([("plan_cache_mode", "force_generic_plan")]));
    let mut writes = pool.clone();
    writes.max_connections(writers());
    let (read, write, at_once, log) = tokio::try_join!(open(&reads), open(&pool), open(&writes), open(&reader))?;
    let at_once = Some(StatementPool::over(&at_once));
    let mut snapshots = rarely(options(url, MOST_AT_ONCE));
    snapshots
        .statement_timeout(SNAPSHOT_PATIENCE)
        .map_sqlx_postgres_opts(|options| session(options).options([("idle_in_transaction_session_timeout", "5min")]));
    let snapshots = open(&snapshots).await?;
    Ok(Db {
        read: StatementPool::over(&read),
        write,
        at_once,
        log: StatementPool::over(&log),
        snapshots,
        kept: Arc::default(),
        claims: Arc::default(),
        snapshots_by_id: Arc::default(),
        changes: Arc::new(gather::Groups::of_at_most(together::MOST)),
    })
}

fn session(options: PgConnectOptions) -> PgConnectOptions {
    options
        .application_name("cpor")
        .statement_cache_capacity(STATEMENTS)
        // A writer that hangs would hold back every reader of the history (H2). To compile a statement takes longer than any
        // statement here runs.
        .options([("idle_in_transaction_session_timeout", "10s"), ("jit", "off")])
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .connect_timeout(TIMEOUT)
        .acquire_timeout(TIMEOUT)
        // Trying out every connection each time costs a round trip a statement.
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(TRUSTED_IDLE)
        .sqlx_logging(false);
    options
}

/// Connections that are opened when they are needed, and closed soon after.
fn rarely(mut options: ConnectOptions) -> ConnectOptions {
    options.min_connections(0).connect_lazy(true).idle_timeout(TRUSTED_IDLE);
    options
}

async fn open(options: &ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    Ok(Box::pin(Database::connect(options.clone())).await?)
}

fn writer(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: confirmed changes survive a loss of power.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(TIMEOUT)
        .statement_cache_capacity(STATEMENTS)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
}

fn reader(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .read_only(true)
        .busy_timeout(TIMEOUT)
        .statement_cache_capacity(STATEMENTS)
        .row_buffer_size(ROWS)
        .pragma("cache_size", READER_CACHE)
}
