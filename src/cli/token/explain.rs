//! `cpor token explain`: what a token becomes here, or every reason why it is refused.

use clap::Args;
use domain::caller::Side;

use crate::{
    app::revocations,
    auth::{Authenticator, Revocations},
    cli::{error::CliError, logging, output},
    clock::Clock,
    config::{KeyOptions, LogFormat},
    server,
};

/// The options of `cpor token explain`.
#[derive(Debug, Args)]
pub struct Options {
    /// The token; `-` reads it from standard input, which keeps it out of the shell's history.
    #[arg(value_name = "TOKEN")]
    token: String,
    /// The database, to see whether the token was revoked; not looked at without it.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    #[command(flatten)]
    keys: KeyOptions,
}

/// Explains the token; fails where it is refused.
pub async fn run(options: Options) -> Result<(), CliError> {
    logging::init(LogFormat::Text, "warn");
    let identity = options.keys.validate()?;
    let revocations = Revocations::default();
    if let Some(url) = &options.database_url {
        revocations.replace(revocations::known(&server::connect(url).await?).await?);
    }
    let token = if options.token == "-" { std::io::read_to_string(std::io::stdin())? } else { options.token };
    let authenticator = Authenticator::with(&identity, &Clock::System, revocations);
    authenticator.refresh_if_due().await;
    let verdict = authenticator.verdict(token.trim()).await;
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "(none)".to_owned());
    output::line(&format!("issuer      {}", shown(&verdict.issuer)))?;
    output::line(&format!("key (kid)   {}", shown(&verdict.kid)))?;
    match verdict.outcome {
        Ok(session) => {
            let caller = &session.caller;
            let (side, company) = match caller.side {
                Side::Partner(id) => ("partner", id.to_string()),
                Side::Customer(id) => ("tenant", id.to_string()),
                Side::Vendor => ("side", "vendor".to_owned()),
            };
            let roles: Vec<&str> = caller.roles.iter().map(|role| role.as_str()).collect();
            let scopes: Vec<&str> = caller.scopes.iter().map(|scope| scope.as_str()).collect();
            output::line(&format!("subject     {}", caller.subject))?;
            output::line(&format!("name        {}", shown(&caller.name)))?;
            output::line(&format!("roles       {}", roles.join(" ")))?;
            output::line(&format!(
                "scopes      {}",
                if scopes.is_empty() { "(none)".to_owned() } else { scopes.join(" ") }
            ))?;
            output::line(&format!("{side:<11} {company}"))?;
            output::line(&format!("good for    {} seconds", session.remaining().as_secs()))?;
            Ok(output::line("The token is accepted.")?)
        }
        Err(refusals) => {
            output::line(&format!("subject     {}", shown(&verdict.subject)))?;
            for refusal in &refusals {
                output::line(&format!("refused     {}: {}", refusal.reason.as_str(), refusal.detail))?;
            }
            Err(CliError::new(
                format!("The token is refused for {} reason(s).", refusals.len()),
                "Fix the reasons above at the issuer or in the identity file (docs/identity.md).",
            ))
        }
    }
}
