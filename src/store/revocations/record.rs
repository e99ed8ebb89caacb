//! What is revoked, and the tokens that can be.

use domain::{
    kinds::{Role, Scope},
    time::Timestamp,
};
use uuid::Uuid;

/// What is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// One token.
    Token {
        /// Its id.
        jti: String,
        /// Its issuer; none means every issuer.
        issuer: Option<String>,
    },
    /// The tokens of a subject that were issued before a time.
    Subject {
        /// The subject.
        subject: String,
        /// The time.
        issued_before: Timestamp,
        /// The partner whose tokens alone are meant; none means every side's.
        partner: Option<Uuid>,
    },
}

/// A token that was made for a service account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceToken {
    /// Its id.
    pub jti: Uuid,
    /// Who issued it.
    pub issuer: String,
    /// Its subject.
    pub subject: String,
    /// Its display name.
    pub name: Option<String>,
    /// Its roles.
    pub roles: Vec<Role>,
    /// Its scopes.
    pub scopes: Vec<Scope>,
    /// The partner company of a partner's role.
    pub partner_id: Option<Uuid>,
    /// The tenant of a customer's role.
    pub tenant_id: Option<Uuid>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}
