//! The configuration of a server: command-line options, each also an environment variable. `validate` checks them once.
//!
//! Errors are reported before anything starts, with a remedy; secrets never appear in `Debug` output.

pub mod identity;
mod keys;
mod limits;
mod mail;
#[cfg(test)]
mod tests;
mod webhooks;

use clap::builder::Resettable;
use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;

pub use identity::Identity;
pub use keys::{KeyOptions, Secret};
pub use limits::Limits;
pub use mail::{MailConfig, MailOptions, MailSettings};
pub use webhooks::{Range, WebhookOptions};

/// The shortest token accepted for `/metrics`, in bytes.
const SHORTEST_METRICS_TOKEN: usize = 16;

/// Where the data is stored; shared by every command that opens it.
#[derive(Clone, Debug, clap::Args)]
pub struct StorageOptions {
    /// The database: a `sqlite://` path or a `postgres://` URL.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://cpor-data/cpor.db", hide_env_values = true)]
    pub database_url: String,
    /// Where proof documents are stored: a `file://` folder or `s3://bucket[/prefix]`. S3 is configured by
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL` and `AWS_ALLOW_HTTP`.
    #[arg(long, env = "CPOR_DOCUMENTS", default_value = "file://cpor-data/documents", hide_env_values = true)]
    pub documents: String,
    /// A TOML file that changes the policy: deadlines, holidays, time zone and document limits (docs/configuration.md).
    #[arg(long, env = "CPOR_POLICY", value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

/// Who may use introspection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Introspection {
    /// Callers with a valid token.
    Authenticated,
    /// Every caller.
    On,
    /// No caller.
    Off,
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people to read.
    Text,
    /// One JSON object per line.
    Json,
}

/// The options of `cpor serve`, as given.
#[derive(Clone, Debug, clap::Args)]
pub struct ServeOptions {
    /// The address to listen on.
    #[arg(long, env = "CPOR_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// Where the data is stored.
    #[command(flatten)]
    pub storage: StorageOptions,
    /// How tokens are checked.
    #[command(flatten)]
    pub keys: KeyOptions,
    /// The public URL of this server, for links in responses and mail. Without it, links are paths.
    #[arg(long, env = "CPOR_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Do not migrate the database on start.
    #[arg(long, env = "CPOR_NO_MIGRATE", value_parser = clap::builder::BoolishValueParser::new())]
    pub no_migrate: bool,
    /// Run a sandbox, whose clock `advanceClock` can move forward. Never use it for real claims.
    #[arg(long, env = "CPOR_SANDBOX", value_parser = clap::builder::BoolishValueParser::new())]
    pub sandbox: bool,
    /// Serve the console and `GraphiQL` at `/`, or a plain query page if the program was built without them.
    #[arg(long, env = "CPOR_GRAPHIQL", value_parser = clap::builder::BoolishValueParser::new())]
    pub graphiql: bool,
    /// Who may read the schema by introspection.
    #[arg(long, env = "CPOR_INTROSPECTION", value_enum, default_value = "authenticated")]
    pub introspection: Introspection,
    /// Origins whose pages may call this server, separated by commas, such as `https://portal.example`. `http://localhost:*`
    /// allows any port, `*` any origin.
    #[arg(long = "cors-origins", env = "CPOR_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub cors_origins: Vec<String>,
    /// The format of log lines.
    #[arg(long, env = "CPOR_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,
    /// The bearer token for `/metrics`, at least 16 bytes. Without it, `/metrics` is available only from this machine and
    /// not through a proxy.
    #[arg(long, env = "CPOR_METRICS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub metrics_token: Option<Secret>,
    /// How notices are sent.
    #[command(flatten)]
    pub mail: MailOptions,
    /// Where webhooks may be sent.
    #[command(flatten)]
    pub webhooks: WebhookOptions,
    /// Limits of size, depth, cost and rate.
    #[command(flatten)]
    pub limits: Limits,
}

/// The configuration of a server, validated.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// Where the data is stored.
    pub storage: StorageOptions,
    /// Whose tokens are accepted.
    pub identity: Identity,
    /// The public URL of this server, without a trailing slash.
    pub public_url: Option<String>,
    /// Whether to migrate the database on start.
    pub migrate: bool,
    /// Whether this is a sandbox, whose clock can be moved (T5).
    pub sandbox: bool,
    /// Whether the console and `GraphiQL` are served.
    pub graphiql: bool,
    /// The people whom the start page of a demo offers, with their tokens, as JSON.
    pub people: Option<Secret>,
    /// Who may read the schema by introspection.
    pub introspection: Introspection,
    /// Origins whose pages may call this server.
    pub cors_origins: Vec<String>,
    /// The format of log lines.
    pub log_format: LogFormat,
    /// The bearer token for `/metrics`; without it, only this machine may read them.
    pub metrics_token: Option<Secret>,
    /// How notices are sent.
    pub mail: MailSettings,
    /// Where webhooks may be sent.
    pub webhooks: WebhookOptions,
    /// Limits of size, depth, cost and rate.
    pub limits: Limits,
}

/// An invalid configuration, with a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// States the error.
    pub message: String,
    /// What the operator can do about it.
    pub remedy: String,
}

impl ConfigError {
    fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { message: message.into(), remedy: remedy.into() }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.message, self.remedy)
    }
}

impl std::error::Error for ConfigError {}

impl ServeOptions {
    /// Validates the options.
    ///
    /// # Errors
    /// [`ConfigError`] for the first error found.
    pub fn validate(self) -> Result<Config, ConfigError> {
        let public_url = self.public_url.as_deref().map(public_url).transpose()?;
        let mail = self.mail.validate(public_url.as_deref())?;
        Ok(Config {
            listen: self.listen,
            storage: self.storage,
            identity: self.keys.validate()?,
            public_url,
            mail,
            migrate: !self.no_migrate,
            sandbox: self.sandbox,
            graphiql: self.graphiql,
            people: None,
            introspection: self.introspection,
            cors_origins: origins(&self.cors_origins)?,
            log_format: self.log_format,
            metrics_token: self.metrics_token.map(metrics_token).transpose()?,
            webhooks: self.webhooks.validate()?,
            limits: self.limits,
        })
    }
}

/// The command, ignoring environment variables that are set but empty: scripts and containers pass those for options that
/// are not configured.
#[must_use]
pub fn without_empty_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|option| {
        #[expect(clippy::disallowed_methods, reason = "whether a setting is empty")]
        let is_empty = option.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if is_empty { option.env(Resettable::Reset) } else { option }
    });
    command.mut_subcommands(without_empty_variables)
}

/// The part of an absolute http or https URL after the scheme; `None` for any other text.
fn after_scheme(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '?' | '#' | '@' | '"'));
    plain.then_some(rest)
}

fn public_url(text: &str) -> Result<String, ConfigError> {
    let trimmed = text.trim_end_matches('/');
    match after_scheme(trimmed) {
        Some(_) => Ok(trimmed.to_owned()),
        None => Err(ConfigError::new(
            format!("The public URL {text:?} is not a web address."),
            "Give --public-url as https://host[:port][/path], without a query.",
        )),
    }
}

fn metrics_token(token: Secret) -> Result<Secret, ConfigError> {
    match token.as_bytes().len() {
        SHORTEST_METRICS_TOKEN.. => Ok(token),
        length => Err(ConfigError::new(
            format!("The token of /metrics has {length} bytes; it needs at least {SHORTEST_METRICS_TOKEN}."),
            "Take one from `openssl rand -hex 32`, or leave --metrics-token out for readers on this machine only.",
        )),
    }
}

/// Checks the origins whose pages may call a server.
///
/// # Errors
/// [`ConfigError`] for the first invalid origin.
pub fn origins(texts: &[String]) -> Result<Vec<String>, ConfigError> {
    texts.iter().map(|text| origin(text)).collect()
}

fn origin(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    if text == "*" {
        return Ok(text.to_owned());
    }
    let lower = text.to_ascii_lowercase();
    let (host, any_port) = lower.strip_suffix(":*").map_or((lower.as_str(), ""), |host| (host, ":*"));
    let named = after_scheme(host).is_some_and(|host| !host.contains(['/', '*']));
    // As browsers send it: in lower case, without the port that goes without saying.
    let origin = Url::parse(host).ok().filter(|_| named).map(|url| url.origin().ascii_serialization());
    if let Some(origin) = origin {
        return Ok(origin + any_port);
    }
    Err(ConfigError::new(
        format!("{text:?} is not an origin."),
        "Give --cors-origins as https://host[:port], several separated by commas, or * for any.",
    ))
}
