//! The claims of one customer, played out in order of time: what people do according to their stories, and what the clocks do
//! by themselves. Every change is decided by the rules (`domain`), as it would be on a server.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use domain::{
    arbitration::{self, Contest, OpenArbitration},
    caller::{Actor, Caller},
    claim::{Claim, Subject},
    directory::{CustomerRow, SubscriptionRow},
    lifecycle::{self, Decision},
    policy::Policy,
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

use super::{
    draft,
    plot::{Beat, Ending, beats},
    record::Record,
    span::{end, later, some_time},
    step,
    world::World,
};
use crate::{ids::Seeded, store::history::write::Head};

/// Something that is going to happen.
#[derive(Clone, Copy, Debug)]
enum Due {
    /// A claim is made: its number.
    Claim(u64),
    /// The next step of a claim's story.
    Step(Uuid),
    /// A clock of a claim runs out.
    Clock(Uuid),
    /// The subscription of a claim's line ends (I2).
    SubscriptionEnds(Uuid, Uuid),
}

/// A claim, where its history ends, and what is still to come.
#[derive(Debug)]
pub(super) struct Kept {
    pub claim: Claim,
    pub head: Head,
    pub ending: Ending,
    beats: VecDeque<Beat>,
}

/// One customer, all that is claimed there, and what has become of it.
pub(super) struct Stage<'a> {
    pub world: &'a World,
    pub dice: Seeded,
    pub now: Timestamp,
    pub customer: CustomerRow,
    pub subscriptions: Vec<SubscriptionRow>,
    pub claims: BTreeMap<Uuid, Kept>,
    /// The claims that ever claimed a subject.
    pub by_subject: HashMap<Subject, BTreeSet<Uuid>>,
    pub open: Vec<OpenArbitration>,
    pub record: Record,
    /// By time, and then in the order in which they were planned.
    agenda: BTreeMap<(Timestamp, u64), Due>,
    planned: u64,
}

impl<'a> Stage<'a> {
    pub fn new(world: &'a World, customer: CustomerRow, dice: Seeded, now: Timestamp) -> Self {
        Self {
            world,
            dice,
            now,
            customer,
            subscriptions: Vec::new(),
            claims: BTreeMap::new(),
            by_subject: HashMap::new(),
            open: Vec::new(),
            record: Record::default(),
            agenda: BTreeMap::new(),
            planned: 0,
        }
    }

    /// Plans that the claim of this number is made within so much time.
    pub fn plan_claim(&mut self, number: u64, within: i64) {
        let at = later(self.now, some_time(&mut self.dice, within));
        self.plan(at, Due::Claim(number));
    }

    fn plan(&mut self, at: Timestamp, due: Due) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), due);
    }

    /// Lets everything happen.
    ///
    /// # Errors
    /// The problems that refuse a draft, which means that the generator is wrong.
    pub fn play(&mut self) -> Result<(), Vec<Problem>> {
        while let Some(((at, _), due)) = self.agenda.pop_first() {
            self.now = at;
            match due {
                Due::Claim(number) => self.claim(number)?,
                Due::Step(id) => self.step(id),
                Due::Clock(id) => self.clock(id),
                Due::SubscriptionEnds(id, line) => self.subscription_ends(id, line),
            }
        }
        Ok(())
    }

    fn claim(&mut self, number: u64) -> Result<(), Vec<Problem>> {
        let ending = Ending::of(number);
        let (claim, by) = draft::make(self, number, ending)?;
        let beats = beats(ending, &mut self.dice).into();
        let id = claim.id;
        let head = self.record.created(&claim, &by.actor(), self.now, &mut self.dice);
        self.claims.insert(id, Kept { claim, head, ending, beats });
        self.plan_step(id);
        Ok(())
    }

    fn plan_step(&mut self, id: Uuid) {
        let Some(beat) = self.claims.get(&id).and_then(|kept| kept.beats.front()).copied() else { return };
        let at = later(self.now, beat.after + some_time(&mut self.dice, beat.within));
        self.plan(at, Due::Step(id));
    }

    /// Takes the next step of a claim, if the rules still allow it: another partner, a reviewer or a clock may have come first.
    fn step(&mut self, id: Uuid) {
        let Some(beat) = self.claims.get_mut(&id).and_then(|kept| kept.beats.pop_front()) else { return };
        step::take(self, id, beat);
        self.plan_step(id);
    }

    fn clock(&mut self, id: Uuid) {
        let fired = self.claims.get(&id).and_then(|kept| lifecycle::fire(&kept.claim, &self.world.policy, self.now));
        if let Some(decision) = fired {
            let world = self.world;
            self.carry_out(decision, &Actor::system(), &world.policy);
        }
    }

    fn subscription_ends(&mut self, id: Uuid, line: Uuid) {
        let comment = self.dice.id(self.now);
        let ended =
            self.claims.get(&id).and_then(|kept| lifecycle::subscription_ended(&kept.claim, line, comment, self.now));
        if let Some(decision) = ended {
            let world = self.world;
            self.carry_out(decision, &Actor::system(), &world.policy);
        }
    }

    /// Plans the end of a line's subscription.
    pub fn plan_end(&mut self, at: Timestamp, claim: Uuid, line: Uuid) {
        self.plan(at, Due::SubscriptionEnds(claim, line));
    }

    /// Records a decision with everything that follows from it for other claims (X).
    pub fn carry_out(&mut self, decision: Decision, by: &Actor, policy: &Policy) {
        let id = decision.claim.id;
        let contest = self.contest(id, &decision.claim);
        let (now, dice) = (self.now, &mut self.dice);
        let aftermath = arbitration::reconcile(&contest, Some(decision), policy, now, &mut || dice.id(now));
        self.settle(aftermath, by);
    }

    /// Records what was decided for several claims.
    pub fn settle(&mut self, aftermath: arbitration::Aftermath, by: &Actor) {
        let changed: Vec<Uuid> = aftermath.decisions.keys().copied().collect();
        self.record.aftermath(aftermath, by, self.now, &mut self.dice, &mut self.claims, &mut self.open);
        for id in changed {
            let Some(claim) = self.claims.get(&id).map(|kept| &kept.claim) else { continue };
            for subject in claim.lines.iter().filter_map(|line| claim.subject(line)) {
                self.by_subject.entry(subject).or_default().insert(id);
            }
            if let Some(clock) = claim.deadline.filter(|clock| clock.due_at > self.now && clock.due_at < end()) {
                self.plan(clock.due_at, Due::Clock(id));
            }
        }
    }

    /// Everything around the subjects of a claim, as it was and as it will be.
    fn contest(&self, id: Uuid, after: &Claim) -> Contest {
        let before = self.claims.get(&id).map(|kept| &kept.claim);
        let lines =
            before.into_iter().chain([after]).flat_map(|claim| claim.lines.iter().map(move |line| (claim, line)));
        let subjects: BTreeSet<Subject> = lines.filter_map(|(claim, line)| claim.subject(line)).collect();
        self.around(&subjects, before)
    }

    /// Everything around these subjects, and this claim.
    pub fn around(&self, subjects: &BTreeSet<Subject>, claim: Option<&Claim>) -> Contest {
        let open: Vec<_> = self.open.iter().filter(|open| subjects.contains(&open.subject)).cloned().collect();
        let mut claims: BTreeMap<Uuid, Claim> = claim.map(|claim| (claim.id, claim.clone())).into_iter().collect();
        let parties = open.iter().flat_map(|open| open.parties.iter());
        let contenders = subjects.iter().filter_map(|subject| self.by_subject.get(subject)).flatten();
        for kept in parties.chain(contenders).filter_map(|id| self.claims.get(id)) {
            claims.entry(kept.claim.id).or_insert_with(|| kept.claim.clone());
        }
        let others = self.open.iter().filter(|open| !subjects.contains(&open.subject));
        let elsewhere =
            others.flat_map(|open| open.parties.iter().copied()).filter(|id| claims.contains_key(id)).collect();
        let lines = claims.values().flat_map(|claim| claim.lines.iter());
        let name = |sku_id| self.world.product(sku_id).map(|product| (sku_id, product.name.clone()));
        let names = lines.filter_map(|line| name(line.sku_id)).collect();
        Contest { claims, open, elsewhere, names }
    }

    /// Whether a live claim other than this one contends for the subject (X1); only claims that `of` accepts count.
    pub fn is_claimed(&self, subject: &Subject, except: Uuid, of: impl Fn(&Claim) -> bool) -> bool {
        let others = self.by_subject.get(subject).into_iter().flatten().filter(|id| **id != except);
        others.filter_map(|id| self.claims.get(id)).map(|kept| &kept.claim).any(|claim| {
            let contends = |line| claim.contends(line) && claim.subject(line).as_ref() == Some(subject);
            of(claim) && claim.lines.iter().any(contends)
        })
    }

    /// Every subject that lines of these products can have (X0).
    pub fn subjects(&self, skus: &BTreeSet<Uuid>) -> Vec<Subject> {
        let tenant_id = self.customer.tenant_id;
        let workloads = skus.iter().map(|sku_id| Subject::Workload { tenant_id, sku_id: *sku_id });
        let bought = self.subscriptions.iter().filter(|row| skus.contains(&row.sku_id));
        workloads.chain(bought.map(|row| Subject::Subscription(row.subscription_id))).collect()
    }

    /// The caller of a claim's partner who takes the step.
    pub fn admin(&mut self, partner_id: Uuid) -> Option<Caller> {
        let number = self.dice.number();
        Some(super::world::admin(self.world.partner(partner_id)?, number))
    }
}
