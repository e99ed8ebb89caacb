//! Recovers deliveries since a position (W5).

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType, WebhookState},
};
use uuid::Uuid;

use super::{Recovered, feed, manage::find_endpoint, managed_by, not_active, receiver};
use crate::{
    app::{
        App, AppError,
        claims::attempt::UnitError,
        idempotency::Key,
        transact::{End, Locks, Unit},
    },
    store::{
        history::{HistoryEntry, Position, log},
        webhooks::{
            Endpoint, Owner,
            write::{self as writes, Planned},
        },
    },
};

/// How many entries of the history are read at once.
const BATCH: u64 = 500;

impl App {
    /// Schedules every event after a position that an endpoint has not accepted: parked and skipped deliveries, and
    /// events that were never planned because the endpoint was disabled or newer. They are sent in order per claim.
    ///
    /// # Errors
    /// `FORBIDDEN` for callers who may manage no endpoints; database errors.
    pub async fn recover_webhook_deliveries(
        &self,
        caller: &Caller,
        id: Option<Uuid>,
        since: &str,
        key: Option<String>,
    ) -> Result<Recovered, AppError> {
        let owner = managed_by(caller, Scope::WebhooksWrite)?;
        let recover = |key| self.recover_endpoint(owner, id, since, key);
        self.manage_webhooks(caller, key.as_deref(), ("recoverWebhookDeliveries", &(id, since)), recover).await
    }

    async fn recover_endpoint(
        &self,
        owner: Owner,
        id: Option<Uuid>,
        since: &str,
        key: Option<Key>,
    ) -> Result<Recovered, UnitError> {
        let endpoint = find_endpoint(self.db(), owner, id).await?;
        if endpoint.state != WebhookState::Active {
            return Err(not_active("endpointId").into());
        }
        let since = self.position("since", since).await?;
        let upto = self.tail().present().await;
        let mut recovered = Recovered::default();
        for event in endpoint.events.clone() {
            recovered.scheduled += self.recover(&endpoint, event, (since, upto)).await?;
        }
        let (id, recovered) = (endpoint.id, &recovered);
        let release = |unit: Unit| async move {
            writes::release(&unit, &[id], None, self.now()).await?;
            Ok(unit.commit(recovered.clone()))
        };
        self.transact_once(key.as_ref(), Locks::Webhooks, release).await
    }

    /// Schedules the events of one type. Nothing is sent before all are scheduled, so that they come in order.
    async fn recover(
        &self,
        endpoint: &Endpoint,
        event: WebhookEventType,
        (mut from, upto): (Position, Position),
    ) -> Result<u64, UnitError> {
        let caller = receiver(endpoint.partner_id, endpoint.id, endpoint.scopes.clone());
        let mut scheduled = 0;
        loop {
            let entries = log::between(self.db(), &caller, &feed(event), (from, upto), BATCH).await?;
            let Some(last) = entries.last().map(|entry| entry.position) else { return Ok(scheduled) };
            let work = |unit| self.schedule(unit, endpoint.id, event, &entries);
            scheduled += self.transact(Locks::Webhooks, work).await?;
            from = last;
        }
    }

    async fn schedule(
        &self,
        unit: Unit,
        endpoint: Uuid,
        event: WebhookEventType,
        entries: &[HistoryEntry],
    ) -> Result<End<u64>, UnitError> {
        let planned: Vec<Planned> = entries.iter().map(|entry| Planned::new(endpoint, event, entry)).collect();
        let ids: Vec<Uuid> = planned.iter().map(Planned::id).collect();
        let again = writes::again(&unit, &ids).await?;
        let added = writes::add(&unit, &planned, self.now()).await?;
        Ok(unit.commit(again + added))
    }
}
