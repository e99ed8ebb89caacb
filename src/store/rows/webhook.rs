//! Webhooks: endpoints, deliveries, attempts.

use domain::time::Timestamp;
use entity::{webhook_attempt, webhook_delivery, webhook_endpoint};

use super::{
    cells::{Cells, Record},
    columns::{Read, always},
};
use crate::store::{
    StoreError,
    records::Position,
    webhooks::{Attempt, Delivery, Endpoint},
};

impl Record for Endpoint {
    type Entity = webhook_endpoint::Entity;

    const COLUMNS: &'static [Read<webhook_endpoint::Column>] = {
        use webhook_endpoint::Column::{
            BehindEpoch, BehindPos, BehindXid, CreatedAt, Events, FailingSince, Id, LastFailureAt, LastSuccessAt,
            PartnerId, PublicKey, Scopes, Secret, SecretBefore, SecretBeforeUntil, Selection, State, Url,
        };
        &[
            always(Id, &[]),
            always(PartnerId, &[]),
            always(Url, &[]),
            always(Events, &[]),
            always(Selection, &[]),
            always(Scopes, &[]),
            always(State, &[]),
            always(Secret, &[]),
            always(SecretBefore, &[]),
            always(SecretBeforeUntil, &[]),
            always(PublicKey, &[]),
            always(CreatedAt, &[]),
            always(BehindEpoch, &[]),
            always(BehindXid, &[]),
            always(BehindPos, &[]),
            always(LastSuccessAt, &[]),
            always(LastFailureAt, &[]),
            always(FailingSince, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            partner_id: cells.get()?,
            url: cells.get()?,
            events: cells.words()?,
            selection: cells.get()?,
            scopes: cells.words()?,
            state: cells.word()?,
            secret: cells.get()?,
            secret_before: {
                let before: Option<String> = cells.get()?;
                let until: Option<Timestamp> = cells.maybe_time()?;
                before.zip(until)
            },
            public_key: cells.get()?,
            created_at: cells.time()?,
            behind: {
                let (epoch, xid, pos): (Option<i32>, Option<i64>, Option<i64>) =
                    (cells.get()?, cells.get()?, cells.get()?);
                epoch.zip(xid).zip(pos).map(|((epoch, xid), pos)| Position { epoch, xid, pos })
            },
            last_success_at: cells.maybe_time()?,
            last_failure_at: cells.maybe_time()?,
            failing_since: cells.maybe_time()?,
        })
    }
}

impl Record for Delivery {
    type Entity = webhook_delivery::Entity;

    const COLUMNS: &'static [Read<webhook_delivery::Column>] = {
        use webhook_delivery::Column::{
            ClaimId, CreatedAt, EndpointId, EntryId, Epoch, EventType, Failures, Id, NextAttemptAt, Pos, State, Xid,
        };
        &[
            always(Id, &[]),
            always(EndpointId, &[]),
            always(EventType, &[]),
            always(ClaimId, &[]),
            always(EntryId, &[]),
            always(Epoch, &[]),
            always(Xid, &[]),
            always(Pos, &[]),
            always(State, &[]),
            always(Failures, &[]),
            always(CreatedAt, &[]),
            always(NextAttemptAt, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            endpoint_id: cells.get()?,
            event_type: cells.word()?,
            claim_id: cells.get()?,
            entry_id: cells.get()?,
            position: Position { epoch: cells.get()?, xid: cells.get()?, pos: cells.get()? },
            state: cells.word()?,
            failures: cells.get()?,
            created_at: cells.time()?,
            next_attempt_at: cells.maybe_time()?,
        })
    }
}

impl Record for Attempt {
    type Entity = webhook_attempt::Entity;

    const COLUMNS: &'static [Read<webhook_attempt::Column>] = {
        use webhook_attempt::Column::{Address, Answer, At, DeliveryId, Error, Id, Milliseconds, Status};
        &[
            always(Id, &[]),
            always(DeliveryId, &[]),
            always(At, &[]),
            always(Status, &[]),
            always(Milliseconds, &[]),
            always(Error, &[]),
            always(Answer, &[]),
            always(Address, &[]),
        ]
    };

    fn read(cells: &mut Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.get()?,
            delivery_id: cells.get()?,
            at: cells.time()?,
            status: cells.get()?,
            milliseconds: cells.get()?,
            error: cells.get()?,
            answer: cells.get()?,
            address: cells.get()?,
        })
    }
}
