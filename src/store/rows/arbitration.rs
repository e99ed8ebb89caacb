//! What comes after a decision: arbitrations, evaluations.

use entity::{arbitration, evaluation};

use super::Row;
use crate::store::{
    StoreError,
    records::{Arbitration, Evaluation},
};

impl TryFrom<arbitration::Model> for Arbitration {
    type Error = StoreError;

    fn try_from(row: arbitration::Model) -> Result<Self, StoreError> {
        let at = Row { table: "arbitration", key: &row.id };
        Ok(Self {
            status: at.word(&row.status)?,
            opened_at: at.time(row.opened_at)?,
            settled_at: at.maybe_time(row.settled_at)?,
            id: row.id,
            tenant_id: row.tenant_id,
            sku_id: row.sku_id,
            subscription_id: row.subscription_id,
            winner_claim_id: row.winner_claim_id,
            rationale: row.rationale,
        })
    }
}

impl TryFrom<evaluation::Model> for Evaluation {
    type Error = StoreError;

    fn try_from(row: evaluation::Model) -> Result<Self, StoreError> {
        let at = Row { table: "evaluation", key: &row.claim_id };
        Ok(Self {
            status: at.word(&row.status)?,
            programs: at.words(&row.programs)?,
            subscription_ids: at.words(&row.subscription_ids)?,
            sent_at: at.maybe_time(row.sent_at)?,
            claim_id: row.claim_id,
            tenant_id: row.tenant_id,
        })
    }
}
