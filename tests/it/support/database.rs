//! A database for each test: a copy of a template that was migrated and given the sample directory once.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use cpor::store::Db;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use tokio::sync::OnceCell;

use super::{World, cluster::Cluster, files, postgres};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A database of its own for one test.
pub struct Database {
    pub backend: Backend,
    pub url: String,
    name: String,
}

/// The template's name on PostgreSQL.
const TEMPLATE: &str = "template_of_tests";

/// Numbers the databases of this process.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl Database {
    /// A copy of the template: migrated, with the sample directory.
    pub async fn copied(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                static MADE: OnceCell<PathBuf> = OnceCell::const_new();
                let template = MADE.get_or_init(sqlite_template).await;
                let database = Self::sqlite_file();
                std::fs::copy(template, &database.name).unwrap();
                database
            }
            Backend::Postgres => {
                static MADE: OnceCell<()> = OnceCell::const_new();
                MADE.get_or_init(postgres_template).await;
                Self::postgres_database(&format!("TEMPLATE {TEMPLATE}")).await
            }
        }
    }

    /// A database with nothing in it.
    pub async fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::sqlite_file(),
            Backend::Postgres => Self::postgres_database("").await,
        }
    }

    /// A database of a PostgreSQL cluster of the test's own, which is gone with it and not to be deleted.
    pub fn of_cluster(cluster: &Cluster) -> Self {
        Self::at(cluster.address("postgres"))
    }

    /// The same, of whichever database and role this address names.
    pub fn at(address: String) -> Self {
        Self { backend: Backend::Postgres, url: address, name: "not to be deleted".to_owned() }
    }

    /// The same database once more, for a second server on it; only one of the two is to be deleted.
    pub fn shared(&self) -> Self {
        Self { backend: self.backend, url: self.url.clone(), name: self.name.clone() }
    }

    fn sqlite_file() -> Self {
        let path = files::folder().join(format!("{}.db", COUNT.fetch_add(1, Ordering::SeqCst)));
        let name = path.to_str().unwrap().to_owned();
        Self { backend: Backend::Sqlite, url: format!("sqlite://{name}"), name }
    }

    async fn postgres_database(template: &str) -> Self {
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::SeqCst));
        administer(&format!("CREATE DATABASE {name} {template}")).await;
        Self { backend: Backend::Postgres, url: postgres::address(&name), name }
    }

    /// Deletes the database; the connections to it are gone or will be.
    pub async fn delete(self) {
        match self.backend {
            // The files beside it are WAL and shared memory; there may be none.
            Backend::Sqlite => {
                for suffix in ["", "-wal", "-shm"] {
                    drop(std::fs::remove_file(format!("{}{suffix}", self.name)));
                }
            }
            Backend::Postgres => administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await,
        }
    }

    /// Runs SQL past the server, as an intruder or a broken disk would; the number of rows that it changed.
    pub async fn tamper(&self, sql: &str) -> u64 {
        self.try_tamper(sql).await.unwrap()
    }

    /// The same, where the database may refuse.
    pub async fn try_tamper(&self, sql: &str) -> Result<u64, sea_orm::DbErr> {
        let connection = Connection::connect(&self.url).await.unwrap();
        let changed = connection.execute_unprepared(sql).await.map(|result| result.rows_affected());
        connection.close().await.unwrap();
        changed
    }

    /// Reads one column of text past the server; nulls are left out.
    pub async fn read(&self, sql: &str) -> Vec<String> {
        let connection = Connection::connect(&self.url).await.unwrap();
        let rows = connection
            .query_all_raw(Statement::from_string(connection.get_database_backend(), sql.to_owned()))
            .await
            .unwrap();
        let values = rows.iter().filter_map(|row| row.try_get_by_index::<Option<String>>(0).unwrap()).collect();
        connection.close().await.unwrap();
        values
    }
}

async fn sqlite_template() -> PathBuf {
    let database = Database::sqlite_file();
    let template = PathBuf::from(&database.name);
    fill(database).await;
    template
}

async fn postgres_template() {
    // Starting the cluster takes a second or two, which blocks this thread only.
    tokio::task::spawn_blocking(|| postgres::address("postgres")).await.unwrap();
    // One that was begun and not finished is there when the test that began it has failed.
    administer(&format!("DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")).await;
    administer(&format!("CREATE DATABASE {TEMPLATE}")).await;
    fill(Database { backend: Backend::Postgres, url: postgres::address(TEMPLATE), name: TEMPLATE.to_owned() }).await;
}

/// Migrates a template, loads the sample directory through the API, and leaves nobody connected: PostgreSQL copies only a
/// database that is alone, and SQLite's file is whole only when the log beside it is empty.
async fn fill(database: Database) {
    let db = Db::connect(&database.url).await.unwrap();
    db.migrate_up().await.unwrap();
    let world = World::on(database, super::Settings::default()).await;
    world.load_directory().await;
    let database = world.leave().await;
    match database.backend {
        Backend::Sqlite => drop(database.tamper("PRAGMA wal_checkpoint(TRUNCATE)").await),
        Backend::Postgres => {
            let name = &database.name;
            administer(&format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .await;
        }
    }
}

async fn administer(sql: &str) {
    let connection = Connection::connect(postgres::address("postgres")).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
