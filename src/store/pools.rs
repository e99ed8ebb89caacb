//! How the connections to the database are used.

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{Database, Pool},
};

use super::{Db, StatementPool};

/// The connections of a pool at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolMetrics {
    /// What the pool is for: `read`, `write` for transactions, `at_once` for changes that are one statement, `log` for the
    /// tail, or `snapshot` for exports.
    pub name: &'static str,
    /// Connections in use.
    pub used: u32,
    /// Connections that wait for work.
    pub idle: u32,
    /// The most connections that there may be.
    pub limit: u32,
}

impl Db {
    /// How each pool is used at this moment; asks the database nothing.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolMetrics> {
        let mut pools = vec![
            kept("read", &self.read),
            pool_metrics("write", &self.write),
            kept("log", &self.log),
            pool_metrics("snapshot", &self.snapshots),
        ];
        pools.extend(self.at_once.as_ref().map(|pool| kept("at_once", pool)));
        pools
    }
}

fn kept(name: &'static str, pool: &StatementPool) -> PoolMetrics {
    let (open, idle, limit) = pool.connection_counts();
    PoolMetrics { name, used: open - idle, idle, limit }
}

fn pool_metrics(name: &'static str, connection: &DatabaseConnection) -> PoolMetrics {
    match connection.get_database_backend() {
        DbBackend::Postgres => of(name, connection.get_postgres_connection_pool()),
        _ => of(name, connection.get_sqlite_connection_pool()),
    }
}

fn of<D: Database>(name: &'static str, pool: &Pool<D>) -> PoolMetrics {
    let size = pool.size();
    let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX).min(size);
    PoolMetrics { name, used: size - idle, idle, limit: pool.options().get_max_connections() }
}
