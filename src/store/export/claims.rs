//! Claims with their lines.

use std::collections::HashMap;

use domain::claim::{Claim, Line};
use entity::{claim, history};
use sea_orm::{
    ColumnTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{Selection, page};
use crate::store::{
    Reads, StoreError,
    claims::{ClaimRow, Wanted, lines},
    keyset,
    rows::Rows,
    scope,
    snapshot::Snapshot,
    sql::any_of,
};

/// A claim with its lines.
#[derive(Clone, Debug)]
pub struct ExportedClaim {
    /// The claim.
    pub claim: Claim,
    /// Its lines, in their order.
    pub lines: Vec<Line>,
    /// When the last entry of its history that the caller sees was written, in microseconds since 1970; nothing where it sees
    /// none.
    pub last_entry_at: Option<i64>,
}

impl Selection {
    /// The next claims after this one.
    ///
    /// # Errors
    /// As every read.
    pub async fn claims_after(
        &self,
        snapshot: &Snapshot,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ExportedClaim>, StoreError> {
        let query = page(self.claims(snapshot), claim::Column::Id, after, limit);
        let found: Vec<Claim> =
            keyset::all(snapshot, query, &Wanted::ROW).await?.into_iter().map(ClaimRow::into_claim).collect();
        let ids: Vec<Uuid> = found.iter().map(|claim| claim.id).collect();
        let mut lines = lines(snapshot, &ids).await?;
        let last = self.last_entries(snapshot, &ids).await?;
        Ok(found
            .into_iter()
            .map(|claim| ExportedClaim {
                lines: lines.remove(&claim.id).unwrap_or_default(),
                last_entry_at: last.get(&claim.id).copied(),
                claim,
            })
            .collect())
    }

    /// When something last happened to each claim, as far as the caller sees it (L17).
    async fn last_entries(&self, snapshot: &Snapshot, claims: &[Uuid]) -> Result<HashMap<Uuid, i64>, StoreError> {
        let query = Rows::<history::Entity>::all()
            .column(history::Column::ClaimId)
            .expr(Expr::col(history::Column::At.as_column_ref()).max())
            .filter(scope::history_of_visible(&self.caller))
            .filter(any_of(history::Column::ClaimId, claims.iter().copied(), snapshot.backend()))
            .group_by(history::Column::ClaimId);
        let last: Vec<(Uuid, i64)> = query.tuples(snapshot.connection()).await?;
        Ok(last.into_iter().collect())
    }
}
