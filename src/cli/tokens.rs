//! `cpor tokens`: lists the unexpired tokens of service accounts.

use std::io::IsTerminal;

use clap::Args;

use super::{error::CliError, logging, output};
use crate::{app::revocations, auth::Revocation, config::LogFormat, server, store::revocations::ServiceToken};

/// The options of `cpor tokens`.
#[derive(Debug, Args)]
pub struct Options {
    /// The database: a `sqlite://` path or a `postgres://` URL.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://cpor-data/cpor.db", hide_env_values = true)]
    database_url: String,
}

/// Lists them, one per line, with fields separated by tabs.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let db = server::connect(&options.database_url).await?;
    let revoked = revocations::known(&db).await?;
    let tokens = revocations::service_tokens(&db).await?;
    if tokens.is_empty() && std::io::stdout().is_terminal() {
        return Ok(output::line("There are none; `cpor token --service` creates one.")?);
    }
    for token in &tokens {
        let roles: Vec<&str> = token.roles.iter().map(|role| role.as_str()).collect();
        let state = if is_revoked(token, &revoked) { "revoked" } else { "good" };
        output::line(&format!(
            "{}\t{}\t{}\tissued {}\tends {}\t{state}",
            token.jti,
            token.subject,
            roles.join(","),
            token.issued_at,
            token.expires_at
        ))?;
    }
    Ok(())
}

fn is_revoked(token: &ServiceToken, revoked: &[Revocation]) -> bool {
    revoked.iter().any(|revocation| match revocation {
        Revocation::Token { jti, issuer } => {
            *jti == token.jti.to_string() && issuer.as_deref().is_none_or(|issuer| issuer == token.issuer)
        }
        Revocation::Subject { subject, issued_before, partner } => {
            *subject == token.subject
                && token.issued_at < *issued_before
                && (partner.is_none() || *partner == token.partner_id)
        }
    })
}
