//! The mapping from a token's claims to its holder, as JSON pointers, with presets for three providers.

use std::collections::BTreeMap;

use domain::kinds::{Role, Scope};
use serde::Deserialize;

/// A JSON pointer (RFC 6901) into the claims, such as `/realm_access/roles`.
pub type Pointer = String;

/// The meaning of a provider's values. Without a table, values are those of the API: `REVIEWER`, `claims:read`.
pub type Table<T> = Option<BTreeMap<String, Vec<T>>>;

/// The claims of an issuer's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The parts of the subject, joined by `/`; all of them must be there.
    pub subject: Vec<Pointer>,
    /// The display name: the first one that is there.
    pub name: Vec<Pointer>,
    /// The roles, of all pointers together.
    pub roles: Vec<Pointer>,
    /// The scopes: of all pointers of the first group that is there.
    pub scopes: Vec<Vec<Pointer>>,
    /// The partner company's id: the first one that is there.
    pub partner_id: Vec<Pointer>,
    /// The customer's tenant id: the first one that is there.
    pub tenant_id: Vec<Pointer>,
    /// What the values of roles mean.
    pub role_table: Table<Role>,
    /// What the values of scopes mean.
    pub scope_table: Table<Scope>,
    /// The only value that the claim `typ` may have, where the token has one: Keycloak marks its kinds of tokens by it.
    pub token_kind: Option<&'static str>,
}

/// A provider whose tokens are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Preset {
    /// Microsoft Entra ID, tokens of version 1 and 2.
    Entra,
    /// Auth0.
    Auth0,
    /// Keycloak.
    Keycloak,
}

fn pointers(texts: &[&str]) -> Vec<Pointer> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl Mapping {
    /// The claims of a preset; without one, those that cpor itself writes.
    #[must_use]
    pub fn of(preset: Option<Preset>, audiences: &[String]) -> Self {
        let own = Self {
            subject: pointers(&["/sub"]),
            name: pointers(&["/name"]),
            roles: pointers(&["/roles"]),
            scopes: vec![pointers(&["/scope", "/scp"])],
            partner_id: pointers(&["/partner_id"]),
            tenant_id: pointers(&["/tenant_id"]),
            role_table: None,
            scope_table: None,
            token_kind: None,
        };
        match preset {
            None => own,
            // `sub` differs from one application to the next; `tid` and `oid` name the person or service itself. A token that
            // an application gets for itself has no `scp`: what it may do is in `roles`.
            Some(Preset::Entra) => Self {
                subject: pointers(&["/tid", "/oid"]),
                scopes: vec![pointers(&["/scp"]), pointers(&["/roles"])],
                partner_id: pointers(&["/partner_id", "/extn.partner_id"]),
                tenant_id: pointers(&["/tid"]),
                ..own
            },
            // With role-based access control, tokens have `permissions`, even if empty, which are more exact than
            // `scope`.
            Some(Preset::Auth0) => Self {
                roles: pointers(&["/permissions"]),
                scopes: vec![pointers(&["/permissions"]), pointers(&["/scope"])],
                ..own
            },
            Some(Preset::Keycloak) => Self {
                name: pointers(&["/name", "/preferred_username"]),
                roles: audiences.iter().fold(pointers(&["/realm_access/roles"]), |mut roles, audience| {
                    let client = audience.replace('~', "~0").replace('/', "~1");
                    roles.push(format!("/resource_access/{client}/roles"));
                    roles
                }),
                scopes: vec![pointers(&["/scope"])],
                token_kind: Some("Bearer"),
                ..own
            },
        }
    }
}
