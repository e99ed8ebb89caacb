//! Somebody who follows, goes away at random and comes back at another server, over the other transport: after the last
//! event that was seen.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{sleep_until, timeout},
};

use super::{
    courier::{Fleet, Person},
    dice::Dice,
    live::{Heard, Live, Over},
    now,
    stage::{COMPANIES, Stage, company},
    truth::{Feed, Reach, Truth},
};

/// How long the last events may take to come after everything was written.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often one goes away at most: what a test does must not grow with the time that it takes on a busy machine.
const MOST_DROPS: usize = 16;

/// Somebody who follows.
pub struct Subscriber {
    person: Person,
    reach: Reach,
    feed: Feed,
    fleet: Fleet,
    /// Of its own, so that the end of a stream is the end of its connection.
    http: reqwest::Client,
    dice: Dice,
    /// Whether it goes away by itself.
    drops: bool,
    /// The position of the last event.
    after: String,
    seen: Vec<String>,
    report: Report,
}

/// What a subscriber met.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub events: usize,
    /// How often it went away.
    pub dropped: usize,
    /// With which codes servers closed sockets; none where there was no goodbye.
    pub closed: Vec<Option<u16>>,
    /// How many event streams servers ended.
    pub ended: usize,
    /// Why it could not subscribe.
    pub refused: Vec<String>,
}

impl Subscriber {
    pub fn new(stage: &Stage, (person, reach): (&Person, Reach), feed: Feed, dice: Dice, drops: bool) -> Self {
        Self {
            person: person.clone(),
            reach,
            feed,
            fleet: stage.courier.fleet.clone(),
            http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            dice,
            drops,
            after: stage.start.clone(),
            seen: Vec::new(),
            report: Report::default(),
        }
    }

    /// Follows until everything has come that must, by the truth that is told once.
    pub async fn follow(mut self, mut told: watch::Receiver<Option<Arc<Truth>>>) -> Report {
        // Everything before this was seen; now it is known where it ends.
        while told.borrow().is_none() {
            self.visit(&mut told, None).await;
        }
        let truth = told.borrow().clone().unwrap();
        let expected = truth.expected(&self.feed, &self.reach);
        let last = expected.last().cloned();
        let whole = timeout(PATIENCE, async {
            while last.as_ref().is_some_and(|last| !self.seen.contains(last)) {
                self.visit(&mut told, last.as_deref()).await;
            }
        });
        let late = whole.await.is_err();
        if let Err(what) = compare(&expected, &self.seen) {
            panic!("{:?} as {:?}, {:?}: {what} (late: {late})", self.feed, self.reach, self.report);
        }
        self.report.events = self.seen.len();
        self.report
    }

    /// Subscribes somewhere and stays until it goes away, the server ends it, the truth is told, or this event has come.
    async fn visit(&mut self, told: &mut watch::Receiver<Option<Arc<Truth>>>, last: Option<&str>) {
        let over = if self.dice.chance(50) { Over::Socket } else { Over::Stream };
        let base = self.dice.pick(&self.fleet.bases()).clone();
        let mut live = match Live::open(over, (&self.http, &base), &self.person, &self.operation()).await {
            Ok(live) => live,
            Err(why) => {
                self.report.refused.push(why);
                return tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let (stay, events) = (self.dice.below(2_500), self.dice.below(120));
        let drops = self.drops && self.report.dropped < MOST_DROPS;
        let leave_at = if drops { now() + Duration::from_millis(stay) } else { now() + Duration::from_hours(1) };
        let leave_after = if drops { events } else { u64::MAX };
        for _ in 0..leave_after {
            tokio::select! {
                heard = live.next() => match heard {
                    Heard::Event(event) => self.take(&event),
                    Heard::End(code) => return self.ended(over, code).await,
                },
                () = sleep_until(leave_at) => break,
                told = told.changed(), if last.is_none() => return told.unwrap(),
            }
            if last.is_some_and(|last| self.seen.last().is_some_and(|seen| seen == last)) {
                return;
            }
        }
        self.report.dropped += 1;
    }

    async fn ended(&mut self, over: Over, code: Option<u16>) {
        match over {
            Over::Socket => self.report.closed.push(code),
            Over::Stream => self.report.ended += 1,
        }
        // As clients do, so that many do not come back in the same instant.
        tokio::time::sleep(Duration::from_millis(20 + self.dice.below(200))).await;
    }

    fn take(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.after = text(&event["position"]);
        assert!(!self.after.is_empty(), "{event}");
        self.seen.push(match &self.feed {
            Feed::History { .. } => format!("{} {}", text(&event["claim"]["id"]), text(&event["hash"])),
            Feed::Statuses { .. } => {
                let at: jiff::Timestamp = text(&event["at"]).parse().unwrap();
                let (from, to) = (text(&event["fromStatus"]), text(&event["toStatus"]));
                format!("{} {from}>{to} {}", text(&event["claim"]["id"]), at.as_microsecond())
            }
            Feed::Comments { .. } => text(&event["comment"]["id"]),
        });
    }

    fn operation(&self) -> Value {
        let after = &self.after;
        match &self.feed {
            Feed::History { claim } => json!({
                "query": "subscription($claim: ID, $after: String) { event: historyAppended(claimId: $claim, after: $after) \
                    { position hash action claim { id version } comment { body } } }",
                "variables": { "claim": claim, "after": after } }),
            Feed::Statuses { claim, to } => json!({
                "query": "subscription($claim: ID, $to: [ClaimStatus!], $after: String) { event: \
                    claimStatusChanged(claimId: $claim, status: $to, after: $after) \
                    { position fromStatus toStatus at actor { kind } claim { id number status } } }",
                "variables": { "claim": claim, "to": if to.is_empty() { Value::Null } else { json!(to) }, "after": after } }),
            Feed::Comments { claim } => json!({
                "query": "subscription($claim: ID!, $after: String) { event: commentAdded(claimId: $claim, after: $after) \
                    { position comment { id body visibility } } }",
                "variables": { "claim": claim, "after": after } }),
        }
    }
}

/// Thirty subscribers (or fewer) of all kinds.
pub fn audience(stage: &Stage, seed: u64, count: usize, drops: bool) -> Vec<Subscriber> {
    let mut dice = Dice::of(seed, 1_000);
    let all_companies: Vec<u32> = (0..COMPANIES).collect();
    (0..count)
        .map(|number| {
            let company = *dice.pick(&all_companies);
            let own = dice.pick(&stage.claims_of(company)).clone();
            let partner = (&stage.partners[company as usize], Reach::Partner(self::company(company)));
            let vendor = (if number % 2 == 0 { &stage.reviewer } else { &stage.auditor }, Reach::Vendor);
            let (who, feed) = match number % 10 {
                0 | 1 => (vendor, Feed::History { claim: None }),
                2 => (vendor, Feed::History { claim: Some(own) }),
                3 => (vendor, Feed::Comments { claim: own }),
                4 => (partner, Feed::History { claim: None }),
                5 => (partner, Feed::History { claim: Some(own) }),
                6 => (partner, Feed::Statuses { claim: None, to: Vec::new() }),
                7 => (partner, Feed::Statuses { claim: None, to: vec!["SUBMITTED", "REJECTED"] }),
                8 => (partner, Feed::Statuses { claim: Some(own), to: Vec::new() }),
                _ => (partner, Feed::Comments { claim: own }),
            };
            Subscriber::new(stage, who, feed, Dice::of(seed, 2_000 + number as u64), drops)
        })
        .collect()
}

/// Whether everything came that must, nothing twice, nothing else, and all in order.
pub fn compare(expected: &[String], seen: &[String]) -> Result<(), String> {
    let differs = expected.iter().zip(seen).position(|(expected, seen)| expected != seen);
    if let Some(at) = differs {
        let (next, face) = (&expected[at], &seen[at]);
        let place = expected.iter().position(|one| one == face);
        let earlier = seen[..at].contains(face);
        return Err(format!("event {at} is {face} (in the log: {place:?}, seen before: {earlier}) and not {next:?}"));
    }
    match (expected.get(seen.len()), seen.get(expected.len())) {
        (Some(left), _) => Err(format!("{} of {} came, not {left:?}", seen.len(), expected.len())),
        (None, Some(face)) => Err(format!("{face} comes after the end")),
        (None, None) => Ok(()),
    }
}
