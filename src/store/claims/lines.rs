//! What hangs on claims that are already seen.

use std::collections::HashMap;

use domain::claim::Line;
use entity::{claim_line, proof_document};
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Asterisk, Expr},
};
use uuid::Uuid;

use crate::store::{Reads, StoreError, line_from_row, sql::any_of};

/// The lines of the claims, in their order. A claim without lines is missing.
///
/// # Errors
/// As every read: [`StoreError::Unavailable`], [`StoreError::Corrupt`].
pub async fn lines(on: &impl Reads, claims: &[Uuid]) -> Result<HashMap<Uuid, Vec<Line>>, StoreError> {
    let column = claim_line::Column::ClaimId;
    let backend = on.connection().get_database_backend();
    let rows = claim_line::Entity::find()
        .filter(any_of(column, claims.iter().copied(), backend))
        .order_by_asc(claim_line::Column::Position)
        .order_by_asc(claim_line::Column::Id)
        .all(on.connection())
        .await?;
    let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for row in rows {
        let claim = row.claim_id;
        lines.entry(claim).or_default().push(line_from_row(row)?);
    }
    Ok(lines)
}

/// How many proof documents the claims have. A claim without any is missing.
///
/// # Errors
/// As [`lines`].
pub async fn document_counts(on: &impl Reads, claims: &[Uuid]) -> Result<HashMap<Uuid, u32>, StoreError> {
    let column = proof_document::Column::ClaimId;
    let backend = on.connection().get_database_backend();
    let counts = proof_document::Entity::find()
        .filter(any_of(column, claims.iter().copied(), backend))
        .select_only()
        .column(column)
        .expr(Expr::col(Asterisk).count())
        .group_by(column)
        .into_tuple::<(Uuid, i64)>()
        .all(on.connection())
        .await?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(counts.into_iter().map(|(id, n)| (id, small(n))).collect())
}
