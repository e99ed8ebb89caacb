//! The tokens that were made for service accounts; the tokens themselves are kept nowhere.

use domain::kinds::{Role, Scope};
use sea_orm::entity::prelude::*;

use crate::column::{Micros, Words};

/// A row of `service_token`.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_token")]
pub struct Model {
    /// The token's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub jti: Uuid,
    /// Who issued it.
    pub issuer: String,
    /// Its subject.
    pub subject: String,
    /// Its display name.
    pub name: Option<String>,
    /// Its roles, words with one space between them.
    pub roles: Words<Role>,
    /// Its scopes, words with one space between them.
    pub scopes: Words<Scope>,
    /// The partner company of a partner's role.
    pub partner_id: Option<Uuid>,
    /// The tenant of a customer's role.
    pub tenant_id: Option<Uuid>,
    /// When it was issued.
    pub issued_at: Micros,
    /// When it ends.
    pub expires_at: Micros,
}

impl ActiveModelBehavior for ActiveModel {}
