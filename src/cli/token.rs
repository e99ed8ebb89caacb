//! `cpor token`: signs tokens for development and service accounts, and explains tokens.

mod explain;

use clap::{Args, Subcommand};
use domain::{
    caller::{Caller, NoStanding, Side, usable_scopes},
    kinds::{Role, Scope},
    time::Timestamp,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{error::CliError, output};
use crate::{
    app::revocations,
    auth::{AuthError, Authenticator, Grant},
    clock::Clock,
    config::KeyOptions,
    ids, server,
    store::revocations::ServiceToken,
};

/// The options of `cpor token`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Roles: GLOBAL_ADMIN BILLING_ADMIN INCENTIVES_ADMIN INCENTIVES_USER (with --partner),
REVIEWER REVIEW_LEAD AUDITOR DIRECTORY_SYNC (with neither), CUSTOMER_ADMIN (with --tenant).
Scopes: claims:read claims:write comments:write reviews:write directory:read directory:write history:read notices:read tokens:revoke
webhooks:read webhooks:write

Example: cpor token --role REVIEWER --subject rita --name \"Rita Moss\" --ttl 8h"
)]
pub struct Options {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    grant: GrantOptions,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print how a server interprets a token, or every reason why it refuses it.
    Explain(explain::Options),
}

/// The content of the token.
#[derive(Debug, Args)]
struct GrantOptions {
    /// A role, such as REVIEWER. Repeat the option or use commas for several roles of the same side.
    #[arg(long = "role", env = "CPOR_ROLE", value_delimiter = ',', required = true, value_parser = role, value_name = "ROLE")]
    roles: Vec<Role>,
    /// The id of the partner company, for the roles of a partner.
    #[arg(long, env = "CPOR_PARTNER", conflicts_with = "tenant", value_name = "UUID")]
    partner: Option<Uuid>,
    /// The customer's tenant id, for the role of a customer.
    #[arg(long, env = "CPOR_TENANT", value_name = "UUID")]
    tenant: Option<Uuid>,
    /// The subject, which identifies the holder.
    #[arg(long, env = "CPOR_SUBJECT", default_value = "developer")]
    subject: String,
    /// The display name.
    #[arg(long, env = "CPOR_NAME")]
    name: Option<String>,
    /// The scopes, separated by spaces [default: all that the roles can use].
    #[arg(long, env = "CPOR_SCOPE", value_name = "SCOPES")]
    scope: Option<String>,
    /// The lifetime of the token, such as 30m, 8h or 7d.
    #[arg(long, env = "CPOR_TTL", default_value = "8h", value_parser = ttl, value_name = "DURATION")]
    ttl: SignedDuration,
    /// The maximum value of --ttl.
    #[arg(long, env = "CPOR_MAX_TOKEN_LIFE", default_value = "90d", value_parser = ttl, value_name = "DURATION")]
    max_token_life: SignedDuration,
    /// Sign the token for a service account: it is registered in the database and listed by `cpor tokens`.
    #[arg(long, env = "CPOR_SERVICE", value_parser = clap::builder::BoolishValueParser::new())]
    service: bool,
    /// The database for --service: a `sqlite://` path or a `postgres://` URL.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite://cpor-data/cpor.db", hide_env_values = true)]
    database_url: String,
    #[command(flatten)]
    keys: KeyOptions,
}

/// Prints the token, or explains one.
pub async fn run(options: Options) -> Result<(), CliError> {
    if let Some(Action::Explain(options)) = options.action {
        return explain::run(options).await;
    }
    let options = options.grant;
    let (ttl, most) = (options.ttl, options.max_token_life);
    if ttl > most {
        return Err(CliError::usage(
            format!("A lifetime of {} hours is longer than --max-token-life allows.", ttl.as_hours()),
            format!("Give a --ttl of at most {} hours, or raise --max-token-life.", most.as_hours()),
        ));
    }
    let authenticator = Authenticator::new(&options.keys.clone().validate()?);
    let service = options.service.then(|| options.database_url.clone());
    let caller = caller(options)?;
    let grant = grant(&caller, ttl);
    let token = sign_grant(&authenticator, &grant)?;
    if let Some(url) = service {
        register(&url, &authenticator, grant).await?;
    }
    Ok(output::line(&token)?)
}

/// Makes a service account's token known in the database.
async fn register(url: &str, authenticator: &Authenticator, grant: Grant) -> Result<(), CliError> {
    let db = server::connect(url).await?;
    let second = |at: u64| {
        let micros = i64::try_from(at).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        Timestamp::from_micros(micros).map_err(|error| CliError::usage(error.to_string(), "Give a shorter --ttl."))
    };
    let token = ServiceToken {
        jti: grant.jti,
        issuer: authenticator.signing_issuer().unwrap_or_default().to_owned(),
        issued_at: second(grant.issued_at)?,
        expires_at: second(grant.expires_at)?,
        subject: grant.subject,
        name: grant.name,
        roles: grant.roles,
        scopes: grant.scopes,
        partner_id: grant.partner_id,
        tenant_id: grant.tenant_id,
    };
    Ok(revocations::register_service_token(&db, &token).await?)
}

/// Signs a token for a caller.
///
/// # Errors
/// When no server would accept it.
pub fn sign(authenticator: &Authenticator, caller: &Caller, ttl: SignedDuration) -> Result<String, CliError> {
    sign_grant(authenticator, &grant(caller, ttl))
}

/// The claims of a caller's token.
fn grant(caller: &Caller, ttl: SignedDuration) -> Grant {
    let now = Clock::System.now().to_jiff().as_second();
    let second = |at: i64| u64::try_from(at).unwrap_or_default();
    let (partner_id, tenant_id) = match caller.side {
        Side::Partner(id) => (Some(id), None),
        Side::Customer(id) => (None, Some(id)),
        Side::Vendor => (None, None),
    };
    Grant {
        subject: caller.subject.clone(),
        name: caller.name.clone(),
        roles: caller.roles.clone(),
        scopes: caller.scopes.clone(),
        partner_id,
        tenant_id,
        issued_at: second(now),
        expires_at: second(now.saturating_add(ttl.as_secs())),
        jti: ids::new(),
    }
}

fn sign_grant(authenticator: &Authenticator, grant: &Grant) -> Result<String, CliError> {
    let token = authenticator.sign(grant).map_err(|error| {
        let remedy = "Configure an issuer with a secret (--jwt-secret, or `secrets` in the identity file); an identity provider signs its own tokens.";
        CliError::new(format!("The token cannot be signed: {error}."), remedy)
    })?;
    // A server decides which tokens are valid, so its check is applied here first.
    match authenticator.authenticate_now(&token) {
        Ok(_) => Ok(token),
        Err(AuthError::Forbidden(why)) => {
            Err(CliError::usage(why, "Run `cpor token --help` for the roles and their options."))
        }
        Err(AuthError::Unauthenticated | AuthError::Unavailable) => Err(CliError::usage(
            "A server would refuse this token.",
            "Give a --subject and a --name of at most 200 characters without line breaks, and a --ttl that ends before the year 9999.",
        )),
    }
}

/// The caller that the options describe, if roles and company fit together (A1-A3, A5).
fn caller(options: GrantOptions) -> Result<Caller, CliError> {
    let scopes = options.scope.as_deref().map_or_else(|| Ok(all_scopes(&options.roles)), scopes)?;
    let GrantOptions { roles, partner, tenant, subject, name, .. } = options;
    let caller = Caller::new(subject, name, &roles, scopes, partner, tenant).map_err(|none| {
        let remedy = match none {
            NoStanding::NoPartner => "Add --partner with the partner's id.",
            NoStanding::NoTenant => "Add --tenant with the customer's tenant id.",
            NoStanding::TwoSides => "Give roles of one side only: partner, vendor or customer.",
            NoStanding::NoRole => "Give at least one --role.",
        };
        CliError::usage(none.message(), remedy)
    })?;
    let partner = partner.map(|_| "--partner").filter(|_| !matches!(caller.side, Side::Partner(_)));
    let tenant = tenant.map(|_| "--tenant").filter(|_| !matches!(caller.side, Side::Customer(_)));
    match partner.or(tenant) {
        None => Ok(caller),
        Some(option) => Err(CliError::usage(
            format!("{option} does not apply to these roles."),
            format!("Remove {option}, or give roles that need it."),
        )),
    }
}

/// All scopes that the roles can use (A5).
fn all_scopes(roles: &[Role]) -> Vec<Scope> {
    let usable = |scope: &Scope| roles.iter().any(|role| usable_scopes(*role).contains(scope));
    Scope::ALL.iter().copied().filter(usable).collect()
}

fn scopes(text: &str) -> Result<Vec<Scope>, CliError> {
    let known = || Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    text.split_ascii_whitespace()
        .map(|word| {
            word.parse()
                .map_err(|_| CliError::usage(format!("{word:?} is not a scope."), format!("Choose from: {}.", known())))
        })
        .collect()
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    text.trim().to_ascii_uppercase().parse().map_err(|_| format!("the roles are {}", known()))
}

/// A day here is 24 hours, because tokens have no calendar.
fn ttl(text: &str) -> Result<SignedDuration, String> {
    let whole_days =
        text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).and_then(|days| days.checked_mul(24));
    whole_days
        .map_or_else(|| text.parse().ok(), SignedDuration::try_from_hours)
        .filter(|duration| duration.as_secs() > 0)
        .ok_or_else(|| "a duration of at least a second, such as 30m, 8h or 7d".to_owned())
}
