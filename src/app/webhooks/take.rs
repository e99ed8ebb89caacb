//! Takes due deliveries for this server and checks them (W1, W3): a few per endpoint, and fewer for endpoints that
//! fail.

use std::collections::{HashMap, HashSet};

use domain::{kinds::WebhookEventType, time::Timestamp};
use uuid::Uuid;

use super::{feed, receiver};
use crate::{
    app::App,
    clock::Clock,
    store::{
        StoreError,
        history::log,
        records::HistoryEntry,
        webhooks::{self, Active, Delivery, Due, Endpoint, Owner, Told},
        write::webhooks as writes,
    },
};

/// How many attempts this server makes at once, how many of these to endpoints whose last attempt failed, and how many to one.
pub(super) const MOST_AT_ONCE: usize = 256;
const MOST_TO_FAILING: usize = 128;
const MOST_TO_ONE: usize = 8;
/// How many due deliveries are looked at in one step.
const LOOKED_AT: usize = 200;
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
    pub(super) claim: Option<Told>,
}

/// How many attempts run, by endpoint.
#[derive(Debug, Default)]
pub(super) struct Running(HashMap<Uuid, usize>);

impl Running {
    pub(super) fn begin(&mut self, endpoint: Uuid) {
        *self.0.entry(endpoint).or_default() += 1;
    }

    pub(super) fn end(&mut self, endpoint: Uuid) {
        if let Some(count) = self.0.get_mut(&endpoint) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.0.remove(&endpoint);
            }
        }
    }

    fn of(&self, endpoint: Uuid) -> usize {
        self.0.get(&endpoint).copied().unwrap_or(0)
    }

    fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// How many of all run to endpoints that fail.
    fn to_failing(&self, failing: &HashSet<Uuid>) -> usize {
        self.0.iter().filter(|(endpoint, _)| failing.contains(endpoint)).map(|(_, count)| count).sum()
    }

    /// The endpoints to which no more may be sent now.
    fn saturated(&self, failing: &HashSet<Uuid>) -> Vec<Uuid> {
        let full = self.0.iter().filter(|(_, count)| **count >= MOST_TO_ONE).map(|(endpoint, _)| *endpoint);
        let mut saturated: HashSet<Uuid> = full.collect();
        if self.to_failing(failing) >= MOST_TO_FAILING {
            saturated.extend(failing);
        }
        let mut saturated: Vec<Uuid> = saturated.into_iter().collect();
        saturated.sort_unstable();
        saturated
    }

    /// The due deliveries within the limits.
    fn choose(&self, due: Vec<Due>, failing: &HashSet<Uuid>) -> Vec<Uuid> {
        let mut chosen: HashMap<Uuid, usize> = HashMap::new();
        let (mut all, mut to_failing) = (self.all(), self.to_failing(failing));
        let mut ids = Vec::new();
        for one in due {
            let own = chosen.entry(one.endpoint_id).or_default();
            let fails = failing.contains(&one.endpoint_id);
            let no_room = all >= MOST_AT_ONCE
                || self.of(one.endpoint_id) + *own >= MOST_TO_ONE
                || (fails && to_failing >= MOST_TO_FAILING);
            if no_room {
                continue;
            }
            (*own, all, to_failing) = (*own + 1, all + 1, to_failing + usize::from(fails));
            ids.push(one.id);
        }
        ids
    }
}

impl App {
    /// Takes due deliveries within the limits, counting those that are running.
    pub(super) async fn take_webhooks(&self, running: &Running, active: &[Active]) -> Result<Vec<Taken>, StoreError> {
        if running.all() >= MOST_AT_ONCE {
            return Ok(Vec::new());
        }
        let failing: HashSet<Uuid> = active.iter().filter(|one| one.is_failing).map(|one| one.id).collect();
        let times = (self.now(), Clock::System.now());
        let due = webhooks::due(self.db(), times, &running.saturated(&failing), LOOKED_AT).await?;
        let chosen = running.choose(due, &failing);
        if chosen.is_empty() {
            return Ok(Vec::new());
        }
        let until = Timestamp::from_micros(times.1.micros().saturating_add(LEASE)).unwrap_or(times.1);
        let transaction = self.db().begin().await?;
        let deliveries = writes::lease(&transaction, &chosen, times, until).await?;
        transaction.commit().await?;
        self.with_entries(deliveries).await
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

#[cfg(test)]
mod tests {
    use super::*;

    fn due(endpoint: u128, count: u128) -> Vec<Due> {
        let one =
            |number| Due { id: Uuid::from_u128(endpoint * 1_000 + number), endpoint_id: Uuid::from_u128(endpoint) };
        (0..count).map(one).collect()
    }

    #[test]
    fn no_endpoint_takes_the_room_of_others() {
        // W3
        let mut running = Running::default();
        let many: Vec<Due> = due(1, 100).into_iter().chain(due(2, 3)).collect();
        assert_eq!(running.choose(many.clone(), &HashSet::new()).len(), MOST_TO_ONE + 3);
        (0..MOST_TO_ONE).for_each(|_| running.begin(Uuid::from_u128(1)));
        assert_eq!(running.saturated(&HashSet::new()), [Uuid::from_u128(1)]);
        assert_eq!(running.choose(many, &HashSet::new()).len(), 3);
        (0..MOST_TO_ONE).for_each(|_| running.end(Uuid::from_u128(1)));
        assert_eq!(running.all(), 0);
    }

    #[test]
    fn those_that_fail_leave_room_for_those_that_do_not() {
        // W3
        let failing: HashSet<Uuid> = (1..1_000).map(Uuid::from_u128).collect();
        let mut running = Running::default();
        failing.iter().take(MOST_TO_FAILING).for_each(|endpoint| running.begin(*endpoint));
        assert_eq!(running.saturated(&failing).len(), failing.len());
        let both: Vec<Due> = due(7, 1).into_iter().chain(due(5_000, 1)).collect();
        assert_eq!(running.choose(both, &failing), [Uuid::from_u128(5_000_000)]);
    }
}
