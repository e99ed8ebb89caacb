//! Claims with their lines.

use domain::{
    claim::{Claim, Line},
    time::Timestamp,
};
use entity::claim;
use uuid::Uuid;

use super::{Selection, page};
use crate::store::{
    StoreError,
    claims::{ActivityView, Wanted, lines},
    keyset,
    snapshot::Snapshot,
};

/// A claim with its lines.
#[derive(Clone, Debug)]
pub struct ExportedClaim {
    /// The claim.
    pub claim: Claim,
    /// Its lines, in their order.
    pub lines: Vec<Line>,
    /// The time of the latest activity that the caller may see (L17).
    pub last_activity_at: Option<Timestamp>,
}

impl Selection {
    /// The next claims after this one.
    ///
    /// # Errors
    /// Database errors.
    pub async fn claims_after(
        &self,
        snapshot: &Snapshot,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ExportedClaim>, StoreError> {
        let query = page(self.claims(snapshot), claim::Column::Id, after, limit);
        let wanted = Wanted { activity: Some(ActivityView::seen_by(&self.caller)), ..Wanted::ROW };
        let found = keyset::all(snapshot, query, &wanted).await?;
        let ids: Vec<Uuid> = found.iter().map(|row| row.claim().id).collect();
        let mut lines = lines(snapshot, &ids).await?;
        let exported = found.into_iter().map(|row| {
            let last_activity_at = row.last_activity_at;
            let claim = row.into_claim();
            ExportedClaim { lines: lines.remove(&claim.id).unwrap_or_default(), last_activity_at, claim }
        });
        Ok(exported.collect())
    }
}
