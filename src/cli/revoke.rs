//! `cpor revoke`: revokes tokens on all servers (A8).

use clap::{ArgGroup, Args};
use domain::time::Timestamp;

use super::{error::CliError, logging, output};
use crate::{
    app::revocations::{Asked, revoke_as_operator},
    config::LogFormat,
    server,
};

/// The options of `cpor revoke`.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true).args(["jti", "subject"]),
    after_help = "\
Servers on the database refuse the tokens within 60 seconds, and close the WebSockets and event streams that use them.

Examples: cpor revoke --jti 01997d2e-58a3-7c60-b1c4-6a1f2f0f5a11
          cpor revoke --subject rita --issued-before 2026-11-28T10:00:00Z"
)]
pub struct Options {
    /// The id of one token (its claim `jti`), as shown by `cpor tokens` and `cpor token explain`.
    #[arg(long, env = "CPOR_JTI", value_name = "ID")]
    jti: Option<String>,
    /// The issuer (`iss`) of that token, if several issuers might use the same id.
    #[arg(long, env = "CPOR_ISSUER", requires = "jti", value_name = "ISSUER")]
    issuer: Option<String>,
    /// The subject whose tokens are revoked, as shown by `cpor token explain`.
    #[arg(long, env = "CPOR_SUBJECT", requires = "issued_before")]
    subject: Option<String>,
    /// Revoke the tokens of --subject that were issued before this time (RFC 3339).
    #[arg(long, env = "CPOR_ISSUED_BEFORE", requires = "subject", value_name = "TIME")]
    issued_before: Option<Timestamp>,
    /// The database: a `sqlite://` path or a `postgres://` URL.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://cpor-data/cpor.db", hide_env_values = true)]
    database_url: String,
}

/// Revokes them.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let db = server::connect(&options.database_url).await?;
    let Options { jti, issuer, subject, issued_before, .. } = options;
    let done = revoke_as_operator(&db, &Asked { jti, issuer, subject, issued_before }).await?;
    match done.problems.into_iter().next() {
        None => Ok(output::line("Revoked. Every server on this database refuses the tokens within 60 seconds.")?),
        Some(problem) => {
            Err(CliError::usage(problem.message, problem.remedy.unwrap_or_else(|| "Check the options.".to_owned())))
        }
    }
}
