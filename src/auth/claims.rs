//! The claims of a token, read strictly.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::caller::Caller;
use domain::kinds::{Role, Scope};
use domain::text::visible::is_blank;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::AuthError;

/// The longest subject and name, in characters (L13).
const LONGEST_TEXT: usize = 200;
/// The last second that a time in a token may name: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;
/// Header fields that would bring, fetch or choose a key. The key here is fixed, so a token with one is none of ours.
const REFUSED_HEADERS: [&str; 7] = ["crit", "jwk", "jku", "x5u", "x5c", "kid", "b64"];

/// What a token for development is to say.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Who its bearer is.
    pub subject: String,
    /// The display name.
    pub name: Option<String>,
    /// The roles (A1-A3).
    pub roles: Vec<Role>,
    /// The scopes (A5).
    pub scopes: Vec<Scope>,
    /// The partner company, for a partner's role.
    pub partner_id: Option<Uuid>,
    /// The tenant, for a customer's role.
    pub tenant_id: Option<Uuid>,
    /// When it is issued, in seconds since the start of 1970.
    pub issued_at: u64,
    /// When it ends, in seconds since the start of 1970.
    pub expires_at: u64,
}

/// The claims of a token, as they stand in it. What an issuer may write in several ways is read as any value first.
#[derive(Deserialize, Serialize)]
pub(super) struct Claims {
    sub: String,
    iss: String,
    aud: Value,
    exp: u64,
    #[serde(default)]
    iat: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Unknown words are ignored, here and in the scopes.
    #[serde(default)]
    roles: Value,
    #[serde(default)]
    scope: Value,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    scp: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partner_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant_id: Option<String>,
}

impl Claims {
    /// The claims of a token that this server issues for itself.
    pub(super) fn issued(grant: &Grant, issuer: &str, audience: &str) -> Self {
        let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            sub: grant.subject.clone(),
            iss: issuer.to_owned(),
            aud: audience.into(),
            exp: grant.expires_at,
            iat: grant.issued_at.into(),
            name: grant.name.clone(),
            roles: grant.roles.iter().map(|role| role.as_str()).collect(),
            scope: scopes.join(" ").into(),
            scp: Value::Null,
            partner_id: grant.partner_id.map(|id| id.to_string()),
            tenant_id: grant.tenant_id.map(|id| id.to_string()),
        }
    }

    /// When the token ends, in seconds since the start of 1970.
    pub(super) const fn expires_at(&self) -> u64 {
        self.exp
    }

    /// The caller that the claims tell of (A5).
    pub(super) fn into_caller(self) -> Result<Caller, AuthError> {
        if self.exp > LAST_SECOND || !is_plain(&self.sub) || self.name.as_deref().is_some_and(|name| !is_plain(name)) {
            return Err(AuthError::Unauthenticated);
        }
        let roles: Vec<Role> = known(words(&self.roles));
        let scopes: Vec<Scope> = known(words(&self.scope).into_iter().chain(words(&self.scp)));
        let company = |id: &Option<String>| match id {
            Some(text) => Uuid::try_parse(text)
                .map(Some)
                .map_err(|_| AuthError::Forbidden("The token's partner_id or tenant_id is not a UUID.")),
            None => Ok(None),
        };
        let (partner, tenant) = (company(&self.partner_id)?, company(&self.tenant_id)?);
        Caller::new(self.sub, self.name, &roles, scopes, partner, tenant)
            .map_err(|standing| AuthError::Forbidden(standing.message()))
    }
}

/// A text that can be stored and shown: not blank, not long, no control characters.
fn is_plain(text: &str) -> bool {
    !is_blank(text) && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}

/// The words of a text or a list of texts; anything else has none (never a default).
fn words(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => text.split_ascii_whitespace().collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The known ones of these words, each once.
fn known<'a, T: std::str::FromStr + PartialEq>(words: impl IntoIterator<Item = &'a str>) -> Vec<T> {
    let mut found = Vec::new();
    for value in words.into_iter().filter_map(|word| word.parse().ok()) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// Refuses a token whose header names a key of its own or demands something unknown.
pub(super) fn check_header(token: &str) -> Result<(), AuthError> {
    let header = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(header).map_err(|_| AuthError::Unauthenticated)?;
    let fields: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| AuthError::Unauthenticated)?;
    if REFUSED_HEADERS.iter().any(|name| fields.contains_key(*name)) {
        return Err(AuthError::Unauthenticated);
    }
    Ok(())
}
