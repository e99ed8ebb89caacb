//! The reference, continued: competing claims, and time that passes.

use std::collections::BTreeSet;

use super::{
    claim::{Evaluation, Hour, Outcome, Status, business_days},
    reference::{Model, Refusal},
};

impl Model {
    fn contenders(&self, subject: usize) -> BTreeSet<usize> {
        let claims = self.claims.iter().enumerate();
        claims
            .filter(|(_, claim)| claim.lines.iter().any(|line| line.subject == subject && claim.contends(line)))
            .map(|(index, _)| index)
            .collect()
    }

    fn set(&mut self, claim: usize, subject: usize, outcome: Outcome, moved: &mut BTreeSet<usize>) {
        for line in
            self.claims[claim].lines.iter_mut().filter(|line| line.subject == subject && line.outcome != outcome)
        {
            line.outcome = outcome;
            moved.insert(claim);
        }
    }

    /// X1, X4, X7, L11b: what follows for everybody when `actor` has acted.
    pub(super) fn reconcile(&mut self, actor: Option<usize>) {
        let before: Vec<bool> = (0..self.claims.len()).map(|claim| self.contested(claim)).collect();
        let mut moved = BTreeSet::new();
        for subject in 0..super::SUBJECTS {
            let contenders = self.contenders(subject);
            let parties = self.open.get(&subject).cloned();
            for gone in parties.iter().flatten().filter(|party| !contenders.contains(party)) {
                self.claims[*gone].entries += 1;
            }
            if contenders.len() > 1 {
                for claim in
                    contenders.iter().filter(|claim| !parties.as_ref().is_some_and(|parties| parties.contains(claim)))
                {
                    self.claims[*claim].entries += 1;
                    self.set(*claim, subject, Outcome::Pending, &mut moved);
                }
                self.open.insert(subject, contenders);
            } else if parties.is_some() {
                self.open.remove(&subject);
                for claim in contenders {
                    self.claims[claim].entries += 1;
                    self.set(claim, subject, Outcome::Won, &mut moved);
                }
            }
        }
        self.end(&before, &moved, actor);
    }

    /// Clocks begin anew for who waited, and versions rise by one.
    fn end(&mut self, before: &[bool], moved: &BTreeSet<usize>, actor: Option<usize>) {
        for claim in moved.iter().filter(|claim| Some(**claim) != actor) {
            self.claims[*claim].version += 1;
        }
        for (index, _) in before.iter().enumerate().filter(|(_, contested)| **contested) {
            if self.contested(index) {
                continue;
            }
            let now = self.now;
            let claim = &mut self.claims[index];
            claim.asked = None;
            if let Some((kind, due)) = claim.clock.filter(|(_, due)| claim.status == Status::UnderReview && *due <= now)
            {
                let _ = due;
                (claim.clock, claim.noted) = (Some((kind, business_days(now, 5))), false);
            }
        }
    }

    /// X5. `subject` says which of the open arbitrations.
    pub(super) fn award(&mut self, subject: usize, winner: usize) -> Result<(), Refusal> {
        let Some(parties) = self.open.get(&subject).cloned().filter(|parties| parties.contains(&winner)) else {
            return Err(Refusal::Problems(BTreeSet::from(["NOT_FOUND"])));
        };
        let before: Vec<bool> = (0..self.claims.len()).map(|claim| self.contested(claim)).collect();
        let mut moved = BTreeSet::new();
        self.open.remove(&subject);
        for index in parties {
            self.claims[index].entries += 1;
            self.set(index, subject, if index == winner { Outcome::Won } else { Outcome::Lost }, &mut moved);
            let now = self.now;
            let claim = &mut self.claims[index];
            for line in claim.lines.iter_mut().filter(|line| line.outcome == Outcome::Lost && line.held) {
                line.held = false;
                claim.entries += 1;
            }
            let stands = claim
                .lines
                .iter()
                .any(|line| line.outcome != Outcome::Lost && (claim.status != Status::Approved || line.held));
            if !stands {
                claim.reject(now, true, None);
            }
        }
        self.end(&before, &moved, None);
        Ok(())
    }

    /// Time passes, and what falls due happens, in order (T5).
    pub fn advance(&mut self, hours: Hour) {
        let target = self.now + hours;
        while let Some((due, claim)) = (0..self.claims.len())
            .filter_map(|claim| Some((self.next(claim)?, claim)))
            .min()
            .filter(|(due, _)| *due <= target)
        {
            self.now = self.now.max(due);
            self.fire(claim);
        }
        self.now = target;
    }

    /// When the claim's clock does something.
    fn next(&self, index: usize) -> Option<Hour> {
        let (claim, contested) = (&self.claims[index], self.contested(index));
        match claim.status {
            _ if claim.deleted => None,
            Status::UnderReview if contested => None,
            Status::Submitted | Status::UnderReview | Status::Asked if claim.noted => None,
            Status::Approved => {
                let (kind, due) = claim.approved_clock(contested)?;
                let noted = kind == "PARTNER_RESPONSE" && claim.asked.is_some_and(|(_, noted)| noted);
                (!noted).then_some(due)
            }
            _ => claim.clock.map(|(_, due)| due),
        }
    }

    fn fire(&mut self, index: usize) {
        let (now, contested) = (self.now, self.contested(index));
        let claim = &mut self.claims[index];
        match claim.status {
            Status::Asked => {
                claim.version += 1;
                claim.reject(now, true, None);
                self.reconcile(Some(index));
            }
            Status::Approved if claim.approved_clock(contested).is_some_and(|(kind, _)| kind == "CONSENT") => {
                claim.consent = None;
                claim.entries += 1;
                if claim.evaluation == Evaluation::Waiting {
                    claim.evaluation = Evaluation::Sent;
                    claim.entries += 1;
                }
            }
            Status::Approved => {
                claim.asked = claim.asked.map(|(due, _)| (due, true));
                claim.entries += 1;
            }
            _ => {
                claim.noted = true;
                claim.entries += 1;
            }
        }
    }
}
