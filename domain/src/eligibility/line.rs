//! One line of an intent: its product on the tenant, and in Business Applications its subscription (E2-E10, E12, E15).

use uuid::Uuid;

use super::{IntendedLine, Judge, Product, Subscription, words};
use crate::{
    catalogue,
    claim::Subject,
    identifier,
    kinds::{SolutionArea, SubscriptionStatus},
    problem::Problem,
    text::visible,
};

/// The findings about a line.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) problems: Vec<Problem>,
    pub(super) resolved: Option<Uuid>,
}

/// Judges a line whose product is known.
pub(super) fn judge(judge: &Judge<'_>, line: &IntendedLine, product: &Product) -> Findings {
    let mut findings = Findings::default();
    let judge = LineJudge { judge, line, product };
    match judge.judge.intent.solution_area {
        area if area != product.solution_area => {
            findings.problems.push(words::solution_area_mismatch(line, product, area)); // E12
        }
        SolutionArea::BusinessApplications => judge.subscription(&mut findings),
        SolutionArea::Microsoft365 => judge.workload(&mut findings),
    }
    findings
}

/// What a person typed as a subscription id, judged by its looks (E2).
enum Typed {
    Nothing,
    Id(Uuid),
    NoSubscriptionId(Problem),
}

struct LineJudge<'a> {
    judge: &'a Judge<'a>,
    line: &'a IntendedLine,
    product: &'a Product,
}

impl<'a> LineJudge<'a> {
    /// A Business Applications line claims a subscription (X0).
    fn subscription(&self, findings: &mut Findings) {
        let typed = match self.typed() {
            Typed::Nothing => Some(None),
            Typed::Id(id) => Some(Some(id)),
            Typed::NoSubscriptionId(problem) => {
                findings.problems.push(problem); // E2
                None
            }
        };
        if !self.judge.tenant {
            return; // E1
        }
        let named = typed.flatten().map(|id| self.on_tenant(id));
        if let (Some(Some(id)), Some(None)) = (typed, named) {
            findings.problems.push(words::subscription_not_found(self.line, id)); // E3
        }
        let to_product = self.to_product();
        if to_product.is_empty() {
            findings.problems.push(words::product_not_on_tenant(self.line, self.product)); // E4
        }
        match (typed, named) {
            (_, Some(Some(named))) => self.named(named, findings),
            (Some(None), _) => self.by_itself(&to_product, findings),
            _ => {}
        }
    }

    /// The subscription that was named, and is on the tenant.
    fn named(&self, subscription: &Subscription, findings: &mut Findings) {
        if subscription.sku_id == self.product.sku_id {
            findings.resolved = Some(subscription.subscription_id);
        } else {
            findings.problems.push(words::product_mismatch(self.line, self.product)); // E5
        }
        let who = words::Who::Named;
        self.standing(&[subscription], who, findings);
        self.claimed_before(subscription, findings);
    }

    /// None was named: the only eligible one is taken by itself (E10).
    fn by_itself(&self, to_product: &[&Subscription], findings: &mut Findings) {
        let mut eligible = to_product.iter().filter(|subscription| self.is_eligible(subscription));
        match (eligible.next(), eligible.next()) {
            (Some(only), None) => {
                findings.resolved = Some(only.subscription_id);
                self.claimed_before(only, findings);
            }
            (Some(_), Some(_)) => findings.problems.push(words::subscription_required(self.line, self.product)),
            (None, _) => self.standing(to_product, words::Who::of(to_product.len(), self.product), findings),
        }
    }

    // E9
    fn claimed_before(&self, subscription: &Subscription, findings: &mut Findings) {
        let subject = Subject::Subscription(subscription.subscription_id);
        if let Some(by) = self.judge.facts.claimed.get(&subject) {
            findings.problems.push(words::already_claimed(self.line, *by));
        }
    }

    /// A Microsoft 365 line claims the customer's workload, whatever the subscription (X0, E10, E15).
    fn workload(&self, findings: &mut Findings) {
        if self.line.typed.as_deref().is_some_and(|typed| !visible::is_blank(typed)) {
            findings.problems.push(words::no_subscription_here(self.line));
        }
        if !self.judge.tenant {
            return; // E1
        }
        let to_product = self.to_product();
        if to_product.is_empty() {
            findings.problems.push(words::product_not_on_tenant(self.line, self.product)); // E4
        } else if !to_product.iter().any(|subscription| self.is_eligible(subscription)) {
            self.standing(&to_product, words::Who::of(to_product.len(), self.product), findings);
        }
        let workload = Subject::Workload { tenant_id: self.judge.intent.tenant_id, sku_id: self.product.sku_id };
        if let Some(by) = self.judge.facts.claimed.get(&workload) {
            findings.problems.push(words::duplicate_claim(self.line, self.product, *by)); // E15
        }
    }

    /// Why these subscriptions cannot be claimed, each reason once (E6-E8).
    fn standing(&self, subscriptions: &[&Subscription], who: words::Who<'_>, findings: &mut Findings) {
        let any = |test: &dyn Fn(&Subscription) -> bool| subscriptions.iter().any(|subscription| test(subscription));
        if any(&|subscription| !self.sold_well(subscription)) {
            findings.problems.push(words::channel_not_eligible(self.line, who));
        }
        if any(&|subscription| subscription.status == SubscriptionStatus::PendingProvisioning) {
            findings.problems.push(words::not_provisioned(self.line, who));
        }
        if any(&|subscription| self.is_over(subscription)) {
            findings.problems.push(words::not_active(self.line, who));
        }
    }

    fn is_eligible(&self, subscription: &Subscription) -> bool {
        self.sold_well(subscription)
            && subscription.status != SubscriptionStatus::PendingProvisioning
            && !self.is_over(subscription)
    }

    // C3, E6
    fn sold_well(&self, subscription: &Subscription) -> bool {
        catalogue::channels(self.product.solution_area).contains(&subscription.channel)
    }

    // E8
    fn is_over(&self, subscription: &Subscription) -> bool {
        matches!(subscription.status, SubscriptionStatus::Suspended | SubscriptionStatus::Expired)
            || subscription.ends_at.is_some_and(|end| end <= self.judge.now)
    }

    fn on_tenant(&self, id: Uuid) -> Option<&'a Subscription> {
        self.judge.facts.subscriptions.iter().find(|subscription| subscription.subscription_id == id)
    }

    fn to_product(&self) -> Vec<&'a Subscription> {
        let all = self.judge.facts.subscriptions.iter();
        all.filter(|subscription| subscription.sku_id == self.product.sku_id).collect()
    }

    // E2
    fn typed(&self) -> Typed {
        let typed = self.line.typed.as_deref().unwrap_or_default();
        if visible::is_blank(typed) {
            return Typed::Nothing;
        }
        let Some(id) = identifier::uuid(typed) else {
            return Typed::NoSubscriptionId(words::not_an_id(self.line, typed));
        };
        let facts = self.judge.facts;
        if id == self.judge.intent.tenant_id {
            Typed::NoSubscriptionId(words::id_of_another_kind(self.line, id, "the customer's tenant id"))
        } else if facts.sku_ids.contains(&id) || facts.products.contains_key(&id) {
            Typed::NoSubscriptionId(words::id_of_another_kind(self.line, id, "the id of a product"))
        } else {
            Typed::Id(id)
        }
    }
}
