//! `cpor demo`: everything at once, for a first look. It needs no setup and is not meant for real data.

mod cast;
mod claims;
pub(super) mod pdf;
mod samples;
mod secret;
mod stage;
#[cfg(test)]
mod tests;
mod welcome;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use jiff::SignedDuration;

use super::{error::CliError, logging, output, token};
use crate::{
    auth::Authenticator,
    config::{self, Config, Identity, Introspection, Limits, LogFormat, MailSettings, StorageOptions, WebhookOptions},
    server::{Server, StartError},
};
use cast::{CAST, Person};

/// The folder for all data of the demo, relative to the working directory.
const FOLDER: &str = "cpor-data";
/// The lifetime of its tokens, in days.
const TOKEN_DAYS: i64 = 7;
/// Issuer and audience of its tokens: the defaults of `cpor serve` and `cpor token`.
const ISSUER: &str = "cpor";

/// The options of `cpor demo`.
#[derive(Debug, Args)]
#[command(long_about = "\
Run everything at once, with sample data and ready tokens; nothing is needed.

Keeps a SQLite database, documents and a secret in ./cpor-data, loads the sample directory and some claims once, serves the
API with a console and GraphiQL at /, and writes a token for each role into a file. Its clock is a sandbox's, which advanceClock moves.
For a look and for trying things out: never for real data.")]
pub struct Options {
    /// The address to listen on.
    #[arg(long, env = "CPOR_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Origins whose pages may call the demo, separated by commas. By default any port of this machine.
    #[arg(
        long,
        env = "CPOR_CORS_ORIGINS",
        value_delimiter = ',',
        default_value = "http://localhost:*,http://127.0.0.1:*",
        value_name = "ORIGINS"
    )]
    cors_origins: Vec<String>,
    /// Where webhooks may be sent.
    #[command(flatten)]
    webhooks: WebhookOptions,
}

/// Serves the demo until a signal asks it to stop.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let folder = PathBuf::from(FOLDER);
    secret::folder(&folder)?;
    let mut config = config(&options, &folder)?;
    let tokens = tokens(&config.identity)?;
    config.people = Some(welcome::people(&tokens).into());
    let server = Server::start(&config).await?;
    let loaded = stage::load_sample(server.app()).await?;
    let address = server.address();
    let variables = folder.join("tokens.env");
    secret::keep(&variables, &welcome::variables(address, &tokens))?;
    output::line(&welcome::text(address, &folder, &variables, TOKEN_DAYS, loaded))?;
    Ok(server.run().await.map_err(StartError::from)?)
}

fn config(options: &Options, folder: &Path) -> Result<Config, CliError> {
    let secret = secret::secret(&folder.join("secret"))?;
    let path = folder.display();
    Ok(Config {
        listen: options.listen,
        storage: StorageOptions {
            database_url: format!("sqlite://{path}/cpor.db"),
            documents: format!("file://{path}/documents"),
            policy: None,
        },
        identity: Identity::of_secret(secret, ISSUER, ISSUER)?,
        public_url: None,
        migrate: true,
        sandbox: true,
        graphiql: true,
        people: None,
        // GraphiQL reads the schema before anybody has pasted a token.
        introspection: Introspection::On,
        cors_origins: config::origins(&options.cors_origins)?,
        log_format: LogFormat::Text,
        metrics_token: None,
        mail: MailSettings::default(),
        webhooks: options.webhooks.clone().validate()?,
        limits: Limits::default(),
    })
}

fn tokens(identity: &Identity) -> Result<Vec<(Person, String)>, CliError> {
    let authenticator = Authenticator::new(identity);
    let good_for = SignedDuration::from_hours(24 * TOKEN_DAYS);
    CAST.iter().map(|person| Ok((*person, token::sign(&authenticator, &person.caller()?, good_for)?))).collect()
}
