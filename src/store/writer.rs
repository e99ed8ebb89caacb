//! Changes that are one message to the database: begun, made and committed without an answer in between.
//!
//! On PostgreSQL that is one statement. On SQLite it is one text from `BEGIN` to `COMMIT`: SQLite has one writer at a time, so everybody
//! waits for what lies between them, and sent by itself, each statement is another message to the connection's thread and back.

use sea_orm::{
    ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement,
    sqlx::{Executor as _, Sqlite, pool::PoolConnection},
};
use tracing::Instrument as _;

use super::{Db, StoreError, pool::prepared};

/// Whether all connections for changes are in use, so that a change would have to wait.
pub(super) fn is_busy(db: &Db) -> bool {
    if let Some(at_once) = &db.at_once {
        return at_once.is_busy();
    }
    let pool = db.write.get_sqlite_connection_pool();
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

/// Waits for a connection, runs the statement that is made only then, and returns its rows; none, if no statement is made. Where it
/// fails, nothing of it is stored.
pub(super) async fn query(
    db: &Db,
    statement: impl FnOnce() -> Option<Statement> + Send,
) -> Result<Vec<QueryResult>, StoreError> {
    if let Some(at_once) = &db.at_once {
        return Ok(at_once.query_late(statement).await?);
    }
    let pool = db.write.get_sqlite_connection_pool();
    let connection = pool.acquire().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let Some(statement) = statement() else { return Ok(Vec::new()) };
    db.read.saw(&statement.sql);
    // A task of its own, so that a caller that hangs up never leaves the transaction open.
    match tokio::spawn(transact(connection, statement).in_current_span()).await {
        Ok(rows) => Ok(rows?),
        Err(ended) => Err(StoreError::Unavailable(format!("a change was not stored: {ended}"))),
    }
}

/// Runs a text that begins and ends a transaction.
async fn transact(connection: PoolConnection<Sqlite>, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
    let mut connection = Unfinished(Some(connection));
    let rows = prepared::<Sqlite>(statement).fetch_all(&mut **connection.get()?).await;
    // A failed statement leaves the transaction open, unless SQLite has ended it itself.
    if rows.is_ok() || connection.get()?.execute("ROLLBACK").await.is_ok() {
        connection.finish();
    }
    let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// A connection that may be inside a transaction. sqlx does not know of it and would hand the connection to the next writer, so it is
/// closed unless the transaction has ended.
struct Unfinished(Option<PoolConnection<Sqlite>>);

impl Unfinished {
    fn get(&mut self) -> Result<&mut PoolConnection<Sqlite>, DbErr> {
        self.0.as_mut().ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    fn finish(&mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}
