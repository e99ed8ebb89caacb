//! Connections that are kept in use, so that whoever comes next has to wait.

use cpor::store::Db;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection};
use tokio::task::JoinHandle;

use super::World;

/// Keeps every connection of a pool in use.
pub struct Busy {
    lock: DatabaseConnection,
    held_up: Vec<JoinHandle<()>>,
}

impl Busy {
    /// Takes a lock with this statement, and lets as many of these wait for it as the pool has connections.
    pub async fn keep<F>(world: &World, pool: &str, lock: &str, waiting: impl IntoIterator<Item = F>) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let db = world.server.app.db();
        let held = outside(world).await;
        held.execute_unprepared(lock).await.unwrap();
        let mut held_up = Vec::new();
        for (count, waiting) in (1..=limit(db, pool)).zip(waiting) {
            held_up.push(tokio::spawn(waiting));
            while connections(db, pool).0 < count {
                tokio::task::yield_now().await;
            }
        }
        Self { lock: held, held_up }
    }

    /// Gives the lock back; comes back when all who waited for it are done.
    pub async fn end(self) {
        self.lock.execute_unprepared("ROLLBACK").await.unwrap();
        self.lock.close().await.unwrap();
        for held_up in self.held_up {
            held_up.await.unwrap();
        }
    }
}

/// A connection of the test's own.
pub async fn outside(world: &World) -> DatabaseConnection {
    let only = ConnectOptions::new(&world.server.database.url).max_connections(1).to_owned();
    Connection::connect(only).await.unwrap()
}

/// How many connections the pool may have.
pub fn limit(db: &Db, pool: &str) -> u32 {
    connections(db, pool).1
}

/// How many connections of the pool are in use, and how many there may be.
fn connections(db: &Db, name: &str) -> (u32, u32) {
    let pools = db.pools();
    let pool = pools.iter().find(|pool| pool.name == name).unwrap();
    (pool.used, pool.limit)
}
