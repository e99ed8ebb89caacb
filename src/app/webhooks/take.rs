//! What is due, taken for this server and judged (W1, W3): of each endpoint and lane as much as there are slots.

use std::collections::{HashMap, HashSet};

use domain::{kinds::WebhookEventType, time::Timestamp};
use uuid::Uuid;

use super::{
    feed, receiver,
    slots::{LANES, Room, Slots},
};
use crate::{
    app::App,
    clock::Clock,
    store::{
        StoreError,
        history::{HistoryEntry, log},
        webhooks::{self, Active, ClaimHeader, Delivery, Endpoint, Lane, Owner, write as writes},
    },
};

/// For how long a delivery is taken, in microseconds: longer than an attempt can last. After a crash of this server another one, or
/// this one when it runs again, makes the attempt then.
const LEASE: i64 = 30 * 1_000_000;

/// A delivery that was taken, with all that its attempt needs.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) delivery: Delivery,
    pub(super) endpoint: Endpoint,
    /// The entry, if the endpoint's owner may see it now.
    pub(super) entry: Option<HistoryEntry>,
    /// The claim.
    pub(super) claim: Option<ClaimHeader>,
}

impl App {
    /// Takes due deliveries for which there is room, each with the lane in which it is sent.
    pub(super) async fn take_webhooks(
        &self,
        slots: &Slots,
        active: &[Active],
    ) -> Result<Vec<(Lane, Taken)>, StoreError> {
        let times = (self.now(), Clock::System.now());
        let mut taken = Vec::new();
        for lane in LANES {
            let chosen = self.choose_webhooks(slots.room(lane, active, times.1.micros()), times).await?;
            if chosen.is_empty() {
                continue;
            }
            let until = Timestamp::from_micros(times.1.micros().saturating_add(LEASE)).unwrap_or(times.1);
            match self.lease_webhooks(&chosen, times, until).await {
                Ok(more) => taken.extend(more.into_iter().map(|one| (lane, one))),
                Err(error) if taken.is_empty() => return Err(error),
                Err(error) => {
                    // What was leased before is sent; the other lanes are taken the next time.
                    tracing::warn!(error = error.for_the_log(), "webhook deliveries of a lane could not be read");
                    break;
                }
            }
        }
        Ok(taken)
    }

    async fn lease_webhooks(
        &self,
        chosen: &[Uuid],
        times: (Timestamp, Timestamp),
        until: Timestamp,
    ) -> Result<Vec<Taken>, StoreError> {
        let transaction = self.db().begin().await?;
        let deliveries = writes::lease(&transaction, chosen, times, until).await?;
        transaction.commit().await?;
        self.with_entries(deliveries).await
    }

    /// What is due and has room: one of each endpoint, and where there is room left, more of those that may have more.
    async fn choose_webhooks(&self, mut room: Room, times: (Timestamp, Timestamp)) -> Result<Vec<Uuid>, StoreError> {
        let mut chosen = Vec::new();
        let endpoints = room.endpoints();
        if endpoints.is_empty() {
            return Ok(chosen);
        }
        let first = webhooks::due(self.db(), times, &endpoints, (1, room.free)).await?;
        let endpoints: Vec<Uuid> = first.iter().map(|one| one.endpoint_id).collect();
        room.choose(first, &mut chosen);
        let most = endpoints.iter().filter_map(|endpoint| room.of_each.get(endpoint)).max().copied().unwrap_or(0);
        if room.free > 0 && most > 0 {
            // The first ones are among them.
            let more = (most + 1, room.free + chosen.len());
            room.choose(webhooks::due(self.db(), times, &endpoints, more).await?, &mut chosen);
        }
        Ok(chosen)
    }

    /// The deliveries with their endpoints, entries and claims. Whether an owner may see an entry is asked now (W1), once for all
    /// endpoints of an owner.
    async fn with_entries(&self, deliveries: Vec<Delivery>) -> Result<Vec<Taken>, StoreError> {
        let ids: HashSet<Uuid> = deliveries.iter().map(|delivery| delivery.endpoint_id).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let endpoints = webhooks::by_ids(self.db(), &ids).await?;
        let endpoints: HashMap<Uuid, Endpoint> = endpoints.into_iter().map(|one| (one.id, one)).collect();
        let claims: HashSet<Uuid> = deliveries.iter().map(|delivery| delivery.claim_id).collect();
        let claims = webhooks::claims(self.db(), &claims.into_iter().collect::<Vec<_>>()).await?;
        let mut groups: HashMap<(Owner, WebhookEventType), HashSet<Uuid>> = HashMap::new();
        for delivery in &deliveries {
            if let Some(endpoint) = endpoints.get(&delivery.endpoint_id) {
                groups.entry((endpoint.partner_id, delivery.event_type)).or_default().insert(delivery.entry_id);
            }
        }
        let mut seen: HashMap<(Owner, WebhookEventType, Uuid), HistoryEntry> = HashMap::new();
        for ((owner, event), entries) in groups {
            let caller = receiver(owner, Uuid::nil(), Vec::new());
            let entries: Vec<Uuid> = entries.into_iter().collect();
            let found = log::seen(self.db(), &caller, &feed(event), &entries).await?;
            seen.extend(found.into_iter().map(|entry| ((owner, event, entry.id), entry)));
        }
        let taken = |delivery: Delivery| {
            // One without its endpoint was deleted a moment ago.
            let endpoint = endpoints.get(&delivery.endpoint_id)?.clone();
            let entry = seen.get(&(endpoint.partner_id, delivery.event_type, delivery.entry_id)).cloned();
            let claim = claims.get(&delivery.claim_id).cloned();
            Some(Taken { delivery, endpoint, entry, claim })
        };
        Ok(deliveries.into_iter().filter_map(taken).collect())
    }
}
