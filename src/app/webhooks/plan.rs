//! Plans deliveries from history entries (W1, W3): everything since the last round, for each endpoint whose side may
//! see it.
//!
//! Most endpoints stand at the same place, the cursor, and are planned for together. Some are behind: a new one that wants what came
//! after a position, one that was enabled a moment ago, and one with so much pending that the history itself keeps the rest. These
//! are planned for one by one until they have come to the cursor. Those in trouble are always behind: however many they are, and
//! whatever they cost, the cursor does not wait for them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::kinds::WebhookEventType;
use uuid::Uuid;

use super::{feed, receiver};
use crate::{
    app::App,
    store::{
        StoreError,
        history::{
            Position,
            log::{self, Logged},
        },
        transaction::locks::{self, Lock},
        webhooks::{
            Active, Lane, Owner, cursor,
            write::{self as writes, Planned},
        },
    },
};

/// How many deliveries of an endpoint are pending at most before the rest waits in the history, and of one that is not prompt, how
/// many of them that were never tried: it takes one at a time, so that more would only fill the queue. They are counted apart from
/// those that failed, since it may be these alone that it does not take.
pub(super) const MOST_PENDING: i64 = 200;
pub(super) const MOST_UNTRIED: i64 = 4;
/// How many rows one transaction adds at most, roughly: on SQLite it keeps every other writer waiting.
const ROWS_AT_ONCE: usize = 200;
/// How many entries are looked at in one step.
const ENTRIES: usize = 200;
/// How many places at which endpoints are behind are looked after in one step, and how many of those in trouble.
const BEHIND_AT_ONCE: usize = 8;
const TROUBLED_AT_ONCE: usize = 2;

/// What a step of planning came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// There is nothing more to plan.
    Done,
    /// There is more to plan.
    More,
    /// The endpoints are others than was thought: they are to be read again.
    Stale,
}

impl App {
    /// Plans what happened up to `reached` for these endpoints, a part of it. `active` is kept up to date. Of those in trouble, which
    /// are planned for only when it is said which of them rest, the others are planned for.
    pub(super) async fn plan_webhooks(
        &self,
        active: &mut [Active],
        reached: Position,
        resting: Option<&HashSet<Uuid>>,
    ) -> Result<Step, StoreError> {
        let at = cursor(self.db()).await?;
        if self.leave_full_ones_behind(active, at).await? == Step::Stale {
            return Ok(Step::Stale);
        }
        let (step, at) =
            if reached > at { self.plan_level_ones(active, (at, reached)).await? } else { (Step::Done, at) };
        if step == Step::Stale {
            return Ok(Step::Stale);
        }
        let rest = self.catch_up(active, at, resting).await?;
        Ok(if step == Step::More || rest == Step::More { Step::More } else { rest })
    }

    /// Endpoints in trouble and those with much pending stay where the cursor is now.
    async fn leave_full_ones_behind(&self, active: &mut [Active], at: Position) -> Result<Step, StoreError> {
        let is_full = |one: &&mut Active| one.behind.is_none() && (is_troubled(one) || room(one) <= 0);
        let full: Vec<Uuid> = active.iter_mut().filter(is_full).map(|one| one.id).collect();
        if full.is_empty() {
            return Ok(Step::Done);
        }
        let transaction = self.db().begin().await?;
        locks::webhooks(&transaction, Lock::Exclusive).await?;
        if cursor(&transaction).await? != at {
            return Ok(Step::Stale);
        }
        writes::set_behind(&transaction, &full, None, Some(at)).await?;
        transaction.commit().await?;
        active.iter_mut().filter(|one| full.contains(&one.id)).for_each(|one| one.behind = Some(at));
        Ok(Step::Done)
    }

    /// Plans the next entries for all endpoints at the cursor; returns the new cursor.
    async fn plan_level_ones(
        &self,
        active: &mut [Active],
        (at, reached): (Position, Position),
    ) -> Result<(Step, Position), StoreError> {
        let level: Vec<Active> = active.iter().filter(|one| one.behind.is_none()).cloned().collect();
        let mut planned = Vec::new();
        let (mut upto, mut step) = (reached, Step::Done);
        if !level.is_empty() {
            let limit = (ROWS_AT_ONCE / receivers_of_one(&level).max(1)).clamp(1, ENTRIES);
            let entries = log::span(self.db(), (at, reached), limit).await?;
            if entries.len() == limit {
                upto = entries.last().map_or(reached, |last| last.entry.position);
                step = Step::More;
            }
            planned = self.matched(&level, &entries).await?;
        }
        let known: HashSet<(Uuid, Vec<_>)> = level.iter().map(|one| (one.id, one.events.clone())).collect();
        let transaction = self.db().begin().await?;
        locks::webhooks(&transaction, Lock::Exclusive).await?;
        let same = writes::level(&transaction).await?.into_iter().all(|one| known.contains(&one));
        if !same || !writes::advance(&transaction, at, upto).await? {
            return Ok((Step::Stale, at));
        }
        let ids: Vec<Uuid> = level.iter().map(|one| one.id).collect();
        let there: HashSet<Uuid> = if planned.is_empty() {
            HashSet::new()
        } else {
            writes::those_active(&transaction, &ids).await?.into_iter().collect()
        };
        planned.retain(|one| there.contains(&one.endpoint_id));
        self.add_planned(&transaction, &planned).await?;
        transaction.commit().await?;
        count(active.iter_mut(), &planned);
        Ok((step, upto))
    }

    async fn add_planned(
        &self,
        transaction: &crate::store::Transaction,
        planned: &[Planned],
    ) -> Result<(), StoreError> {
        if planned.is_empty() {
            return Ok(());
        }
        let now = self.now();
        writes::add(transaction, planned, now).await?;
        let endpoints: BTreeSet<Uuid> = planned.iter().map(|one| one.endpoint_id).collect();
        let claims: BTreeSet<Uuid> = planned.iter().map(|one| one.claim_id).collect();
        let (endpoints, claims) = (endpoints.into_iter().collect::<Vec<_>>(), claims.into_iter().collect::<Vec<_>>());
        writes::release(transaction, &endpoints, Some(&claims), now).await
    }

    /// Which endpoints receive which of the entries: those that asked for such events and whose side sees them (H2, A4).
    async fn matched(&self, endpoints: &[Active], entries: &[Logged]) -> Result<Vec<Planned>, StoreError> {
        let mut owners: HashMap<Owner, Vec<&Active>> = HashMap::new();
        for endpoint in endpoints {
            owners.entry(endpoint.partner_id).or_default().push(endpoint);
        }
        let mut planned = Vec::new();
        for (owner, endpoints) in owners {
            let own: Vec<&Logged> =
                entries.iter().filter(|logged| owner.is_none() || logged.partner_id == owner).collect();
            let events: BTreeSet<WebhookEventType> = endpoints.iter().flat_map(|one| one.events.clone()).collect();
            for event in events.into_iter().filter(|_| !own.is_empty()) {
                let seen = self.seen(owner, event, own.iter().copied()).await?;
                for logged in own.iter().filter(|logged| seen.contains(&logged.entry.id)) {
                    let receivers = endpoints.iter().filter(|one| one.events.contains(&event));
                    planned.extend(receivers.map(|one| Planned::new(one.id, event, &logged.entry)));
                }
            }
        }
        planned.sort_by_key(|one| (one.position, one.event_type));
        Ok(planned)
    }

    /// Those of the entries that are events of this type and that the owner's side sees.
    async fn seen<'a>(
        &self,
        owner: Owner,
        event: WebhookEventType,
        entries: impl Iterator<Item = &'a Logged>,
    ) -> Result<HashSet<Uuid>, StoreError> {
        let feed = feed(event);
        let ids: Vec<Uuid> = entries
            .filter(|logged| feed.has(&logged.entry, logged.partner_id, logged.tenant_id))
            .map(|logged| logged.entry.id)
            .collect();
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let caller = receiver(owner, Uuid::nil(), Vec::new());
        Ok(log::seen(self.db(), &caller, &feed, &ids).await?.into_iter().map(|entry| entry.id).collect())
    }

    /// Plans for endpoints that are behind and have room, up to the cursor: together for those that stand at the same place, and last
    /// for those that are in trouble.
    async fn catch_up(
        &self,
        active: &mut [Active],
        at: Position,
        resting: Option<&HashSet<Uuid>>,
    ) -> Result<Step, StoreError> {
        let (mut places, mut troubled): (Places<'_>, Places<'_>) = (BTreeMap::new(), BTreeMap::new());
        for endpoint in active.iter_mut().filter(|one| room(one) > most_room(one) / 2) {
            let Some(behind) = endpoint.behind.filter(|behind| *behind <= at) else { continue };
            if !is_troubled(endpoint) {
                places.entry(behind).or_default().push(endpoint);
            } else if behind < at && resting.is_some_and(|resting| !resting.contains(&endpoint.id)) {
                troubled.entry(behind).or_default().push(endpoint);
            }
        }
        let places = places.into_iter().take(BEHIND_AT_ONCE).chain(troubled.into_iter().take(TROUBLED_AT_ONCE));
        let mut step = Step::Done;
        for (from, mut endpoints) in places {
            let done = match endpoints.as_mut_slice() {
                [endpoint] => self.catch_up_one(endpoint, at).await?,
                endpoints => self.catch_up_together(endpoints, (from, at)).await?,
            };
            match done {
                Step::Stale => return Ok(Step::Stale),
                Step::More => step = Step::More,
                Step::Done => {}
            }
        }
        Ok(step)
    }

    /// The same for several endpoints at one place, such as new ones.
    async fn catch_up_together(
        &self,
        endpoints: &mut [&mut Active],
        (from, at): (Position, Position),
    ) -> Result<Step, StoreError> {
        let known: Vec<Active> = endpoints.iter().map(|one| Active::clone(one)).collect();
        let limit = (ROWS_AT_ONCE / receivers_of_one(&known).max(1)).clamp(1, ENTRIES);
        let entries = log::span(self.db(), (from, at), limit).await?;
        let is_all = entries.len() < limit;
        let mut upto = if is_all { at } else { entries.last().map_or(at, |last| last.entry.position) };
        let mut planned = self.matched(&known, &entries).await?;
        if let Some(last) = last_within_room(&known, &entries, &planned) {
            planned.retain(|one| one.position <= last);
            upto = last;
        }
        let is_troubled = endpoints.iter().any(|one| is_troubled(one));
        let to = (is_troubled || upto != at).then_some(upto);
        let ids: Vec<Uuid> = known.iter().map(|one| one.id).collect();
        let transaction = self.db().begin().await?;
        locks::webhooks(&transaction, Lock::Exclusive).await?;
        let there: HashSet<Uuid> = writes::those_active(&transaction, &ids).await?.into_iter().collect();
        if cursor(&transaction).await? != at
            || there.len() != ids.len()
            || writes::set_behind(&transaction, &ids, Some(from), to).await? != ids.len() as u64
        {
            return Ok(Step::Stale);
        }
        planned.retain(|one| there.contains(&one.endpoint_id));
        self.add_planned(&transaction, &planned).await?;
        transaction.commit().await?;
        for endpoint in endpoints.iter_mut() {
            endpoint.behind = to;
        }
        count(endpoints.iter_mut().map(|one| &mut **one), &planned);
        Ok(if is_troubled || to.is_none() { Step::Done } else { Step::More })
    }

    async fn catch_up_one(&self, endpoint: &mut Active, at: Position) -> Result<Step, StoreError> {
        let Some(from) = endpoint.behind else { return Ok(Step::Done) };
        let room = u64::try_from(room(endpoint)).unwrap_or(1).max(1);
        let caller = receiver(endpoint.partner_id, endpoint.id, Vec::new());
        let (mut planned, mut upto) = (Vec::new(), at);
        for event in &endpoint.events {
            let entries = log::between(self.db(), &caller, &feed(*event), (from, at), room).await?;
            if entries.len() as u64 == room {
                // Beyond, there may be more of this type.
                upto = entries.last().map_or(upto, |last| last.position.min(upto));
            }
            planned.extend(entries.iter().map(|entry| Planned::new(endpoint.id, *event, entry)));
        }
        planned.retain(|one| one.position <= upto);
        planned.sort_by_key(|one| (one.position, one.event_type));
        let transaction = self.db().begin().await?;
        locks::webhooks(&transaction, Lock::Exclusive).await?;
        // At the cursor it goes on with all others, if that stands where it stood.
        let is_troubled = is_troubled(endpoint);
        let to = (is_troubled || upto != at).then_some(upto);
        if cursor(&transaction).await? != at
            || writes::those_active(&transaction, &[endpoint.id]).await?.is_empty()
            || writes::set_behind(&transaction, &[endpoint.id], Some(from), to).await? == 0
        {
            return Ok(Step::Stale);
        }
        self.add_planned(&transaction, &planned).await?;
        transaction.commit().await?;
        endpoint.behind = to;
        count(std::iter::once(endpoint), &planned);
        Ok(if is_troubled || to.is_none() { Step::Done } else { Step::More })
    }
}

/// Endpoints by the place at which they stand.
type Places<'a> = BTreeMap<Position, Vec<&'a mut Active>>;

fn is_troubled(endpoint: &Active) -> bool {
    endpoint.lane == Lane::Troubled
}

/// How many more deliveries of an endpoint may be planned.
fn room(endpoint: &Active) -> i64 {
    let room = MOST_PENDING - endpoint.pending;
    if endpoint.lane == Lane::Prompt { room } else { room.min(MOST_UNTRIED - endpoint.untried) }
}

/// The last of these entries up to which no unproven endpoint has more planned than it has room for; `None` if all of them fit. The
/// first entry always fits, so that planning goes on.
fn last_within_room(endpoints: &[Active], entries: &[Logged], planned: &[Planned]) -> Option<Position> {
    let rooms: HashMap<Uuid, i64> =
        endpoints.iter().filter(|one| one.lane != Lane::Prompt).map(|one| (one.id, room(one).max(1))).collect();
    let mut planned: Vec<&Planned> = planned.iter().collect();
    planned.sort_by_key(|one| one.position);
    let mut counts: HashMap<Uuid, i64> = HashMap::new();
    let beyond = planned.into_iter().find(|one| {
        let count = counts.entry(one.endpoint_id).or_default();
        *count += 1;
        rooms.get(&one.endpoint_id).is_some_and(|room| *count > *room)
    })?;
    entries.iter().rev().map(|one| one.entry.position).find(|position| *position < beyond.position)
}

/// How many it may be where there are none.
fn most_room(endpoint: &Active) -> i64 {
    if endpoint.lane == Lane::Prompt { MOST_PENDING } else { MOST_UNTRIED }
}

/// Counts what was planned; what waits for an earlier event of its claim is taken for untried until the endpoints are read again.
fn count<'a>(endpoints: impl Iterator<Item = &'a mut Active>, planned: &[Planned]) {
    let mut counts: HashMap<Uuid, i64> = HashMap::new();
    for one in planned {
        *counts.entry(one.endpoint_id).or_default() += 1;
    }
    for endpoint in endpoints {
        let own = counts.get(&endpoint.id).copied().unwrap_or(0);
        endpoint.pending += own;
        endpoint.untried += own;
    }
}

/// How many endpoints may receive one entry: the vendor's and those of one partner.
fn receivers_of_one(endpoints: &[Active]) -> usize {
    let mut owners: HashMap<Owner, usize> = HashMap::new();
    for endpoint in endpoints {
        *owners.entry(endpoint.partner_id).or_default() += endpoint.events.len();
    }
    let vendors = owners.remove(&None).unwrap_or(0);
    vendors + owners.into_values().max().unwrap_or(0)
}
