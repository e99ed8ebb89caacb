//! The sample claims: one in every status for each of two partners, on subscriptions of `data/subscriptions.csv`.

use domain::{
    claim::Contact,
    kinds::{
        ActionReason,
        Activity::{self, Presales, RevenueAssociation, Usage},
        RejectionReason,
        SolutionArea::{self, BusinessApplications, Microsoft365},
    },
};
use uuid::{Uuid, uuid};

use super::cast::{ALDER_ADMIN, BRIGHTWATER_ADMIN, Person, subscription, tenant};
use crate::app::claims::{CreateClaim, LineInput};

/// A sample claim and how far it is taken.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Who makes it.
    pub by: Person,
    /// The partner's own reference, by which it is found again.
    pub reference: &'static str,
    /// Its name.
    pub name: &'static str,
    mpn_id: &'static str,
    customer: Customer,
    activities: &'static [Activity],
    sku_id: Uuid,
    /// Business Applications only, and what tells the area.
    subscription: Option<Uuid>,
    /// How far it is taken.
    pub goal: Goal,
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
    /// Decided for.
    Approved,
}

#[derive(Clone, Copy, Debug)]
struct Customer {
    number: u128,
    domain: &'static str,
}

const NORTHGATE: Customer = Customer { number: 1, domain: "northgate.example" };
const HARBOUR_LANE: Customer = Customer { number: 2, domain: "harbourlane.example" };
const SILVERBROOK: Customer = Customer { number: 3, domain: "silverbrook.example" };
const MERIDIAN: Customer = Customer { number: 4, domain: "meridian-savings.example" };
const OAKFIELD: Customer = Customer { number: 5, domain: "oakfield.example" };
const PINEWOOD: Customer = Customer { number: 6, domain: "pinewood.example" };

const FINANCE: Uuid = uuid!("55c9eb4e-c746-45b4-b255-9ab6b19d5c62");
const SUPPLY_CHAIN: Uuid = uuid!("f2e48cb3-9da0-42cd-8464-4a54ce198ad0");
const SALES: Uuid = uuid!("1e1a282c-9c54-43a2-9310-98ef728faace");
const CUSTOMER_SERVICE: Uuid = uuid!("749742bf-0d37-4158-a120-33567104deeb");
const BUSINESS_CENTRAL: Uuid = uuid!("f991cecc-3f91-4cd0-a9a8-bf1c8167e029");
const POWER_APPS: Uuid = uuid!("b30411f5-fea1-4a59-9ad9-3db7c7ead579");
const M365_E3: Uuid = uuid!("05e9a617-0261-4cee-bb44-138d3ef5d965");
const M365_E5: Uuid = uuid!("06ebc4ee-1bb5-47dd-8120-11324bc54e06");
const M365_A3: Uuid = uuid!("4b590615-0888-425a-a965-b3bf7789848d");
const INTUNE: Uuid = uuid!("061f9ace-7d42-4136-88ac-31dc755f143f");

/// Every sample, in the order in which they are made.
///
/// The last one ends approved: no caller can delete it or change its reference, so that it tells for ever that all were
/// made.
pub const SAMPLES: [Sample; 12] = [
    alder("SAMPLE-A1", "Supply chain roll-out", HARBOUR_LANE, &[Usage], SUPPLY_CHAIN, Some(0x202), Goal::Draft),
    alder("SAMPLE-A2", "Modern workplace for dispatchers", HARBOUR_LANE, &[Usage], M365_E5, None, Goal::Submitted),
    alder(
        "SAMPLE-A3",
        "Finance for five plants",
        NORTHGATE,
        &[Presales, Usage],
        FINANCE,
        Some(0x109),
        Goal::UnderReview,
    ),
    alder(
        "SAMPLE-A4",
        "Classroom adoption programme",
        SILVERBROOK,
        &[Usage],
        M365_A3,
        None,
        Goal::Asked(ActionReason::MissingCustomerAcknowledgement, "Please attach the page that the customer signed."),
    ),
    alder(
        "SAMPLE-A5",
        "Security adoption for branches",
        MERIDIAN,
        &[Usage],
        M365_E5,
        None,
        Goal::Rejected(RejectionReason::InsufficientPoe, "The document names no work that was done for this customer."),
    ),
    brightwater(
        "SAMPLE-B1",
        "Business Central for brokers",
        PINEWOOD,
        &[RevenueAssociation],
        BUSINESS_CENTRAL,
        Some(0x603),
        Goal::Draft,
    ),
    brightwater("SAMPLE-B2", "Sales for brokers", PINEWOOD, &[Presales], SALES, Some(0x601), Goal::Submitted),
    Sample {
        mpn_id: "1000202",
        ..brightwater("SAMPLE-B3", "Ward tablets", OAKFIELD, &[Usage], M365_E3, None, Goal::UnderReview)
    },
    brightwater(
        "SAMPLE-B4",
        "Service desk for card holders",
        MERIDIAN,
        &[Usage],
        CUSTOMER_SERVICE,
        Some(0x401),
        Goal::Asked(
            ActionReason::MissingOrOutdatedDates,
            "The statement of work has no dates; please attach one that has.",
        ),
    ),
    brightwater(
        "SAMPLE-B5",
        "Campus apps",
        SILVERBROOK,
        &[Usage],
        POWER_APPS,
        Some(0x302),
        Goal::Rejected(RejectionReason::MissingCustomerAcknowledgement, "The customer's signature is missing."),
    ),
    brightwater(
        "SAMPLE-B6",
        "Finance selection",
        HARBOUR_LANE,
        &[RevenueAssociation],
        FINANCE,
        Some(0x201),
        Goal::Approved,
    ),
    alder("SAMPLE-A6", "Device management", NORTHGATE, &[Usage], INTUNE, None, Goal::Approved),
];

#[expect(clippy::too_many_arguments, reason = "a row of the table above, read as one")]
const fn sample(
    by: Person,
    mpn_id: &'static str,
    reference: &'static str,
    name: &'static str,
    customer: Customer,
    activities: &'static [Activity],
    sku_id: Uuid,
    subscribed: Option<u128>,
    goal: Goal,
) -> Sample {
    let subscription = match subscribed {
        Some(number) => Some(subscription(number)),
        None => None,
    };
    Sample { by, reference, name, mpn_id, customer, activities, sku_id, subscription, goal }
}

const fn alder(
    reference: &'static str,
    name: &'static str,
    customer: Customer,
    activities: &'static [Activity],
    sku_id: Uuid,
    subscribed: Option<u128>,
    goal: Goal,
) -> Sample {
    sample(ALDER_ADMIN, "1000101", reference, name, customer, activities, sku_id, subscribed, goal)
}

const fn brightwater(
    reference: &'static str,
    name: &'static str,
    customer: Customer,
    activities: &'static [Activity],
    sku_id: Uuid,
    subscribed: Option<u128>,
    goal: Goal,
) -> Sample {
    sample(BRIGHTWATER_ADMIN, "1000201", reference, name, customer, activities, sku_id, subscribed, goal)
}

impl Sample {
    /// The solution area: a Business Applications line names its subscription, a Microsoft 365 line never does (E10).
    const fn solution_area(&self) -> SolutionArea {
        if self.subscription.is_some() { BusinessApplications } else { Microsoft365 }
    }

    /// The draft as its maker gives it; what only a submission asks for is left out of a claim that stays a draft.
    pub fn input(&self) -> CreateClaim {
        let ready = self.goal != Goal::Draft;
        let contact = |name: &str, title: &str, host: &str| {
            let email = format!("{}@{host}", name.to_lowercase().replace(' ', "."));
            ready.then(|| Contact { name: name.to_owned(), title: Some(title.to_owned()), email, phone: None })
        };
        let details = ready && self.activities.contains(&RevenueAssociation);
        CreateClaim {
            name: self.name.to_owned(),
            external_reference: Some(self.reference.to_owned()),
            tenant_id: tenant(self.customer.number),
            domain: self.customer.domain.to_owned(),
            solution_area: self.solution_area(),
            activities: self.activities.to_vec(),
            mpn_id: self.mpn_id.to_owned(),
            lines: vec![LineInput { sku_id: Some(self.sku_id), typed: self.subscription.map(|id| id.to_string()) }],
            customer_contact: contact("Carla Stone", "Head of IT", self.customer.domain),
            technical_contact: contact("Tom Reed", "Systems engineer", self.customer.domain),
            partner_contact: contact("Paul Weaver", "Engagement manager", "partner.example"),
            solution_seller: details.then(|| "Sven Larsen".to_owned()),
            partner_solution: details.then(|| "Finance Accelerator".to_owned()),
        }
    }
}
