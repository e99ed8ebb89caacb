//! Eligibility: all that is checked before a claim may be submitted (E1-E15).
//!
//! [`check`] is the one function behind the eligibility query, drafts, submissions and edits; it reports every problem
//! at once, in a stable order: customer, location, activities, then line by line.

mod facts;
mod line;
mod missing;
mod words;

use std::collections::HashSet;

use uuid::Uuid;

pub use facts::{Facts, IntendedLine, Intent, Location, Product, Subscription};
pub use missing::missing;

use crate::{
    catalogue, identifier,
    problem::{Problem, ProblemCode},
    time::Timestamp,
};

/// The answer to an intent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Those of the problems that refuse even to save a draft: E1, a location that is not the partner's, a product
    /// that does not exist, the same subject twice.
    pub refused: Vec<Problem>,
    /// Every problem: what would refuse a submission.
    pub problems: Vec<Problem>,
    /// For each line the subscription that it resolves to (E10), whether or not it may be claimed.
    pub resolved: Vec<Option<Uuid>>,
}

/// Judges an intent by the facts, now.
#[must_use]
pub fn check(intent: &Intent, facts: &Facts, now: Timestamp) -> Outcome {
    Judge { intent, facts, now, tenant: tenant_matches(intent, facts) }.judge()
}

/// The problems that prevent an approval: E3-E8 (L6).
#[must_use]
pub fn approval_problems(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().filter(|problem| refuses_approval(problem.code)).collect()
}

/// The problems that prevent an approval now (L6). Unlike in [`check`], a domain that the customer has removed since
/// the submission hides nothing, because the tenant was proven then.
#[must_use]
pub fn for_approval(intent: &Intent, facts: &Facts, now: Timestamp) -> Vec<Problem> {
    approval_problems(check_tenant_proven(intent, facts, now))
}

/// Every problem of an intent whose tenant was proven before: a domain that the customer has given up since hides nothing.
#[must_use]
pub fn check_tenant_proven(intent: &Intent, facts: &Facts, now: Timestamp) -> Vec<Problem> {
    Judge { intent, facts, now, tenant: true }.judge().problems
}

const fn refuses_approval(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::SubscriptionNotFound
            | ProblemCode::ProductNotOnTenant
            | ProblemCode::SubscriptionProductMismatch
            | ProblemCode::SubscriptionChannelNotEligible
            | ProblemCode::SubscriptionNotProvisioned
            | ProblemCode::SubscriptionNotActive
    )
}

// E1
fn tenant_matches(intent: &Intent, facts: &Facts) -> bool {
    let domain = identifier::domain(&intent.domain);
    domain.is_some_and(|domain| facts.domains.as_ref().is_some_and(|domains| domains.contains(&domain)))
}

/// An intent under judgement.
#[derive(Clone, Copy)]
struct Judge<'a> {
    intent: &'a Intent,
    facts: &'a Facts,
    now: Timestamp,
    /// Whether tenant and domain belong together: if not, nothing of the tenant may show (E1, A6).
    tenant: bool,
}

impl Outcome {
    fn refuse(&mut self, problem: Problem) {
        self.refused.push(problem.clone());
        self.problems.push(problem);
    }
}

impl Judge<'_> {
    fn judge(&self) -> Outcome {
        let mut outcome = Outcome::default();
        if !self.tenant {
            outcome.refuse(words::domain_tenant_mismatch(&self.intent.domain, self.intent.tenant_id)); // E1
        }
        self.location(&mut outcome);
        if !catalogue::allowed(self.intent.solution_area, &self.intent.activities) {
            outcome.problems.push(words::activity_not_allowed(self.intent.solution_area)); // E11
        }
        if self.intent.lines.is_empty() {
            outcome.problems.push(words::products_required()); // E14
        }
        let mut claimed = HashSet::new();
        for line in &self.intent.lines {
            self.line(line, &mut claimed, &mut outcome);
        }
        outcome
    }

    // E13: the answer to an unknown location and to another partner's is the same.
    fn location(&self, outcome: &mut Outcome) {
        let own = self.facts.location.as_ref().filter(|location| location.partner_id == self.intent.partner_id);
        let Some(location) = own else {
            outcome.refuse(words::location_not_yours(&self.intent.mpn_id));
            return;
        };
        let needed = catalogue::programs(self.intent.solution_area, &self.intent.activities);
        let absent = needed.into_iter().filter(|program| !location.enrolled.contains(program));
        outcome.problems.extend(absent.map(|program| words::location_not_enrolled(&self.intent.mpn_id, program)));
    }

    fn line(&self, line: &IntendedLine, claimed: &mut HashSet<String>, outcome: &mut Outcome) {
        let Some(product) = line.sku_id.and_then(|sku_id| self.facts.products.get(&sku_id)) else {
            outcome.refuse(words::unknown_product(line));
            outcome.resolved.push(None);
            return;
        };
        let findings = line::judge(self, line, product);
        outcome.problems.extend(findings.problems);
        outcome.resolved.push(findings.resolved);
        let repeated =
            self.names_of(line, product, findings.resolved).into_iter().filter(|name| !claimed.insert(name.clone()));
        if repeated.count() > 0 {
            outcome.refuse(words::same_subject_twice(line));
        }
    }

    /// Every way in which a line names its subject (X0): by the resolved subscription, and by the typed id.
    fn names_of(&self, line: &IntendedLine, product: &Product, resolved: Option<Uuid>) -> HashSet<String> {
        match self.intent.solution_area {
            crate::kinds::SolutionArea::Microsoft365 => HashSet::from([product.sku_id.to_string()]),
            crate::kinds::SolutionArea::BusinessApplications => {
                let typed = line.typed.as_deref().map(|typed| match identifier::uuid(typed) {
                    Some(id) => id.to_string(),
                    None => typed.split_whitespace().collect::<String>().to_lowercase(),
                });
                let typed = typed.filter(|typed| !typed.is_empty());
                typed.into_iter().chain(resolved.map(|id| id.to_string())).collect()
            }
        }
    }
}
