//! Recovers deliveries since a position (W5).

use domain::{
    caller::Caller,
    kinds::{Scope, WebhookEventType, WebhookState},
};
use uuid::Uuid;

use super::{Managed, Recovered, feed, managed_by, no_endpoint, not_active, receiver};
use crate::{
    app::{
        App, AppError,
        claims::attempt::{Failure, tried},
        idempotency::Key,
    },
    store::{
        history::log,
        records::{HistoryEntry, Position},
        webhooks::{self, Endpoint},
        write::webhooks::{self as writes, Planned},
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
        let refused = |problems| Recovered { scheduled: 0, problems };
        let key = match Key::new(caller, key.as_deref(), "recoverWebhookDeliveries", &(id, since)) {
            Ok(key) => key,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        if let Some(key) = &key {
            let transaction = self.db().begin().await?;
            match key.earlier::<Recovered>(&transaction).await? {
                Ok(None) => {}
                Ok(Some(done)) => return Ok(done),
                Err(problem) => return Ok(refused(vec![problem])),
            }
        }
        let found = match id {
            Some(id) => webhooks::find(self.db(), owner, id).await?,
            None => None,
        };
        let Some(endpoint) = found else { return Ok(refused(vec![no_endpoint()])) };
        if endpoint.state != WebhookState::Active {
            return Ok(refused(vec![not_active("endpointId")]));
        }
        let since = match self.position("since", since).await? {
            Ok(position) => position,
            Err(problem) => return Ok(refused(vec![problem])),
        };
        let upto = self.tail().present().await;
        let mut done = Recovered::default();
        for event in endpoint.events.clone() {
            done.scheduled += self.recover(&endpoint, event, (since, upto)).await?;
        }
        let released = tried(|| self.release_recovered(endpoint.id, key.as_ref(), &done)).await?;
        self.wake_webhooks();
        Ok(released.err().map_or(done, refused))
    }

    /// Schedules the events of one type. Nothing is sent before all are scheduled, so that they come in order.
    async fn recover(
        &self,
        endpoint: &Endpoint,
        event: WebhookEventType,
        (mut from, upto): (Position, Position),
    ) -> Result<u64, AppError> {
        let caller = receiver(endpoint.partner_id, endpoint.id, endpoint.scopes.clone());
        let mut scheduled = 0;
        loop {
            let entries = log::between(self.db(), &caller, &feed(event), (from, upto), BATCH).await?;
            let Some(last) = entries.last().map(|entry| entry.position) else { return Ok(scheduled) };
            let attempt = || self.schedule(endpoint.id, event, &entries);
            // It refuses nothing.
            scheduled += tried(attempt).await?.unwrap_or_default();
            from = last;
        }
    }

    async fn schedule(
        &self,
        endpoint: Uuid,
        event: WebhookEventType,
        entries: &[HistoryEntry],
    ) -> Result<u64, Failure> {
        let transaction = self.begin_managing().await?;
        let planned: Vec<Planned> = entries.iter().map(|entry| Planned::new(endpoint, event, entry)).collect();
        let ids: Vec<Uuid> = planned.iter().map(Planned::id).collect();
        let again = writes::again(&transaction, &ids).await?;
        let added = writes::add(&transaction, &planned, self.now()).await?;
        transaction.commit().await?;
        Ok(again + added)
    }

    async fn release_recovered(&self, endpoint: Uuid, key: Option<&Key>, done: &Recovered) -> Result<Managed, Failure> {
        let transaction = self.begin_managing().await?;
        writes::release(&transaction, &[endpoint], None, self.now()).await?;
        if let Some(key) = key {
            key.remember(&transaction, done, self.now()).await?;
        }
        transaction.commit().await?;
        Ok(Managed::done(endpoint))
    }
}
