//! A database for each test: a copy of a template that was migrated and given the sample directory once.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use cpor::store::Db;
use sea_orm::{ConnectionTrait, Database as Connection};
use tokio::sync::OnceCell;

use super::{World, files, postgres};

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

    /// Runs SQL past the server, as an intruder or a broken disk would. `?` is no placeholder here.
    pub async fn tamper(&self, sql: &str) -> u64 {
        let connection = Connection::connect(&self.url).await.unwrap();
        let changed = connection.execute_unprepared(sql).await.unwrap().rows_affected();
        connection.close().await.unwrap();
        changed
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
    administer(&format!("CREATE DATABASE {TEMPLATE}")).await;
    fill(Database { backend: Backend::Postgres, url: postgres::address(TEMPLATE), name: TEMPLATE.to_owned() }).await;
}

/// Migrates a template, loads the sample directory through the API, and closes every connection: PostgreSQL copies only
/// a database that nobody is connected to, and SQLite's file is whole when the last one has closed.
async fn fill(database: Database) {
    let db = Db::connect(&database.url).await.unwrap();
    migration::up(db.schema_connection()).await.unwrap();
    db.close().await.unwrap();
    let world = World::on(database, super::Settings::default()).await;
    world.load_directory().await;
    world.leave().await;
}

async fn administer(sql: &str) {
    let connection = Connection::connect(postgres::address("postgres")).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}
