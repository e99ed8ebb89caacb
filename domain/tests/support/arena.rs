//! A store in memory: claims of several partners around two subscriptions, changed as the server changes them, with its
//! own list of associations beside what the rules say of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::{
    arbitration::{self, Aftermath, Closed, Contest, OpenArbitration},
    caller::{Caller, usable_scopes},
    claim::{Claim, Line, Subject},
    eligibility::{Facts, Location, Product, Subscription},
    kinds::{
        ClaimAction, ClaimStatus, DeadlineKind, IncentiveProgram, LineOutcome, Role, SolutionArea, SubscriptionChannel,
        SubscriptionStatus,
    },
    lifecycle::{self, Circumstances, Command, Decision, Edit, NewLine},
    policy::Policy,
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

/// What the two products are called.
pub const NAMES: [&str; 2] = ["Sales", "Marketing"];

pub fn sku(place: usize) -> Uuid {
    Uuid::from_u128(30 + place as u128)
}

pub fn subject(place: usize) -> Subject {
    Subject::Subscription(Uuid::from_u128(40 + place as u128))
}

fn subscription(place: usize) -> Uuid {
    Uuid::from_u128(40 + place as u128)
}

pub fn partner(number: usize) -> Uuid {
    Uuid::from_u128(0x00aa_0000 + number as u128)
}

#[derive(Debug)]
pub struct Arena {
    pub claims: BTreeMap<Uuid, Claim>,
    pub open: Vec<OpenArbitration>,
    pub closed: Vec<Closed>,
    /// The live associations, by subject: claim and line.
    pub associations: BTreeMap<Subject, (Uuid, Uuid)>,
    pub policy: Policy,
    pub now: Timestamp,
    last_id: u128,
}

impl Arena {
    pub fn new() -> Self {
        Self {
            claims: BTreeMap::new(),
            open: Vec::new(),
            closed: Vec::new(),
            associations: BTreeMap::new(),
            policy: Policy::default(),
            now: super::monday(),
            last_id: 0x1_0000,
        }
    }

    fn id(&mut self) -> Uuid {
        self.last_id += 1;
        Uuid::from_u128(self.last_id)
    }

    /// A draft of a partner on some of the subjects.
    pub fn draft(&mut self, owner: usize, subjects: &[usize]) -> Uuid {
        let id = self.id();
        let lines = subjects.iter().map(|place| self.line(*place)).collect();
        let claim = Claim {
            id,
            number: format!("CPOR-{}", self.last_id),
            name: format!("Secret plan of partner {owner}"),
            partner_id: partner(owner),
            mpn_id: format!("mpn-{owner}"),
            lines,
            ..super::claim(ClaimStatus::Editing)
        };
        self.claims.insert(id, claim);
        id
    }

    fn line(&mut self, place: usize) -> Line {
        let typed = Some(subscription(place).to_string());
        let (id, sku_id) = (self.id(), sku(place));
        Line { id, sku_id, typed, subscription_id: None, outcome: LineOutcome::Pending, associated: false }
    }

    /// A submitted claim.
    pub fn submitted(&mut self, owner: usize, subjects: &[usize]) -> Uuid {
        let id = self.draft(owner, subjects);
        self.act(id, Role::GlobalAdmin, Command::Submit).unwrap();
        id
    }

    /// A claim under review.
    pub fn reviewed(&mut self, owner: usize, subjects: &[usize]) -> Uuid {
        let id = self.submitted(owner, subjects);
        self.act(id, Role::ReviewLead, Command::StartReview).unwrap();
        id
    }

    /// An approved claim.
    pub fn approved(&mut self, owner: usize, subjects: &[usize]) -> Uuid {
        let id = self.reviewed(owner, subjects);
        self.act(id, Role::ReviewLead, Command::Approve { note: None }).unwrap();
        id
    }

    pub fn claim(&self, id: Uuid) -> &Claim {
        &self.claims[&id]
    }

    /// The outcome of the claim's line on a subject.
    pub fn outcome(&self, id: Uuid, place: usize) -> LineOutcome {
        let claim = self.claim(id);
        claim.lines.iter().find(|line| claim.subject(line) == Some(subject(place))).unwrap().outcome
    }

    /// The open arbitration on a subject.
    pub fn arbitration(&self, place: usize) -> Option<&OpenArbitration> {
        self.open.iter().find(|open| open.subject == subject(place))
    }

    pub fn caller(&self, id: Uuid, role: Role) -> Caller {
        let subject = format!("{}@example", role.as_str().to_lowercase());
        let claim = self.claim(id);
        Caller::new(subject, None, &[role], usable_scopes(role).to_vec(), Some(claim.partner_id), Some(claim.tenant_id))
            .unwrap()
    }

    /// A command on a claim and all that follows from it, as the server does it.
    pub fn act(&mut self, id: Uuid, role: Role, command: Command) -> Result<Aftermath, Vec<Problem>> {
        let before = self.claim(id).clone();
        let wide = command.concerns_rivals();
        let caller = self.caller(id, role);
        let decision = super::decide(&before, command, &caller, &self.circumstances(&before))?;
        Ok(self.follow(&before, decision, wide))
    }

    /// An edit that adds and removes products.
    pub fn edit(&mut self, id: Uuid, add: &[usize], remove: &[usize]) -> Result<Aftermath, Vec<Problem>> {
        let claim = self.claim(id).clone();
        let wanted: Vec<_> = remove.iter().map(|place| sku(*place)).collect();
        let remove_lines =
            claim.lines.iter().filter(|line| wanted.contains(&line.sku_id)).map(|line| Some(line.id)).collect();
        let new = |place: &usize| NewLine { sku_id: Some(sku(*place)), typed: Some(subscription(*place).to_string()) };
        let add_lines = add.iter().map(new).collect();
        let edit = Edit { add_lines, remove_lines, ..Edit::default() };
        self.act(id, Role::GlobalAdmin, Command::Edit(Box::new(edit)))
    }

    /// The award of a subject; nothing where it cannot go to this claim.
    pub fn award(&mut self, place: usize, winner: Uuid) -> Option<Aftermath> {
        let open = self.arbitration(place)?.clone();
        let subjects = BTreeSet::from([open.subject.clone()]);
        let contest = self.contest(&subjects, None);
        let (policy, now) = (self.policy.clone(), self.now);
        let lead = self.caller(winner, Role::ReviewLead);
        let rule = lifecycle::rule_of(ClaimAction::AwardArbitration)?;
        let winner = lifecycle::open(rule, contest.claims.get(&winner)?, &lead, now).ok()?;
        let rationale = "The newer proof.".to_owned();
        let aftermath = arbitration::award(&contest, &open, winner, rationale, &policy, now, &mut || self.id())?;
        self.apply(&aftermath);
        Some(aftermath)
    }

    /// What a claim's clock does by now.
    pub fn fire(&mut self, id: Uuid) -> Option<Aftermath> {
        let before = self.claim(id).clone();
        let decision = lifecycle::fire(&before, &self.policy, self.now)?;
        Some(self.follow(&before, decision, true))
    }

    /// The subscription of a subject ends; nothing where no association lives on it.
    pub fn end_subscription(&mut self, place: usize) -> Option<Aftermath> {
        let (id, line) = *self.associations.get(&subject(place))?;
        let before = self.claim(id).clone();
        let comment = self.id();
        let decision = lifecycle::subscription_ended(&before, line, comment, self.now)?;
        Some(self.follow(&before, decision, true))
    }

    fn follow(&mut self, before: &Claim, decision: Decision, wide: bool) -> Aftermath {
        let mut contest = Contest::default();
        if wide {
            let subjects = subjects(before).chain(subjects(&decision.claim)).collect();
            contest = self.contest(&subjects, Some(before.id));
        }
        contest.claims.insert(before.id, before.clone());
        let (policy, now) = (self.policy.clone(), self.now);
        let aftermath = arbitration::reconcile(&contest, Some(decision), &policy, now, &mut || self.id());
        self.apply(&aftermath);
        aftermath
    }

    /// Nobody acts, and everything is looked at.
    pub fn reconcile(&mut self) -> Aftermath {
        let mut contest = self.contest(&BTreeSet::from([subject(0), subject(1)]), None);
        contest.claims = self.claims.clone();
        let (policy, now) = (self.policy.clone(), self.now);
        arbitration::reconcile(&contest, None, &policy, now, &mut || self.id())
    }

    /// What the store reads around some subjects; the acting claim's `elsewhere` included.
    fn contest(&self, subjects: &BTreeSet<Subject>, actor: Option<Uuid>) -> Contest {
        let open: Vec<_> = self.open.iter().filter(|open| subjects.contains(&open.subject)).cloned().collect();
        let parties = open.iter().flat_map(|open| open.parties.iter().copied());
        let contenders =
            self.claims.values().filter(|claim| contended(claim).any(|subject| subjects.contains(&subject)));
        let ids: BTreeSet<Uuid> = contenders.map(|claim| claim.id).chain(parties).chain(actor).collect();
        let elsewhere = self.open.iter().filter(|open| !subjects.contains(&open.subject));
        Contest {
            elsewhere: elsewhere.flat_map(|open| open.parties.iter().copied()).filter(|id| ids.contains(id)).collect(),
            claims: ids.into_iter().map(|id| (id, self.claim(id).clone())).collect(),
            open,
            names: NAMES.iter().enumerate().map(|(place, name)| (sku(place), (*name).to_owned())).collect(),
        }
    }

    fn circumstances(&self, claim: &Claim) -> Circumstances<'_> {
        let others = self.claims.values().filter(|other| other.id != claim.id);
        let own = others.filter(|other| other.partner_id == claim.partner_id);
        let products = NAMES.iter().enumerate().map(|(place, name)| {
            let area = SolutionArea::BusinessApplications;
            (sku(place), Product { sku_id: sku(place), name: (*name).to_owned(), solution_area: area })
        });
        let subscriptions = (0..NAMES.len()).map(|place| Subscription {
            subscription_id: subscription(place),
            sku_id: sku(place),
            channel: SubscriptionChannel::WebDirect,
            status: SubscriptionStatus::Active,
            ends_at: None,
        });
        let enrolled = vec![IncentiveProgram::OsaSell, IncentiveProgram::OsuBusinessApplications];
        let taken =
            self.associations.iter().filter(|(_, (holder, _))| *holder != claim.id).map(|(subject, _)| subject.clone());
        Circumstances {
            facts: Facts {
                domains: Some(HashSet::from([super::DOMAIN.to_owned()])),
                location: Some(Location { partner_id: claim.partner_id, enrolled }),
                products: products.collect::<HashMap<_, _>>(),
                sku_ids: HashSet::new(),
                subscriptions: subscriptions.collect(),
                claimed: own.flat_map(contended).map(|subject| (subject, Uuid::nil())).collect(),
            },
            taken: taken.collect(),
            ..Circumstances::new(&self.policy, self.now, super::IDS)
        }
    }

    /// Stores what was decided: associations end before others start, and a subject that is taken refuses (X6).
    fn apply(&mut self, aftermath: &Aftermath) {
        for decision in aftermath.decisions.values() {
            for line in &decision.effects.associations_end {
                let before = self.associations.len();
                self.associations.retain(|_, (_, associated)| associated != line);
                assert_eq!(self.associations.len() + 1, before, "an association ends that does not live");
            }
        }
        for (id, decision) in &aftermath.decisions {
            if decision.effects.associations_start {
                for line in decision.claim.lines.iter().filter(|line| line.outcome != LineOutcome::Lost) {
                    let subject = decision.claim.subject(line).unwrap();
                    let taken = self.associations.insert(subject, (*id, line.id));
                    assert_eq!(taken, None, "X6: two live associations on a subject");
                }
            }
            let before = self.claims.insert(*id, decision.claim.clone()).unwrap();
            assert!(
                decision.effects.lines_changed
                    || before.lines.iter().map(stored).eq(decision.claim.lines.iter().map(stored))
            );
        }
        for opened in &aftermath.moves.opened {
            assert!(!self.open.iter().any(|open| open.subject == opened.subject), "two open arbitrations on a subject");
            self.open.push(OpenArbitration {
                id: opened.id,
                subject: opened.subject.clone(),
                parties: BTreeSet::new(),
            });
        }
        for (arbitration, claim) in &aftermath.moves.joined {
            self.party(*arbitration).insert(*claim);
        }
        for (arbitration, claim) in &aftermath.moves.left {
            assert!(self.party(*arbitration).remove(claim), "a claim leaves that takes no part");
        }
        for closed in &aftermath.moves.closed {
            self.open.retain(|open| open.id != closed.id);
            self.closed.push(closed.clone());
        }
    }

    fn party(&mut self, arbitration: Uuid) -> &mut BTreeSet<Uuid> {
        &mut self.open.iter_mut().find(|open| open.id == arbitration).unwrap().parties
    }
}

/// What a line's row holds.
fn stored(line: &Line) -> (Uuid, Uuid, Option<String>, Option<Uuid>, LineOutcome) {
    (line.id, line.sku_id, line.typed.clone(), line.subscription_id, line.outcome)
}

fn subjects(claim: &Claim) -> impl Iterator<Item = Subject> {
    claim.lines.iter().filter_map(|line| claim.subject(line))
}

/// The subjects that a claim competes for, by the words of X1 and not by the code's: lines not lost, while it is being
/// decided or where its association lives.
pub fn contended(claim: &Claim) -> impl Iterator<Item = Subject> {
    let deciding = [ClaimStatus::Submitted, ClaimStatus::UnderReview, ClaimStatus::PartnerActionRequired];
    let decided = deciding.contains(&claim.status);
    let contends = move |line: &&Line| line.outcome != LineOutcome::Lost && (decided || line.associated);
    claim.lines.iter().filter(contends).filter_map(|line| claim.subject(line))
}

/// Which clock a claim runs.
pub fn clock(claim: &Claim) -> Option<DeadlineKind> {
    claim.deadline.map(|clock| clock.kind)
}
