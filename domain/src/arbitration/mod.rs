//! Competing claims (X): which claims compete for a subject, and the consequences when one joins, leaves or wins.
//!
//! [`reconcile`] is a function of the state alone: an arbitration is open on a subject exactly while two claims contend
//! for it. It is called after every change of a claim, whether a submission, an edit, a rejection or a clock; calling
//! it twice changes nothing.

mod award;
mod tell;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

pub use award::award;

use crate::{
    claim::{Claim, Subject},
    history::FieldChange,
    kinds::{ArbitrationStatus, LineOutcome},
    lifecycle::{self, Decision, Effects},
    policy::Policy,
    time::Timestamp,
};

/// An open arbitration and the claims that take part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenArbitration {
    /// Its id.
    pub id: Uuid,
    /// The subject of the contest.
    pub subject: Subject,
    /// The claims in it.
    pub parties: BTreeSet<Uuid>,
}

/// Everything known about some subjects.
#[derive(Clone, Debug, Default)]
pub struct Contest {
    /// Every claim that contends for one of them, or takes part in an open arbitration on one.
    pub claims: BTreeMap<Uuid, Claim>,
    /// The open arbitrations on them.
    pub open: Vec<OpenArbitration>,
    /// Those of the claims that are in an open arbitration on another subject as well.
    pub elsewhere: BTreeSet<Uuid>,
    /// The products' names, for comments and notices.
    pub names: HashMap<Uuid, String>,
}

/// An arbitration that is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The id it gets.
    pub id: Uuid,
    /// The subject of the contest.
    pub subject: Subject,
    /// The customer.
    pub tenant_id: Uuid,
    /// The product.
    pub sku_id: Uuid,
    /// The subscription (Business Applications).
    pub subscription_id: Option<Uuid>,
}

/// An arbitration that is to be closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its id.
    pub id: Uuid,
    /// `AWARDED` or `SETTLED`.
    pub status: ArbitrationStatus,
    /// The claim that has the subject; `None` if no claim was left.
    pub winner: Option<Uuid>,
    /// The review lead's reason (X5).
    pub rationale: Option<String>,
}

/// The changes of the arbitrations themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// To open.
    pub opened: Vec<Opened>,
    /// Arbitrations and claims that join them.
    pub joined: Vec<(Uuid, Uuid)>,
    /// Arbitrations and claims that leave them.
    pub left: Vec<(Uuid, Uuid)>,
    /// To close.
    pub closed: Vec<Closed>,
}

/// The claims that change, each with its events and effects, and the arbitrations that do.
#[derive(Clone, Debug, Default)]
pub struct Aftermath {
    /// By claim.
    pub decisions: BTreeMap<Uuid, Decision>,
    /// Of the arbitrations.
    pub moves: Moves,
}

impl Aftermath {
    /// A decision that concerns no other claim and no arbitration.
    #[must_use]
    pub fn of(decision: Decision) -> Self {
        Self { decisions: BTreeMap::from([(decision.claim.id, decision)]), moves: Moves::default() }
    }
}

/// The consequences of the decision on `acting` for all competing claims (X1, X4, X7). The contest has the claims as
/// they were before; `ids` returns new ids.
///
/// The contest must be complete only for the subjects of the acting claim and of its open arbitrations; other subjects
/// of the rivals are not considered. Without an acting claim, it must be complete for every subject of its claims.
#[must_use]
pub fn reconcile(
    contest: &Contest,
    acting: Option<Decision>,
    policy: &Policy,
    now: Timestamp,
    ids: &mut dyn FnMut() -> Uuid,
) -> Aftermath {
    let mut round = Round::new(contest, policy, now, ids);
    let actor = acting.as_ref().map(|decision| decision.claim.id);
    if let Some(decision) = acting {
        round.decisions.insert(decision.claim.id, decision);
    }
    for subject in round.subjects(actor) {
        round.subject(&subject);
    }
    round.finish(actor)
}

/// One reconciliation under way.
struct Round<'a> {
    contest: &'a Contest,
    decisions: BTreeMap<Uuid, Decision>,
    moves: Moves,
    policy: &'a Policy,
    now: Timestamp,
    ids: &'a mut dyn FnMut() -> Uuid,
}

impl<'a> Round<'a> {
    fn new(contest: &'a Contest, policy: &'a Policy, now: Timestamp, ids: &'a mut dyn FnMut() -> Uuid) -> Self {
        Self { contest, decisions: BTreeMap::new(), moves: Moves::default(), policy, now, ids }
    }

    /// The claim in its current state.
    fn claim(&self, id: Uuid) -> Option<&Claim> {
        self.decisions.get(&id).map(|decision| &decision.claim).or_else(|| self.contest.claims.get(&id))
    }

    /// What happens to a claim, begun where nothing has yet.
    fn decision(&mut self, id: Uuid) -> Option<&mut Decision> {
        if !self.decisions.contains_key(&id) {
            let claim = self.contest.claims.get(&id)?.clone();
            let untouched = Decision { claim, events: Vec::new(), effects: Effects::default(), problems: Vec::new() };
            self.decisions.insert(id, untouched);
        }
        self.decisions.get_mut(&id)
    }

    fn everybody(&self) -> BTreeSet<Uuid> {
        self.contest.claims.keys().chain(self.decisions.keys()).copied().collect()
    }

    /// The subjects that may have changed hands: of a rival's other subjects not all claims are known.
    fn subjects(&self, actor: Option<Uuid>) -> BTreeSet<Subject> {
        let who = actor.map_or_else(|| self.everybody(), |id| BTreeSet::from([id]));
        let claimed = who.into_iter().filter_map(|id| self.claim(id)).flat_map(|claim| {
            claim.lines.iter().filter(|line| claim.contends(line)).filter_map(|line| claim.subject(line))
        });
        claimed.chain(self.contest.open.iter().map(|open| open.subject.clone())).collect()
    }

    /// The claims that contend for a subject, with the place of the line that does.
    fn contenders(&self, subject: &Subject) -> BTreeMap<Uuid, usize> {
        let place = |claim: &Claim| {
            claim.lines.iter().position(|line| claim.contends(line) && claim.subject(line).as_ref() == Some(subject))
        };
        self.everybody().into_iter().filter_map(|id| Some((id, self.claim(id).and_then(place)?))).collect()
    }

    fn subject(&mut self, subject: &Subject) {
        let contenders = self.contenders(subject);
        let open = self.contest.open.iter().find(|open| open.subject == *subject);
        let Some(open) = open else {
            if contenders.len() > 1 {
                self.open(subject, &contenders);
            }
            return;
        };
        let (id, parties) = (open.id, &open.parties);
        for party in parties.iter().filter(|party| !contenders.contains_key(party)) {
            self.moves.left.push((id, *party));
            self.tell_left(*party, subject);
        }
        if contenders.len() > 1 {
            let newcomers: Vec<_> = contenders.iter().filter(|(claim, _)| !parties.contains(claim)).collect();
            for (claim, place) in newcomers {
                self.join(id, *claim, *place);
            }
        } else {
            self.settle(id, contenders.into_iter().next());
        }
    }

    fn open(&mut self, subject: &Subject, contenders: &BTreeMap<Uuid, usize>) {
        let Some((claim, place)) = contenders.iter().next().and_then(|(id, place)| Some((self.claim(*id)?, *place)))
        else {
            return;
        };
        let line = &claim.lines[place];
        let (tenant_id, sku_id, subscription_id) = (claim.tenant_id, line.sku_id, line.subscription_id);
        let id = (self.ids)();
        self.moves.opened.push(Opened { id, subject: subject.clone(), tenant_id, sku_id, subscription_id });
        for (claim, place) in contenders {
            self.join(id, *claim, *place);
        }
    }

    /// A claim joins an arbitration and gets a comment about it (X4); a line that had won is open again (X7).
    fn join(&mut self, arbitration: Uuid, claim: Uuid, place: usize) {
        self.moves.joined.push((arbitration, claim));
        let change = self.set_outcome(claim, place, LineOutcome::Pending);
        self.tell_opened(claim, place, change);
    }

    /// No rivals are left: the remaining claim has won (X7).
    fn settle(&mut self, arbitration: Uuid, left: Option<(Uuid, usize)>) {
        let winner = left.map(|(claim, _)| claim);
        let status = ArbitrationStatus::Settled;
        self.moves.closed.push(Closed { id: arbitration, status, winner, rationale: None });
        if let Some((claim, place)) = left {
            let change = self.set_outcome(claim, place, LineOutcome::Won);
            self.tell_settled(claim, place, change, true);
        }
    }

    /// Sets the outcome of a line, if it differs, and returns the change for the history (H1).
    fn set_outcome(&mut self, claim: Uuid, place: usize, outcome: LineOutcome) -> Option<FieldChange> {
        let decision = self.decision(claim)?;
        let line = decision.claim.lines.get_mut(place)?;
        let before = std::mem::replace(&mut line.outcome, outcome);
        let change = FieldChange::of("line.outcome", Some(before.to_string()), Some(outcome.to_string()));
        decision.effects.lines_changed |= change.is_some();
        change
    }

    /// Marks the claims that are in arbitration now, extends deadlines by the time spent in it, and raises versions
    /// (L11b, T2).
    fn finish(mut self, actor: Option<Uuid>) -> Aftermath {
        for id in self.moved() {
            let contested = self.is_contested(id);
            let since = self.claim(id).and_then(|claim| claim.contested_since);
            let (now, policy) = (self.now, self.policy);
            match (since, contested) {
                (None, true) => {
                    if let Some(decision) = self.decision(id) {
                        decision.claim.contested_since = Some(now);
                    }
                }
                (Some(since), false) => {
                    if let Some(decision) = self.decision(id) {
                        decision.claim.contested_since = None;
                        lifecycle::after_arbitration(&mut decision.claim, since, now, policy);
                    }
                }
                _ => {}
            }
        }
        for (id, decision) in &mut self.decisions {
            let before = self.contest.claims.get(id);
            if actor != Some(*id) && before.is_some_and(|before| has_moved(before, &decision.claim)) {
                decision.claim.version += 1;
                decision.claim.updated_at = self.now;
            }
        }
        Aftermath { decisions: self.decisions, moves: self.moves }
    }

    /// The claims that came into an arbitration or out of one in this round. Of any other claim it is not known here
    /// whether it is in one: the contest of a change that moves none is empty.
    fn moved(&self) -> BTreeSet<Uuid> {
        let closed = |open: &&OpenArbitration| self.moves.closed.iter().any(|closed| closed.id == open.id);
        let parties = self.contest.open.iter().filter(closed).flat_map(|open| open.parties.iter().copied());
        self.moves.joined.iter().chain(&self.moves.left).map(|(_, claim)| *claim).chain(parties).collect()
    }

    fn is_contested(&self, id: Uuid) -> bool {
        let closed = |arbitration: Uuid| self.moves.closed.iter().any(|closed| closed.id == arbitration);
        let left = |arbitration: Uuid| self.moves.left.contains(&(arbitration, id));
        let stays = |open: &&OpenArbitration| open.parties.contains(&id) && !closed(open.id) && !left(open.id);
        self.contest.elsewhere.contains(&id)
            || self.contest.open.iter().any(|open| stays(&open))
            || self.moves.joined.iter().any(|(arbitration, claim)| *claim == id && !closed(*arbitration))
    }
}

/// Whether a claim's status or the outcome of one of its lines is another one (L11b).
fn has_moved(before: &Claim, after: &Claim) -> bool {
    before.status != after.status
        || before.lines.iter().zip(&after.lines).any(|(before, after)| before.outcome != after.outcome)
}
