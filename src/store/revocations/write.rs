//! Revoking tokens, and recording those of service accounts.

use domain::time::Timestamp;
use entity::{
    column::{Micros, Words},
    revocation, service_token,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{Revoked, ServiceToken};
use crate::{
    ids,
    store::{Reads, StoreError, Transaction},
};

/// Revokes tokens; `kept_until` is when no such token can be alive any more.
///
/// # Errors
/// Database errors.
pub async fn revoke(
    transaction: &Transaction,
    what: &Revoked,
    by: &str,
    now: Timestamp,
    kept_until: Timestamp,
) -> Result<(), StoreError> {
    let mut row = revocation::ActiveModel {
        id: Set(ids::new()),
        jti: Set(None),
        issuer: Set(None),
        subject: Set(None),
        issued_before: Set(None),
        partner_id: Set(None),
        revoked_at: Set(Micros(now)),
        revoked_by: Set(by.to_owned()),
        kept_until: Set(Micros(kept_until)),
    };
    match what {
        Revoked::Token { jti, issuer } => {
            row.jti = Set(Some(jti.clone()));
            row.issuer = Set(issuer.clone());
        }
        Revoked::Subject { subject, issued_before, partner } => {
            row.subject = Set(Some(subject.clone()));
            row.issued_before = Set(Some(Micros(*issued_before)));
            row.partner_id = Set(*partner);
        }
    }
    revocation::Entity::insert(row).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// Makes a service account's token known.
///
/// # Errors
/// Database errors.
pub async fn register(transaction: &Transaction, token: &ServiceToken) -> Result<(), StoreError> {
    service_token::Entity::insert(row(token)).exec_without_returning(transaction.connection()).await?;
    Ok(())
}

/// Forgets what concerns only tokens that are dead by now.
///
/// # Errors
/// Database errors.
pub async fn forget(transaction: &Transaction, now: Timestamp) -> Result<(), StoreError> {
    let connection = transaction.connection();
    let (revocations, tokens) = (revocation::Entity::delete_many(), service_token::Entity::delete_many());
    revocations.filter(revocation::Column::KeptUntil.lt(now.micros())).exec(connection).await?;
    tokens.filter(service_token::Column::ExpiresAt.lt(now.micros())).exec(connection).await?;
    Ok(())
}

/// The row of a service account's token.
fn row(token: &ServiceToken) -> service_token::ActiveModel {
    service_token::ActiveModel {
        jti: Set(token.jti),
        issuer: Set(token.issuer.clone()),
        subject: Set(token.subject.clone()),
        name: Set(token.name.clone()),
        roles: Set(Words(token.roles.clone())),
        scopes: Set(Words(token.scopes.clone())),
        partner_id: Set(token.partner_id),
        tenant_id: Set(token.tenant_id),
        issued_at: Set(Micros(token.issued_at)),
        expires_at: Set(Micros(token.expires_at)),
    }
}
