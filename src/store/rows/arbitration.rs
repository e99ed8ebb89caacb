//! The records after a decision: arbitrations, evaluations.

use entity::{arbitration, evaluation};

use super::{
    cells::{Cells, Record},
    columns::{Read, always},
};
use crate::store::{
    StoreError,
    records::{Arbitration, Evaluation},
};

impl Record for Arbitration {
    type Entity = arbitration::Entity;

    const COLUMNS: &'static [Read<arbitration::Column>] = {
        use arbitration::Column::{
            Id, OpenedAt, Rationale, SettledAt, SkuId, Status, SubscriptionId, TenantId, WinnerClaimId,
        };
        &[
            always(Id, &[]),
            always(TenantId, &[]),
            always(SkuId, &[]),
            always(SubscriptionId, &[]),
            always(Status, &[]),
            always(OpenedAt, &[]),
            always(SettledAt, &[]),
            always(WinnerClaimId, &[]),
            always(Rationale, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            tenant_id: cells.get()?,
            sku_id: cells.get()?,
            subscription_id: cells.get()?,
            status: cells.word()?,
            opened_at: cells.time()?,
            settled_at: cells.maybe_time()?,
            winner_claim_id: cells.get()?,
            rationale: cells.get()?,
        })
    }
}

impl Record for Evaluation {
    type Entity = evaluation::Entity;

    const COLUMNS: &'static [Read<evaluation::Column>] = {
        use evaluation::Column::{ClaimId, Programs, SentAt, Status, SubscriptionIds, TenantId};
        &[
            always(ClaimId, &[]),
            always(Status, &[]),
            always(Programs, &[]),
            always(TenantId, &[]),
            always(SubscriptionIds, &[]),
            always(SentAt, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            claim_id: cells.get()?,
            status: cells.word()?,
            programs: cells.words()?,
            tenant_id: cells.get()?,
            subscription_ids: cells.words()?,
            sent_at: cells.maybe_time()?,
        })
    }
}
