//! A small world to judge by: one customer, one partner, a few products and subscriptions.

use std::collections::{HashMap, HashSet};

use domain::{
    claim::Subject,
    eligibility::{Facts, IntendedLine, Intent, Location, Outcome, Product, Subscription, check},
    kinds::{Activity, IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus},
    problem::Problem,
    time::Timestamp,
};
use uuid::Uuid;

pub const PARTNER: Uuid = Uuid::from_u128(0xA1);
pub const TENANT: Uuid = Uuid::from_u128(0xB1);
/// Business Applications products.
pub const SALES: Uuid = Uuid::from_u128(0xC1);
pub const FINANCE: Uuid = Uuid::from_u128(0xC2);
/// Microsoft 365 products.
pub const TEAMS: Uuid = Uuid::from_u128(0xC3);
pub const EXCHANGE: Uuid = Uuid::from_u128(0xC4);
/// Subscriptions.
pub const FIRST: Uuid = Uuid::from_u128(0xD1);
pub const SECOND: Uuid = Uuid::from_u128(0xD2);
pub const ELSEWHERE: Uuid = Uuid::from_u128(0xD9);

pub use SolutionArea::{BusinessApplications, Microsoft365};
pub use SubscriptionChannel::{Csp, VolumeLicensing, WebDirect};
pub use SubscriptionStatus::{Active, Expired, InGrace, PendingProvisioning, Suspended};

/// So many seconds after 1970; the judgement takes place at [`now`].
pub fn at(seconds: i32) -> Timestamp {
    jiff::Timestamp::constant(i64::from(seconds), 0).into()
}

pub fn now() -> Timestamp {
    at(1_000_000)
}

/// An intent and the facts it is judged by; at first without lines and without a problem but that.
#[derive(Clone, Debug)]
pub struct World {
    pub intent: Intent,
    pub facts: Facts,
}

impl World {
    pub fn new(area: SolutionArea) -> Self {
        let product = |(sku_id, name, solution_area): (Uuid, &str, SolutionArea)| {
            (sku_id, Product { sku_id, name: name.to_owned(), solution_area })
        };
        let products = [
            (SALES, "Sales", BusinessApplications),
            (FINANCE, "Finance", BusinessApplications),
            (TEAMS, "Teams", Microsoft365),
            (EXCHANGE, "Exchange", Microsoft365),
        ];
        Self {
            intent: Intent {
                partner_id: PARTNER,
                claim_id: None,
                tenant_id: TENANT,
                domain: "contoso.com".to_owned(),
                solution_area: area,
                activities: vec![Activity::Usage],
                mpn_id: "4711".to_owned(),
                lines: Vec::new(),
            },
            facts: Facts {
                domains: Some(HashSet::from(["contoso.com".to_owned(), "contoso.example".to_owned()])),
                location: Some(Location { partner_id: PARTNER, enrolled: IncentiveProgram::ALL.to_vec() }),
                products: products.into_iter().map(product).collect::<HashMap<_, _>>(),
                ..Facts::default()
            },
        }
    }

    pub fn subscription(
        mut self,
        id: Uuid,
        sku_id: Uuid,
        channel: SubscriptionChannel,
        status: SubscriptionStatus,
    ) -> Self {
        self.facts.subscriptions.push(Subscription { subscription_id: id, sku_id, channel, status, ends_at: None });
        self
    }

    /// The subscription given last ends then.
    pub fn ends(mut self, end: Timestamp) -> Self {
        if let Some(last) = self.facts.subscriptions.last_mut() {
            last.ends_at = Some(end);
        }
        self
    }

    pub fn line(self, sku_id: Uuid) -> Self {
        self.typed_line(Some(sku_id), None)
    }

    pub fn line_on(self, sku_id: Uuid, subscription: Uuid) -> Self {
        self.typed_line(Some(sku_id), Some(&subscription.to_string()))
    }

    pub fn typed_line(mut self, sku_id: Option<Uuid>, typed: Option<&str>) -> Self {
        let field = vec!["lines".to_owned(), self.intent.lines.len().to_string()];
        self.intent.lines.push(IntendedLine { sku_id, typed: typed.map(ToOwned::to_owned), field });
        self
    }

    pub fn claimed(mut self, subject: Subject) -> Self {
        self.facts.claimed.insert(subject, Uuid::from_u128(0xFF));
        self
    }

    pub fn activities(mut self, activities: &[Activity]) -> Self {
        self.intent.activities = activities.to_vec();
        self
    }

    pub fn outcome(&self) -> Outcome {
        check(&self.intent, &self.facts, now())
    }

    /// Every problem as `CODE field/path`, in order.
    pub fn told(&self) -> Vec<String> {
        let outcome = self.outcome();
        assert_eq!(outcome.resolved.len(), self.intent.lines.len());
        told(&outcome.problems)
    }

    /// Those of them that refuse at once.
    pub fn refused(&self) -> Vec<String> {
        told(&self.outcome().refused)
    }
}

/// Problems as `CODE field/path`; each must have words that help.
pub fn told(problems: &[Problem]) -> Vec<String> {
    let tell = |problem: &Problem| {
        assert!(problem.message.ends_with('.'), "{problem:?}");
        assert!(problem.remedy.as_deref().is_some_and(|remedy| remedy.ends_with('.')), "{problem:?}");
        format!("{} {}", problem.code.as_str(), problem.field.as_deref().unwrap_or_default().join("/"))
    };
    problems.iter().map(tell).collect()
}
