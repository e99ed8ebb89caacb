//! The list of revocations, and the service accounts' tokens.

use domain::time::Timestamp;
use entity::{revocation, service_token};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{Revoked, ServiceToken};
use crate::store::{Db, Reads, StoreError};

/// Identifies the state of the list of revocations: their number, and the time of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Edition {
    count: i64,
    newest: Option<i64>,
}

/// The edition of the list that the database has.
///
/// # Errors
/// Database errors.
pub async fn edition(db: &Db) -> Result<Edition, StoreError> {
    let column = revocation::Column::RevokedAt;
    let found = revocation::Entity::find()
        .select_only()
        .column_as(Expr::cust("COUNT(*)"), "count")
        .column_as(column.max(), "newest")
        .into_model::<Edition>()
        .one(db.connection())
        .await?;
    Ok(found.unwrap_or(Edition { count: 0, newest: None }))
}

/// Everything that is revoked.
///
/// # Errors
/// Database errors.
pub async fn all(db: &Db) -> Result<Vec<Revoked>, StoreError> {
    revocation::Entity::find().all(db.connection()).await?.into_iter().map(revoked).collect()
}

fn revoked(row: revocation::Model) -> Result<Revoked, StoreError> {
    match (row.jti, row.subject, row.issued_before) {
        (Some(jti), None, None) => Ok(Revoked::Token { jti, issuer: row.issuer }),
        (None, Some(subject), Some(issued_before)) => {
            Ok(Revoked::Subject { subject, issued_before: issued_before.0, partner: row.partner_id })
        }
        _ => Err(StoreError::Corrupt("revocation", row.id.to_string())),
    }
}

/// The tokens of service accounts, the oldest first.
///
/// # Errors
/// Database errors.
pub async fn service_tokens(db: &Db) -> Result<Vec<ServiceToken>, StoreError> {
    let rows = service_token::Entity::find()
        .order_by_asc(service_token::Column::IssuedAt)
        .order_by_asc(service_token::Column::Jti)
        .all(db.connection())
        .await?;
    Ok(rows.into_iter().map(service_token).collect())
}

/// The end of a service account's token with this id, if there is one.
///
/// # Errors
/// Database errors.
pub async fn end_of(on: &impl Reads, jti: &str) -> Result<Option<Timestamp>, StoreError> {
    let Ok(jti) = Uuid::try_parse(jti) else { return Ok(None) };
    let found = service_token::Entity::find_by_id(jti).one(on.connection()).await?;
    Ok(found.map(|row| row.expires_at.0))
}

fn service_token(row: service_token::Model) -> ServiceToken {
    ServiceToken {
        jti: row.jti,
        roles: row.roles.0,
        scopes: row.scopes.0,
        issued_at: row.issued_at.0,
        expires_at: row.expires_at.0,
        issuer: row.issuer,
        subject: row.subject,
        name: row.name,
        partner_id: row.partner_id,
        tenant_id: row.tenant_id,
    }
}
