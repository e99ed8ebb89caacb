//! What eligibility judges (the intent) and what it judges by (the facts), both as plain values.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::{
    claim::{Claim, Subject},
    kinds::{Activity, IncentiveProgram, SolutionArea, SubscriptionChannel, SubscriptionStatus},
    time::Timestamp,
};

/// What a partner means to claim: a draft, an edit of a claim, or a mere question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The partner that asks.
    pub partner_id: Uuid,
    /// The claim itself, so that it is not counted among its own rivals (E9, E15).
    pub claim_id: Option<Uuid>,
    /// The customer's tenant id, as given.
    pub tenant_id: Uuid,
    /// The customer's domain, as given.
    pub domain: String,
    /// The solution area.
    pub solution_area: SolutionArea,
    /// The activities, as given.
    pub activities: Vec<Activity>,
    /// The location.
    pub mpn_id: String,
    /// The lines that count.
    pub lines: Vec<IntendedLine>,
}

/// One line of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntendedLine {
    /// The product's SKU id; `None` if the given id names no product at all.
    pub sku_id: Option<Uuid>,
    /// The subscription id as typed.
    pub typed: Option<String>,
    /// The path in the input, such as `["lines", "0"]`.
    pub field: Vec<String>,
}

impl Intent {
    /// The intent of a stored claim, without its lost lines.
    #[must_use]
    pub fn of(claim: &Claim) -> Self {
        let line = |(index, line): (usize, &crate::claim::Line)| IntendedLine {
            sku_id: Some(line.sku_id),
            typed: line.subscription_id.map(|id| id.to_string()).or_else(|| line.typed.clone()),
            field: vec!["lines".to_owned(), index.to_string()],
        };
        Self {
            partner_id: claim.partner_id,
            claim_id: Some(claim.id),
            tenant_id: claim.tenant_id,
            domain: claim.domain.clone(),
            solution_area: claim.solution_area,
            activities: claim.activities.clone(),
            mpn_id: claim.mpn_id.clone(),
            lines: claim.standing_lines().enumerate().map(line).collect(),
        }
    }
}

/// Everything that the directory and the partner's other claims contain about an intent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The tenant's verified domains, lower case; `None` if the tenant is unknown.
    pub domains: Option<HashSet<String>>,
    /// The location of the MPN id; `None` if it is unknown.
    pub location: Option<Location>,
    /// The products that the lines name and the catalog has, by SKU id.
    pub products: HashMap<Uuid, Product>,
    /// Those of the typed ids that are SKU ids of the catalog (E2).
    pub sku_ids: HashSet<Uuid>,
    /// The tenant's subscriptions to the lines' products, and those of its subscriptions that a line names.
    pub subscriptions: Vec<Subscription>,
    /// What other live claims of the same partner claim, and which claim does (E9, E15).
    pub claimed: HashMap<Subject, Uuid>,
}

/// A partner's location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Whose it is.
    pub partner_id: Uuid,
    /// Where it is enrolled.
    pub enrolled: Vec<IncentiveProgram>,
}

/// A product of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The SKU id.
    pub sku_id: Uuid,
    /// The name, for messages.
    pub name: String,
    /// The one solution area it belongs to.
    pub solution_area: SolutionArea,
}

/// A subscription of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub subscription_id: Uuid,
    /// The product it is for.
    pub sku_id: Uuid,
    /// How it was sold.
    pub channel: SubscriptionChannel,
    /// Where it is in its life.
    pub status: SubscriptionStatus,
    /// When it ends, if it does.
    pub ends_at: Option<Timestamp>,
}
