//! What a sample claim is, and how far it is taken.

use domain::{
    claim::Contact,
    kinds::{
        ActionReason,
        Activity::{self, RevenueAssociation},
        RejectionReason,
        SolutionArea::{self, BusinessApplications, Microsoft365},
    },
    lifecycle::{ClaimContent, NewLine},
    patch::Patch,
};
use uuid::Uuid;

use super::cast::{Person, tenant};

/// A sample claim and how far it is taken.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Who makes it.
    pub by: Person,
    /// The partner's own reference, by which it is found again.
    pub reference: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The location that makes it.
    pub mpn_id: &'static str,
    /// The customer it is about.
    pub customer: Customer,
    /// The activities (C4b).
    pub activities: &'static [Activity],
    /// The one product.
    pub sku_id: Uuid,
    /// Business Applications only, and what tells the area.
    pub subscription: Option<Uuid>,
    /// How far it is taken.
    pub goal: Goal,
    /// Whether it is brought there before the clock is moved, so that what runs on it then has run out.
    pub past: bool,
}

/// How far a sample claim is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A draft, without proof and contacts.
    Draft,
    /// Handed in.
    Submitted,
    /// A reviewer is at it.
    UnderReview,
    /// The partner must answer.
    Asked(ActionReason, &'static str),
    /// Decided against.
    Rejected(RejectionReason, &'static str),
    /// Decided against, and disputed with this justification.
    Disputed(RejectionReason, &'static str, &'static str),
    /// Decided for.
    Approved,
}

/// A customer of `data/customers.csv`.
#[derive(Clone, Copy, Debug)]
pub struct Customer {
    /// The last digits of the tenant's id.
    pub number: u128,
    /// The default domain.
    pub domain: &'static str,
}

impl Sample {
    /// The solution area: a Business Applications line names its subscription, a Microsoft 365 line never does (E10).
    const fn solution_area(&self) -> SolutionArea {
        if self.subscription.is_some() { BusinessApplications } else { Microsoft365 }
    }

    /// The draft as its maker gives it; what only a submission asks for is left out of a claim that stays a draft.
    pub fn input(&self) -> ClaimContent {
        let ready = self.goal != Goal::Draft;
        let contact = |name: &str, title: &str, host: &str| {
            let email = format!("{}@{host}", name.to_lowercase().replace(' ', "."));
            let contact = Contact { name: name.to_owned(), title: Some(title.to_owned()), email, phone: None };
            if ready { Patch::Set(contact) } else { Patch::Keep }
        };
        let has_details = ready && self.activities.contains(&RevenueAssociation);
        let detail = |text: &str| if has_details { Patch::Set(text.to_owned()) } else { Patch::Keep };
        ClaimContent {
            name: self.name.to_owned(),
            external_reference: Some(self.reference.to_owned()),
            domain: self.customer.domain.to_owned(),
            activities: self.activities.to_vec(),
            mpn_id: self.mpn_id.to_owned(),
            lines: Patch::Set(vec![NewLine {
                sku_id: Some(self.sku_id),
                typed: self.subscription.map(|id| id.to_string()),
            }]),
            customer_contact: contact("Carla Stone", "Head of IT", self.customer.domain),
            technical_contact: contact("Tom Reed", "Systems engineer", self.customer.domain),
            partner_contact: contact("Paul Weaver", "Engagement manager", "partner.example"),
            solution_seller: detail("Sven Larsen"),
            partner_solution: detail("Finance Accelerator"),
            ..ClaimContent::about(tenant(self.customer.number), self.solution_area())
        }
    }
}
