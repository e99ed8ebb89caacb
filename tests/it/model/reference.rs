//! A small reference of the rules, written from the rule book alone: what a claim does when somebody acts or time passes.
//! It knows nothing of the server's code, and is as simple as it can be.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    claim::{Claim, Evaluation, Hour, Line, Outcome, Status, business_days, calendar},
    doors::{may_ever, number},
};

/// Who acts. Reviewers are known by a number: 0 and 1, and 2 for the review lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Admin(usize),
    /// An incentives user of partner 0.
    User,
    Reviewer(usize),
    Lead,
    Auditor,
    Customer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Delete,
    Submit,
    Start,
    /// To oneself.
    Assign,
    Ask,
    Respond,
    Approve,
    Reject,
    Withdraw,
    Dispute,
    Decline,
    Award,
    Attach,
    Edit,
    Comment,
}

impl Action {
    pub const ALL: [Self; 15] = [
        Self::Delete,
        Self::Submit,
        Self::Start,
        Self::Assign,
        Self::Ask,
        Self::Respond,
        Self::Approve,
        Self::Reject,
        Self::Withdraw,
        Self::Dispute,
        Self::Decline,
        Self::Award,
        Self::Attach,
        Self::Edit,
        Self::Comment,
    ];
}

/// Why it is refused: for the role, or for these reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Forbidden,
    Problems(BTreeSet<&'static str>),
}

pub(super) fn because(code: &'static str) -> Refusal {
    Refusal::Problems(BTreeSet::from([code]))
}

/// What an action needs to know beside who does it to what.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// With the version of before.
    pub stale: bool,
    /// With nothing in it that may be left out; of a reviewer's comment: internal.
    pub bare: bool,
    /// Which claim wins.
    pub winner: usize,
}

#[derive(Clone, Debug)]
pub struct Model {
    pub now: Hour,
    pub claims: Vec<Claim>,
    /// The claims in the open arbitration on a subject.
    pub open: BTreeMap<usize, BTreeSet<usize>>,
}

impl Model {
    pub fn new() -> Self {
        Self { now: 9, claims: Vec::new(), open: BTreeMap::new() }
    }

    /// A draft with proof, on these subjects.
    pub fn create(&mut self, partner: usize, subjects: &[usize]) {
        let line = |subject: &usize| Line { subject: *subject, outcome: Outcome::Pending, held: false };
        self.claims.push(Claim {
            partner,
            status: Status::Editing,
            deleted: false,
            version: 2,
            entries: 2,
            internal: 0,
            lines: subjects.iter().map(line).collect(),
            reviewer: None,
            clock: None,
            noted: false,
            answered: false,
            asked: None,
            consent: None,
            disputable: None,
            new_proof: false,
            disputed: false,
            rejected_by: None,
            evaluation: Evaluation::None,
            shown: false,
        });
    }

    pub fn contested(&self, claim: usize) -> bool {
        self.open.values().any(|parties| parties.contains(&claim))
    }

    /// Whether it is in this one's sight (A3, A4).
    pub fn sees(who: Who, claim: &Claim) -> bool {
        !claim.deleted
            && match who {
                Who::Admin(partner) => claim.partner == partner,
                Who::User => claim.partner == 0,
                Who::Customer => claim.shown,
                Who::Reviewer(_) | Who::Lead | Who::Auditor => claim.status != Status::Editing,
            }
    }

    /// Somebody acts on a claim.
    pub fn act(&mut self, who: Who, action: Action, claim: usize, how: How) -> Result<(), Refusal> {
        may_ever(who, action)?;
        if action == Action::Award {
            return self.award(claim, how.winner);
        }
        if !Self::sees(who, &self.claims[claim]) {
            return Err(because("NOT_FOUND"));
        }
        if how.stale && !matches!(action, Action::Attach | Action::Comment) {
            return Err(because("VERSION_CONFLICT"));
        }
        self.is_open(action, claim)?;
        self.is_theirs(who, action, claim)?;
        let missing = self.missing(action, claim, how);
        if !missing.is_empty() {
            return Err(Refusal::Problems(missing));
        }
        self.carry_out(who, action, claim, how);
        self.reconcile(Some(claim));
        Ok(())
    }

    /// E9, E15, L5, D1, D2.
    fn missing(&self, action: Action, index: usize, how: How) -> BTreeSet<&'static str> {
        let claim = &self.claims[index];
        let mut missing = BTreeSet::new();
        if matches!(action, Action::Submit | Action::Dispute) {
            let others = || self.claims.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
            let lives = |subject| {
                others().any(|other| {
                    other.partner == claim.partner
                        && other.lines.iter().any(|line| line.subject == subject && other.contends(line))
                })
            };
            for line in claim.lines.iter().filter(|line| lives(line.subject)) {
                missing.insert(if line.subject == super::WORKLOAD {
                    "DUPLICATE_CLAIM"
                } else {
                    "SUBSCRIPTION_ALREADY_CLAIMED"
                });
            }
        }
        let nothing = match action {
            Action::Respond => !claim.answered,
            Action::Dispute => !claim.new_proof,
            _ => false,
        };
        if how.bare && nothing {
            missing.insert("INVALID_VALUE");
        }
        missing
    }

    fn carry_out(&mut self, who: Who, action: Action, index: usize, how: How) {
        let (now, contested) = (self.now, self.contested(index));
        let claim = &mut self.claims[index];
        claim.version += i64::from(action != Action::Comment);
        let of_partner = matches!(who, Who::Admin(_) | Who::User);
        if of_partner && matches!(action, Action::Attach | Action::Edit | Action::Comment) {
            claim.answered |= claim.status == Status::Asked || (claim.status == Status::Approved && contested);
        }
        match action {
            Action::Withdraw | Action::Decline => return claim.reject(now, false, None),
            Action::Reject => return claim.reject(now, true, number(who)),
            Action::Approve => claim.note(3 + i64::from(claim.disputed)),
            _ => claim.note(1),
        }
        match action {
            Action::Delete => claim.deleted = true,
            Action::Submit => {
                (claim.status, claim.clock) = (Status::Submitted, Some(("START_REVIEW", business_days(now, 5))));
            }
            Action::Start => {
                (claim.status, claim.reviewer) = (Status::UnderReview, number(who));
                (claim.clock, claim.noted) = (Some(("DECIDE", business_days(now, 5))), false);
            }
            Action::Assign => claim.reviewer = number(who),
            Action::Ask if claim.status == Status::Approved => {
                (claim.asked, claim.answered) = (Some((business_days(now, 5), false)), false);
            }
            Action::Ask => {
                (claim.status, claim.answered) = (Status::Asked, false);
                (claim.clock, claim.noted) = (Some(("PARTNER_RESPONSE", business_days(now, 5))), false);
            }
            Action::Respond => {
                let kind = if claim.disputed { "ANSWER_DISPUTE" } else { "DECIDE" };
                (claim.status, claim.clock, claim.noted) =
                    (Status::UnderReview, Some((kind, business_days(now, 5))), false);
            }
            Action::Approve => {
                (claim.status, claim.shown, claim.disputed, claim.asked) = (Status::Approved, true, false, None);
                (claim.clock, claim.consent) = (None, Some(calendar(now, 7)));
                if claim.evaluation != Evaluation::Sent {
                    claim.evaluation = Evaluation::Waiting;
                }
                for line in claim.lines.iter_mut().filter(|line| line.outcome != Outcome::Lost) {
                    line.held = true;
                }
            }
            Action::Dispute => {
                (claim.status, claim.reviewer, claim.disputed, claim.disputable) =
                    (Status::UnderReview, None, true, None);
                (claim.clock, claim.noted) = (Some(("ANSWER_DISPUTE", business_days(now, 5))), false);
                for line in claim.lines.iter_mut().filter(|line| line.outcome == Outcome::Lost) {
                    line.outcome = Outcome::Pending;
                }
            }
            Action::Attach => claim.new_proof |= claim.status == Status::Rejected,
            Action::Comment if !of_partner && how.bare => claim.internal += 1,
            _ => {}
        }
    }
}
