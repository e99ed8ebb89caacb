//! `cpor token`: a signed token for development.

use clap::Args;
use domain::{
    caller::{Caller, NoStanding, usable_scopes},
    kinds::{Role, Scope},
};
use jiff::SignedDuration;
use serde_json::Value;
use uuid::Uuid;

use super::{failure::Failure, output};
use crate::{
    auth::{AuthError, Authenticator, Claims},
    clock::Clock,
    config::KeyOptions,
};

/// The options of `cpor token`.
#[derive(Debug, Args)]
#[command(after_help = "\
Roles: GLOBAL_ADMIN BILLING_ADMIN INCENTIVES_ADMIN INCENTIVES_USER (with --partner),
REVIEWER REVIEW_LEAD AUDITOR DIRECTORY_SYNC (with neither), CUSTOMER_ADMIN (with --tenant).
Scopes: claims:read claims:write comments:write reviews:write directory:read directory:write history:read

Example: cpor token --role REVIEWER --subject rita --name \"Rita Moss\" --ttl 8h")]
pub struct Options {
    /// A role, such as REVIEWER; several by repeating the option or by commas, all of one side.
    #[arg(long = "role", env = "CPOR_ROLE", value_delimiter = ',', required = true, value_parser = role, value_name = "ROLE")]
    roles: Vec<Role>,
    /// The partner company of a partner's role.
    #[arg(long, env = "CPOR_PARTNER", conflicts_with = "tenant", value_name = "UUID")]
    partner: Option<Uuid>,
    /// The tenant of the customer's role.
    #[arg(long, env = "CPOR_TENANT", value_name = "UUID")]
    tenant: Option<Uuid>,
    /// The subject: who the bearer is.
    #[arg(long, env = "CPOR_SUBJECT", default_value = "developer")]
    subject: String,
    /// The name that is shown to others.
    #[arg(long, env = "CPOR_NAME")]
    name: Option<String>,
    /// The scopes, separated by spaces [default: all that the roles can use].
    #[arg(long, env = "CPOR_SCOPE", value_name = "SCOPES")]
    scope: Option<String>,
    /// How long the token is good, such as 30m, 8h or 7d.
    #[arg(long, env = "CPOR_TTL", default_value = "8h", value_parser = ttl, value_name = "DURATION")]
    ttl: SignedDuration,
    #[command(flatten)]
    keys: KeyOptions,
}

/// What a token is to say.
#[derive(Clone, Debug)]
pub struct Bearer<'a> {
    /// The roles, of one side.
    pub roles: &'a [Role],
    /// The partner company or nothing.
    pub partner: Option<Uuid>,
    /// The tenant or nothing.
    pub tenant: Option<Uuid>,
    /// Who it is.
    pub subject: &'a str,
    /// The display name.
    pub name: Option<&'a str>,
}

/// Prints the token.
pub fn run(options: Options) -> Result<(), Failure> {
    let authenticator = Authenticator::new(&options.keys.validate()?);
    let scopes = options.scope.as_deref().map(scopes).transpose()?;
    let bearer = Bearer {
        roles: &options.roles,
        partner: options.partner,
        tenant: options.tenant,
        subject: &options.subject,
        name: options.name.as_deref(),
    };
    Ok(output::line(&sign(&authenticator, &bearer, scopes, options.ttl)?)?)
}

/// Signs a token; without scopes it has all that its roles can use (A5).
///
/// # Errors
/// When nobody would take the token: it gives no standing, or says what no token may say.
pub fn sign(authenticator: &Authenticator, bearer: &Bearer<'_>, scopes: Option<Vec<Scope>>, ttl: SignedDuration) -> Result<String, Failure> {
    let scopes = scopes.unwrap_or_else(|| all_scopes(bearer.roles));
    check_standing(bearer)?;
    let now = Clock::System.now().to_jiff().as_second();
    let second = |at: i64| u64::try_from(at).unwrap_or_default();
    let claims = Claims {
        sub: bearer.subject.to_owned(),
        exp: second(now.saturating_add(ttl.as_secs())),
        iat: Some(second(now)),
        name: bearer.name.map(str::to_owned),
        roles: bearer.roles.iter().map(|role| Value::from(role.as_str())).collect(),
        scope: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ").into(),
        partner_id: bearer.partner.map(|id| id.to_string()),
        tenant_id: bearer.tenant.map(|id| id.to_string()),
        ..Claims::default()
    };
    let signed = authenticator.sign(claims);
    let token = signed.map_err(|error| Failure::new(format!("The token cannot be signed: {error}."), "Try another secret."))?;
    // The server is the judge of what a good token is: ask it before anybody else does.
    match authenticator.authenticate(&token) {
        Ok(_) => Ok(token),
        Err(AuthError::Forbidden(why)) => Err(Failure::usage(why, "Run `cpor token --help` for roles and what they need.")),
        Err(AuthError::Unauthenticated) => Err(Failure::usage(
            "A server would refuse this token.",
            "Give a --subject and a --name of at most 200 characters without line breaks, and a --ttl that ends before the year 9999.",
        )),
    }
}

/// Whether roles and company go together (A1-A3, A5).
fn check_standing(bearer: &Bearer<'_>) -> Result<(), Failure> {
    let standing = Caller::new(bearer.subject.to_owned(), None, bearer.roles, Vec::new(), bearer.partner, bearer.tenant);
    let side = standing.map_err(|none| {
        let remedy = match none {
            NoStanding::NoPartner => "Add --partner with the partner's id.",
            NoStanding::NoTenant => "Add --tenant with the customer's tenant id.",
            NoStanding::TwoSides => "Give roles of one side only: partner, vendor or customer.",
            NoStanding::NoRole => "Give at least one --role.",
        };
        Failure::usage(none.message(), remedy)
    })?;
    let idle = match side.side {
        domain::caller::Side::Partner(_) => bearer.tenant.map(|_| "--tenant"),
        domain::caller::Side::Customer(_) => bearer.partner.map(|_| "--partner"),
        domain::caller::Side::Vendor => bearer.partner.map(|_| "--partner").or(bearer.tenant.map(|_| "--tenant")),
    };
    idle.map_or(Ok(()), |option| {
        Err(Failure::usage(format!("{option} means nothing to these roles."), format!("Leave {option} out, or give roles that need it.")))
    })
}

fn all_scopes(roles: &[Role]) -> Vec<Scope> {
    let usable = |scope: &Scope| roles.iter().any(|role| usable_scopes(*role).contains(scope));
    Scope::ALL.iter().copied().filter(usable).collect()
}

fn scopes(text: &str) -> Result<Vec<Scope>, Failure> {
    let known = || Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    text.split_ascii_whitespace()
        .map(|word| word.parse().map_err(|_| Failure::usage(format!("There is no scope {word:?}."), format!("The scopes are: {}.", known()))))
        .collect()
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
    text.trim().to_ascii_uppercase().parse().map_err(|_| format!("the roles are {}", known()))
}

/// A day here is 24 hours: a token knows no calendar.
fn ttl(text: &str) -> Result<SignedDuration, String> {
    let whole_days = text.strip_suffix('d').and_then(|days| days.parse::<i64>().ok()).and_then(|days| days.checked_mul(24));
    whole_days
        .map(SignedDuration::try_from_hours)
        .unwrap_or_else(|| text.parse().ok())
        .filter(|duration| duration.as_secs() > 0)
        .ok_or_else(|| "a duration of at least a second, such as 30m, 8h or 7d".to_owned())
}
