//! `cpor migrate`: the steps of the database's schema, by hand.

use clap::{Args, Subcommand};

use super::{failure::Failure, output};
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
    /// Apply every step that is missing; servers and commands that start together take turns.
    Up,
    /// Take back the newest steps, WITH EVERYTHING THAT THEIR TABLES HOLD.
    Down {
        /// How many steps.
        #[arg(long, env = "CPOR_STEPS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "COUNT")]
        steps: u32,
    },
    /// List the steps and whether the database has them.
    Status,
}

/// Does what was asked and lists the steps as they are then.
pub async fn run(options: Options) -> Result<(), Failure> {
    let db = server::connect(&options.database_url).await?;
    match options.what {
        What::Up => server::migrate(&db).await?,
        What::Down { steps } => db.migrate_down(steps).await.map_err(server::schema_error)?,
        What::Status => {}
    }
    list(&db).await
}

async fn list(db: &Db) -> Result<(), Failure> {
    let steps = db.migrations().await.map_err(server::schema_error)?;
    for step in &steps {
        output::line(&format!("{}  {}", if step.applied { "applied" } else { "pending" }, step.name))?;
    }
    let pending = steps.iter().filter(|step| !step.applied).count();
    Ok(output::line(&match pending {
        0 => format!("All {} steps are applied.", steps.len()),
        _ => format!("{pending} of {} steps are pending; `cpor migrate up` applies them.", steps.len()),
    })?)
}
