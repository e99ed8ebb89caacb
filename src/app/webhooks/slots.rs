//! Slots: how many attempts this server makes at once, and to which endpoints (W3).
//!
//! Endpoints are served in three [`Lane`]s with slots of their own, so that endpoints that hang, however many, take no slot of
//! one that answers promptly. A prompt endpoint may have several attempts at once, any other endpoint one. An attempt that takes
//! long leaves its lane: when prompt endpoints begin to hang, their lane is free again after a moment and not only when they time
//! out. An endpoint that fails rests, longer after each failure.

use std::collections::{HashMap, HashSet};

use domain::webhook;
use uuid::Uuid;

use crate::store::webhooks::{Active, Due, Lane};

/// The maximum number of simultaneous attempts. Each has a connection, and a process may open 1,024 files by default.
const MOST_AT_ONCE: usize = 512;
/// The maximum number of simultaneous attempts to a prompt endpoint.
const MOST_TO_ONE: usize = 8;
/// The time after which an attempt leaves its lane, in microseconds. Its endpoint gets no other attempt until it ends.
const LONG: i64 = 300_000;
/// A jump of the clock, in microseconds, after which no endpoint rests any longer.
const JUMP: i64 = 1_000_000;

/// The lanes in the order in which they are served.
pub(super) const LANES: [Lane; 3] = [Lane::Prompt, Lane::Untried, Lane::Troubled];

/// How many attempts of a lane begin together, and how many it has in all with those that take long.
const fn size(lane: Lane) -> (usize, usize) {
    match lane {
        Lane::Prompt => (128, MOST_AT_ONCE),
        Lane::Untried => (64, 192),
        Lane::Troubled => (64, 64),
    }
}

/// An attempt that runs.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    lane: Lane,
    /// When it began, by the machine's clock.
    since: i64,
}

/// An endpoint to which nothing is sent.
#[derive(Clone, Copy, Debug, Default)]
struct Rest {
    failures: u32,
    until: i64,
}

/// Who has slots, and who rests. All times are microseconds of the machine's clock.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// By endpoint and delivery.
    running: HashMap<Uuid, HashMap<Uuid, Attempt>>,
    resting: HashMap<Uuid, Rest>,
    /// How far the server's clock was ahead of the machine's.
    ahead: Option<i64>,
}

/// The endpoints of a lane that may be sent something now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// How many attempts may begin in all.
    pub(super) free: usize,
    /// How many more attempts each endpoint may have.
    pub(super) of_each: HashMap<Uuid, usize>,
}

impl Slots {
    /// An attempt begins.
    pub(super) fn begin(&mut self, endpoint: Uuid, delivery: Uuid, lane: Lane, now: i64) {
        self.running.entry(endpoint).or_default().insert(delivery, Attempt { lane, since: now });
    }

    /// It has ended.
    pub(super) fn end(&mut self, endpoint: Uuid, delivery: Uuid) {
        if let Some(own) = self.running.get_mut(&endpoint) {
            own.remove(&delivery);
            if own.is_empty() {
                self.running.remove(&endpoint);
            }
        }
    }

    /// An endpoint has failed: it rests.
    pub(super) fn failed(&mut self, endpoint: Uuid, now: i64) {
        let rest = self.resting.entry(endpoint).or_default();
        rest.failures = rest.failures.saturating_add(1);
        rest.until = now.saturating_add(webhook::rest(rest.failures));
    }

    /// An endpoint has accepted a message.
    pub(super) fn accepted(&mut self, endpoint: Uuid) {
        self.resting.remove(&endpoint);
    }

    /// Nobody rests any more: somebody asked for a delivery.
    pub(super) fn wake(&mut self) {
        self.resting.values_mut().for_each(|rest| rest.until = 0);
    }

    /// Takes note of how far the server's clock is ahead of the machine's: in a sandbox that was moved, nobody rests (M6, W3).
    pub(super) fn look_at_clocks(&mut self, server: i64, machine: i64) {
        let ahead = server.saturating_sub(machine);
        if self.ahead.replace(ahead).is_some_and(|before| ahead.saturating_sub(before) > JUMP) {
            self.wake();
        }
    }

    /// The endpoints that rest now.
    pub(super) fn resting(&self, now: i64) -> HashSet<Uuid> {
        self.resting.iter().filter(|(_, rest)| now < rest.until).map(|(endpoint, _)| *endpoint).collect()
    }

    /// Forgets endpoints that are no longer sent anything.
    pub(super) fn keep(&mut self, active: &[Active]) {
        let active: HashSet<Uuid> = active.iter().map(|one| one.id).collect();
        self.resting.retain(|endpoint, _| active.contains(endpoint));
    }

    fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.running.values().flat_map(HashMap::values)
    }

    /// What may be sent in a lane now.
    pub(super) fn room(&self, lane: Lane, active: &[Active], now: i64) -> Room {
        let (together, in_all) = size(lane);
        let of_lane: Vec<&Attempt> = self.attempts().filter(|one| one.lane == lane).collect();
        let short = of_lane.iter().filter(|one| !one.is_long(now)).count();
        let free = together
            .saturating_sub(short)
            .min(in_all.saturating_sub(of_lane.len()))
            .min(MOST_AT_ONCE.saturating_sub(self.attempts().count()));
        if free == 0 {
            return Room::default();
        }
        let own = active.iter().filter(|one| one.lane == lane && !self.rests(one.id, now));
        let of_each = own.filter_map(|one| Some((one.id, self.room_of(one, now)?))).collect();
        Room { free, of_each }
    }

    fn rests(&self, endpoint: Uuid, now: i64) -> bool {
        self.resting.get(&endpoint).is_some_and(|rest| now < rest.until)
    }

    fn room_of(&self, endpoint: &Active, now: i64) -> Option<usize> {
        let most = if endpoint.lane == Lane::Prompt { MOST_TO_ONE } else { 1 };
        let Some(own) = self.running.get(&endpoint.id) else { return Some(most) };
        let is_held_up = own.values().any(|attempt| attempt.is_long(now));
        most.checked_sub(own.len()).filter(|room| *room > 0 && !is_held_up)
    }
}

impl Attempt {
    /// A clock that went back makes it one that takes long.
    const fn is_long(self, now: i64) -> bool {
        let took = now.saturating_sub(self.since);
        took < 0 || took >= LONG
    }
}

impl Room {
    /// The endpoints.
    pub(super) fn endpoints(&self) -> Vec<Uuid> {
        let mut endpoints: Vec<Uuid> = self.of_each.keys().copied().collect();
        endpoints.sort_unstable();
        endpoints
    }

    /// Those of the due deliveries for which there is room, which is less then.
    pub(super) fn choose(&mut self, due: Vec<Due>, chosen: &mut Vec<Uuid>) {
        for one in due {
            let Some(room) = self.of_each.get_mut(&one.endpoint_id).filter(|room| **room > 0) else { continue };
            if self.free == 0 {
                return;
            }
            if !chosen.contains(&one.id) {
                chosen.push(one.id);
                (*room, self.free) = (*room - 1, self.free - 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn endpoint(number: u128, lane: Lane) -> Active {
        let (events, behind) = (Vec::new(), None);
        Active { id: id(number), partner_id: None, events, behind, lane, pending: 0, untried: 0 }
    }

    fn many(count: u128, lane: Lane) -> Vec<Active> {
        (1..=count).map(|number| endpoint(number, lane)).collect()
    }

    fn due(endpoint: u128, count: u128) -> Vec<Due> {
        (0..count).map(|number| Due { id: id(endpoint * 1_000 + number), endpoint_id: id(endpoint) }).collect()
    }

    /// Begins everything that there is room for.
    fn fill(slots: &mut Slots, active: &[Active], now: i64) -> usize {
        let mut begun = 0;
        for lane in LANES {
            let mut room = slots.room(lane, active, now);
            let mut chosen = Vec::new();
            room.choose(active.iter().map(|one| Due { id: one.id, endpoint_id: one.id }).collect(), &mut chosen);
            for one in &chosen {
                slots.begin(*one, *one, lane, now);
            }
            begun += chosen.len();
        }
        begun
    }

    #[test]
    fn no_endpoint_takes_the_room_of_others() {
        // W3
        let active = many(2, Lane::Prompt);
        let mut slots = Slots::default();
        let (mut room, mut chosen) = (slots.room(Lane::Prompt, &active, 0), Vec::new());
        room.choose(due(1, 100).into_iter().chain(due(2, 3)).collect(), &mut chosen);
        assert_eq!(chosen.len(), MOST_TO_ONE + 3);
        chosen.iter().take(MOST_TO_ONE).for_each(|one| slots.begin(id(1), *one, Lane::Prompt, 0));
        assert_eq!(slots.room(Lane::Prompt, &active, 0).endpoints(), [id(2)]);
        for one in &chosen {
            slots.end(id(1), *one);
        }
        assert_eq!(slots.attempts().count(), 0);
    }

    #[test]
    fn one_that_was_not_prompt_gets_one_attempt_at_a_time() {
        // W3
        for lane in [Lane::Untried, Lane::Troubled] {
            let active = many(1, lane);
            let (mut room, mut chosen) = (Slots::default().room(lane, &active, 0), Vec::new());
            room.choose(due(1, 100), &mut chosen);
            assert_eq!(chosen.len(), 1, "{lane:?}");
        }
    }

    #[test]
    fn those_that_fail_leave_room_for_those_that_do_not() {
        // W3
        for lane in [Lane::Untried, Lane::Troubled] {
            let mut active = many(1_000, lane);
            let mut slots = Slots::default();
            for moment in 0..10 {
                fill(&mut slots, &active, moment * LONG);
            }
            active.push(endpoint(5_000, Lane::Prompt));
            assert_eq!(slots.room(Lane::Prompt, &active, 10 * LONG).endpoints(), [id(5_000)], "{lane:?}");
            let other = if lane == Lane::Untried { Lane::Troubled } else { Lane::Untried };
            active.push(endpoint(6_000, other));
            assert_eq!(slots.room(other, &active, 10 * LONG).endpoints(), [id(6_000)], "{lane:?}");
        }
    }

    #[test]
    fn prompt_ones_that_begin_to_hang_are_passed_in_a_moment() {
        // W3: long before the first of them times out.
        let active = many(500, Lane::Prompt);
        let mut slots = Slots::default();
        let begun: Vec<usize> = (0..4).map(|moment| fill(&mut slots, &active, moment * LONG)).collect();
        assert_eq!(begun, [128, 128, 128, 116]);
        // None of them gets another attempt meanwhile.
        assert_eq!(fill(&mut slots, &active, 4 * LONG), 0);
    }

    #[test]
    fn one_that_fails_rests_until_somebody_asks_or_the_clock_is_moved() {
        // W3 M6
        let active = many(1, Lane::Troubled);
        let mut slots = Slots::default();
        slots.look_at_clocks(0, 0);
        let is_free = |slots: &Slots, now| !slots.room(Lane::Troubled, &active, now).of_each.is_empty();
        slots.failed(id(1), 0);
        assert!(!is_free(&slots, webhook::rest(1) - 1));
        assert!(is_free(&slots, webhook::rest(1)));
        slots.failed(id(1), 0);
        assert!(!is_free(&slots, webhook::rest(1)), "longer than before");
        slots.wake();
        assert!(is_free(&slots, 0));
        slots.failed(id(1), 0);
        slots.look_at_clocks(JUMP, 0);
        assert!(!is_free(&slots, 0));
        slots.look_at_clocks(2 * JUMP + 1, 0);
        assert!(is_free(&slots, 0));
        slots.failed(id(1), 0);
        slots.accepted(id(1));
        assert!(is_free(&slots, 0));
    }
}
