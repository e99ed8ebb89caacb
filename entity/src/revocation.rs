//! Tokens that were revoked before their end (A8).

use sea_orm::entity::prelude::*;

use crate::column::Micros;

/// A row of `revocation`: one token by its id, or the tokens of a subject that were issued before a time.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revocation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The token's id.
    pub jti: Option<String>,
    /// The token's issuer; null means every issuer.
    pub issuer: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The time of issue before which the subject's tokens are refused.
    pub issued_before: Option<Micros>,
    /// The partner whose tokens alone are meant; null means every side's.
    pub partner_id: Option<Uuid>,
    /// When it was revoked.
    pub revoked_at: Micros,
    /// The subject that revoked it.
    pub revoked_by: String,
    /// When no such token can be alive any more.
    pub kept_until: Micros,
}

impl ActiveModelBehavior for ActiveModel {}
