//! Changes of SQLite that are one text: begun, made and committed without an answer in between.
//!
//! SQLite has one writer at a time, so everybody waits for what lies between `BEGIN` and `COMMIT`. Sent by itself, each of them
//! is another message to the connection's thread and back.

use sea_orm::{
    ConnAcquireErr, DbErr, QueryResult, RuntimeErr, Statement,
    sqlx::{Executor as _, Sqlite, pool::PoolConnection},
};
use tracing::Instrument as _;

use super::{Db, StoreError, pool::prepared};

/// Runs a text that begins and ends a transaction, and returns its rows. Where it fails, nothing of it is stored.
///
/// It runs in a task of its own, so that a caller that hangs up never leaves the transaction open.
pub(super) async fn transact(db: &Db, statement: Statement) -> Result<Vec<QueryResult>, StoreError> {
    db.read.saw(&statement.sql);
    let pool = db.write.get_sqlite_connection_pool().clone();
    let running = async move {
        let connection = pool.acquire().await.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
        let mut connection = Unfinished(Some(connection));
        let rows = prepared::<Sqlite>(statement).fetch_all(&mut **connection.get()?).await;
        // A failed statement leaves the transaction open, unless SQLite has ended it itself.
        if rows.is_ok() || connection.get()?.execute("ROLLBACK").await.is_ok() {
            connection.finish();
        }
        let rows = rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))?;
        Ok::<_, DbErr>(rows.into_iter().map(Into::into).collect())
    };
    match tokio::spawn(running.in_current_span()).await {
        Ok(rows) => Ok(rows?),
        Err(ended) => Err(StoreError::Unavailable(format!("a change was not stored: {ended}"))),
    }
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
