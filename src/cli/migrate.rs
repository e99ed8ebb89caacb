//! `cpor migrate`: applies, reverts or lists the migrations of the database.

use clap::{Args, Subcommand};

use super::{error::CliError, output};
use crate::{server, store::Db};

/// The options of `cpor migrate`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    what: What,
    /// The database: a `sqlite://` path or a `postgres://` URL.
    #[arg(
        long,
        env = "DATABASE_URL",
        default_value = "sqlite://cpor-data/cpor.db",
        hide_env_values = true,
        global = true
    )]
    database_url: String,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Apply all pending migrations. Servers and commands that start together wait for each other.
    Up,
    /// Revert the latest migrations, WITH ALL DATA IN THEIR TABLES.
    Down {
        /// The number of migrations to revert.
        #[arg(long, env = "CPOR_STEPS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "COUNT")]
        steps: u32,
    },
    /// List the migrations and whether each is applied.
    Status,
}

/// Runs the subcommand, then lists the migrations.
pub async fn run(options: Options) -> Result<(), CliError> {
    let db = server::connect(&options.database_url).await?;
    match options.what {
        What::Up => server::migrate(&db).await?,
        What::Down { steps } => db.migrate_down(steps).await.map_err(server::schema_error)?,
        What::Status => {}
    }
    list(&db).await
}

async fn list(db: &Db) -> Result<(), CliError> {
    let steps = db.migrations().await.map_err(server::schema_error)?;
    for step in &steps {
        output::line(&format!("{}  {}", if step.applied { "applied" } else { "pending" }, step.name))?;
    }
    let pending = steps.iter().filter(|step| !step.applied).count();
    Ok(output::line(&match pending {
        0 => format!("All {} migrations are applied.", steps.len()),
        _ => format!("{pending} of {} migrations are pending; `cpor migrate up` applies them.", steps.len()),
    })?)
}
