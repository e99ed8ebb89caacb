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

/// What a partner has said so far of what it means to claim: an intent of which parts may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The partner that asks.
    pub partner_id: Uuid,
    /// The customer's tenant id.
    pub tenant_id: Option<Uuid>,
    /// The customer's domain.
    pub domain: Option<String>,
    /// The solution area.
    pub solution_area: Option<SolutionArea>,
    /// The activities.
    pub activities: Option<Vec<Activity>>,
    /// The location.
    pub mpn_id: Option<String>,
    /// The lines.
    pub lines: Option<Vec<IntendedLine>>,
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

impl Question {
    /// The intent by which the facts are looked up. A part that is missing is blank there, which finds nothing;
    /// [`super::check_so_far`] does not judge by it.
    #[must_use]
    pub fn to_look_up(&self) -> Intent {
        Intent {
            partner_id: self.partner_id,
            claim_id: None,
            tenant_id: self.tenant_id.unwrap_or_default(),
            domain: self.domain.clone().unwrap_or_default(),
            solution_area: self.solution_area.unwrap_or(SolutionArea::BusinessApplications),
            activities: self.activities.clone().unwrap_or_default(),
            mpn_id: self.mpn_id.clone().unwrap_or_default(),
            lines: self.lines.clone().unwrap_or_default(),
        }
    }
}

/// What is judged: an intent, or as much of one as is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) partner_id: Uuid,
    pub(super) tenant_id: Option<Uuid>,
    pub(super) domain: Option<&'a str>,
    pub(super) solution_area: Option<SolutionArea>,
    pub(super) activities: Option<&'a [Activity]>,
    pub(super) mpn_id: Option<&'a str>,
    pub(super) lines: Option<&'a [IntendedLine]>,
}

impl<'a> From<&'a Intent> for Given<'a> {
    fn from(intent: &'a Intent) -> Self {
        Self {
            partner_id: intent.partner_id,
            tenant_id: Some(intent.tenant_id),
            domain: Some(&intent.domain),
            solution_area: Some(intent.solution_area),
            activities: Some(&intent.activities),
            mpn_id: Some(&intent.mpn_id),
            lines: Some(&intent.lines),
        }
    }
}

impl<'a> From<&'a Question> for Given<'a> {
    fn from(question: &'a Question) -> Self {
        Self {
            partner_id: question.partner_id,
            tenant_id: question.tenant_id,
            domain: question.domain.as_deref(),
            solution_area: question.solution_area,
            activities: question.activities.as_deref(),
            mpn_id: question.mpn_id.as_deref(),
            lines: question.lines.as_deref(),
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
