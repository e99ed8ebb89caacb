//! The tokens that this server signs itself.

use domain::kinds::{Role, Scope};
use serde::Serialize;
use uuid::Uuid;

/// The claims of a token to sign.
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
    /// Its own id, by which it can be revoked (A8).
    pub jti: Uuid,
}

/// The claims of a token that this server issues for itself.
#[derive(Serialize)]
pub(super) struct Claims<'a> {
    sub: &'a str,
    iss: &'a str,
    aud: &'a str,
    exp: u64,
    iat: u64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    roles: Vec<&'static str>,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_id: Option<Uuid>,
}

impl<'a> Claims<'a> {
    pub(super) fn of(grant: &'a Grant, issuer: &'a str, audience: &'a str) -> Self {
        let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
        Self {
            sub: &grant.subject,
            iss: issuer,
            aud: audience,
            exp: grant.expires_at,
            iat: grant.issued_at,
            jti: grant.jti.to_string(),
            name: grant.name.as_deref(),
            roles: grant.roles.iter().map(|role| role.as_str()).collect(),
            scope: scopes.join(" "),
            partner_id: grant.partner_id,
            tenant_id: grant.tenant_id,
        }
    }
}
