//! The connections that single statements run on: reads, and changes that are one statement.
//!
//! sqlx sends a message to the database each time a connection goes back to its pool, to learn whether it is still good:
//! a second round trip for every statement. Here a connection whose statement came to its end is kept and handed to
//! the next one as it is. Whatever else happened to it, an error of the network or whoever was dropped in the middle
//! of a statement, it goes back to sqlx, which checks it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
    prelude::async_trait::async_trait,
    sea_query::Values,
    sqlx::{
        self, AssertSqlSafe, Database, Executor, IntoArguments, Postgres, Sqlite, pool::PoolConnection, query::Query,
        query_with,
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::is_of_the_statement;
use crate::telemetry;

/// How long a free connection is waited for.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may lie idle and still be trusted.
const TRUSTED_IDLE: Duration = Duration::from_secs(30);
/// How long a connection is kept before sqlx sees it again, which closes the old ones.
const KEPT: Duration = Duration::from_mins(5);

type Observer = Arc<dyn Fn(&str) + Send + Sync>;

/// Connections for single statements; clones share them.
#[derive(Clone)]
pub struct StatementPool {
    kept: Kept,
    observer: Option<Observer>,
}

#[derive(Clone)]
enum Kept {
    Postgres(Arc<Connections<Postgres>>),
    Sqlite(Arc<Connections<Sqlite>>),
}

/// Runs the expression with the connections of either database.
macro_rules! on {
    ($pool:expr, $connections:ident => $run:expr) => {
        match &$pool.kept {
            Kept::Postgres($connections) => $run,
            Kept::Sqlite($connections) => $run,
        }
    };
}

impl StatementPool {
    /// A pool that keeps the connections of this one, which must not be used otherwise.
    pub(super) fn over(connection: &DatabaseConnection) -> Self {
        let kept = match connection.get_database_backend() {
            DbBackend::Postgres => {
                Kept::Postgres(Arc::new(Connections::of(connection.get_postgres_connection_pool().clone())))
            }
            _ => Kept::Sqlite(Arc::new(Connections::of(connection.get_sqlite_connection_pool().clone()))),
        };
        Self { kept, observer: None }
    }

    /// Which database it is.
    #[must_use]
    pub const fn get_database_backend(&self) -> DbBackend {
        match self.kept {
            Kept::Postgres(_) => DbBackend::Postgres,
            Kept::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    /// Calls `observer` with the SQL of every statement.
    pub(super) fn observe(&mut self, observer: impl Fn(&str) + Send + Sync + 'static) {
        self.observer = Some(Arc::new(observer));
    }

    /// How many connections are open, how many of them are idle, and how many there may be.
    pub(super) fn connection_counts(&self) -> (u32, u32, u32) {
        match &self.kept {
            Kept::Postgres(connections) => connections.counts(),
            Kept::Sqlite(connections) => connections.counts(),
        }
    }

    /// Whether all connections are in use, so that a statement would have to wait.
    pub(super) fn is_busy(&self) -> bool {
        on!(self, connections => connections.permits.available_permits() == 0)
    }

    /// Waits for a connection and runs the statement that is made only then; nothing, if none is made.
    pub(super) async fn query_late(
        &self,
        statement: impl FnOnce() -> Option<Statement> + Send,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let statement = || statement().inspect(|statement| self.saw(&statement.sql));
        on!(self, connections => connections.query(statement).await)
    }

    /// Tells the observer of a statement.
    pub(super) fn saw(&self, sql: &str) {
        if let Some(observer) = &self.observer {
            observer(sql);
        }
    }
}

impl fmt::Debug for StatementPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, idle, limit) = self.connection_counts();
        f.debug_struct("StatementPool").field("open", &open).field("idle", &idle).field("limit", &limit).finish()
    }
}

#[async_trait]
impl ConnectionTrait for StatementPool {
    fn get_database_backend(&self) -> DbBackend {
        Self::get_database_backend(self)
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.saw(&statement.sql);
        on!(self, connections => connections.execute(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.saw(sql);
        on!(self, connections => connections.execute_unprepared(sql.to_owned()).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.saw(&statement.sql);
        on!(self, connections => connections.query(|| Some(statement)).await)
    }
}

/// The connections to one database.
struct Connections<DB: Database> {
    pool: sqlx::Pool<DB>,
    /// One permit for each connection that may be open: who has one finds a connection here or may open one.
    permits: Semaphore,
    idle: Mutex<Vec<Idle<DB>>>,
}

struct Idle<DB: Database> {
    connection: PoolConnection<DB>,
    taken: Instant,
    since: Instant,
}

#[expect(clippy::disallowed_methods, reason = "only measures how long a connection was kept")]
fn now() -> Instant {
    Instant::now()
}

impl<DB: Database> Connections<DB> {
    fn of(pool: sqlx::Pool<DB>) -> Self {
        let limit = pool.options().get_max_connections();
        Self { pool, permits: Semaphore::new(usize::try_from(limit).unwrap_or(1)), idle: Mutex::default() }
    }

    fn counts(&self) -> (u32, u32, u32) {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).len();
        let idle = u32::try_from(self.pool.num_idle().saturating_add(kept)).unwrap_or(u32::MAX);
        let open = self.pool.size();
        (open, idle.min(open), self.pool.options().get_max_connections())
    }

    /// Takes a connection for one statement. The waits for a permit and for a connection have one limit together: while
    /// the database is down, all waiting callers fail at the same time.
    async fn lease(&self) -> Result<Lease<'_, DB>, DbErr> {
        if let Ok(permit) = self.permits.try_acquire() {
            let now = now();
            if let Some(Idle { connection, taken, .. }) = self.trusted(now) {
                return Ok(self.leased(permit, connection, taken));
            }
            // On the heap: what opens a connection is so large that moving it costs more than a read.
            return Box::pin(within_the_timeout(self.open(permit, now))).await;
        }
        Box::pin(within_the_timeout(async {
            let permit = self.permits.acquire().await;
            let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
            let now = now();
            match self.trusted(now) {
                Some(Idle { connection, taken, .. }) => Ok(self.leased(permit, connection, taken)),
                // By itself on the heap, too: otherwise everybody who waits would move it, and few open a connection.
                None => Box::pin(self.open(permit, now)).await,
            }
        }))
        .await
    }

    /// Lets sqlx find or open a connection.
    async fn open<'a>(&'a self, permit: SemaphorePermit<'a>, now: Instant) -> Result<Lease<'a, DB>, DbErr> {
        let connection = self.pool.acquire().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        Ok(self.leased(permit, connection, now))
    }

    const fn leased<'a>(
        &'a self,
        permit: SemaphorePermit<'a>,
        connection: PoolConnection<DB>,
        taken: Instant,
    ) -> Lease<'a, DB> {
        Lease { connections: self, connection: Some(connection), taken, is_settled: false, _permit: permit }
    }

    /// The connection that was used last, unless that is long ago: then sqlx is to check all of them.
    fn trusted(&self, now: Instant) -> Option<Idle<DB>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let last = idle.pop()?;
        if now.duration_since(last.since) < TRUSTED_IDLE {
            return Some(last);
        }
        let stale = std::mem::take(&mut *idle);
        drop(idle);
        drop((last, stale));
        None
    }
}

/// The result of waiting for a connection, with a timeout.
async fn within_the_timeout<T>(waiting: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let waited = tokio::time::timeout(ACQUIRE_TIMEOUT, waiting).await;
    waited.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
}

/// A connection while a statement runs on it.
struct Lease<'a, DB: Database> {
    connections: &'a Connections<DB>,
    connection: Option<PoolConnection<DB>>,
    taken: Instant,
    /// Whether the statement came to its end, so that the connection can run another one.
    is_settled: bool,
    _permit: SemaphorePermit<'a>,
}

impl<DB: Database> Lease<'_, DB> {
    fn connection(&mut self) -> Result<&mut DB::Connection, DbErr> {
        self.connection.as_deref_mut().ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    /// Notes how the statement ended: after its rows, or an error that the database reported, the connection is good.
    fn settle<T>(mut self, result: Result<T, sqlx::Error>) -> Result<T, DbErr> {
        self.is_settled = match &result {
            Ok(_) => true,
            Err(sqlx::Error::Database(told)) => is_of_the_statement(&**told),
            Err(_) => false,
        };
        result.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }
}

impl<DB: Database> Drop for Lease<'_, DB> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let since = now();
        if self.is_settled && since.duration_since(self.taken) < KEPT {
            let idle = Idle { connection, taken: self.taken, since };
            self.connections.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        }
        // Otherwise it is dropped, and sqlx takes it back.
    }
}

impl<DB> Connections<DB>
where
    DB: Database,
    SqlxValues: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    QueryResult: From<DB::Row>,
    ExecResult: From<DB::QueryResult>,
{
    async fn query(&self, statement: impl FnOnce() -> Option<Statement> + Send) -> Result<Vec<QueryResult>, DbErr> {
        let mut lease = self.lease().await?;
        let Some(statement) = statement() else {
            lease.is_settled = true;
            return Ok(Vec::new());
        };
        let rows = telemetry::outside_span(prepared::<DB>(statement).fetch_all(lease.connection()?)).await;
        Ok(lease.settle(rows)?.into_iter().map(Into::into).collect())
    }

    async fn execute(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut lease = self.lease().await?;
        let done = telemetry::outside_span(prepared::<DB>(statement).execute(lease.connection()?)).await;
        lease.settle(done).map(Into::into)
    }

    async fn execute_unprepared(&self, sql: String) -> Result<ExecResult, DbErr> {
        let mut lease = self.lease().await?;
        let done = lease.connection()?.execute(AssertSqlSafe(sql)).await;
        lease.settle(done).map(Into::into)
    }
}

/// The statement, to be prepared once a connection.
pub(super) fn prepared<DB: Database>(statement: Statement) -> Query<'static, DB, SqlxValues>
where
    SqlxValues: IntoArguments<DB>,
{
    let values = statement.values.unwrap_or_else(|| Values(Vec::new()));
    query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}
