//! The sample claims, on subscriptions of `data/subscriptions.csv`: one in every status for each of two partners, and what
//! takes time or a rival to come about.

use domain::kinds::{
    ActionReason,
    Activity::{self, Presales, RevenueAssociation, Usage},
    RejectionReason,
};
use uuid::{Uuid, uuid};

use super::{
    cast::{ALDER_ADMIN, BRIGHTWATER_ADMIN, Person, subscription},
    claims::{Customer, Goal, Sample},
};

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
const TEAMS_ROOMS: Uuid = uuid!("4cde982a-ede4-4409-9ae6-b003453c8ea6");
const BUSINESS_PREMIUM: Uuid = uuid!("cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46");
const MOBILITY: Uuid = uuid!("efccb6f7-5641-4e0e-bd10-b4976e1bf68e");
const INTUNE: Uuid = uuid!("061f9ace-7d42-4136-88ac-31dc755f143f");

/// Every sample, in the order in which they are made: those of the past first.
///
/// The last one ends approved: no caller can delete it or change its reference, so that it tells for ever that all were
/// made.
pub const SAMPLES: [Sample; 17] = [
    Sample {
        past: true,
        ..alder("SAMPLE-A7", "Sales for branches", MERIDIAN, &[Presales, Usage], SALES, Some(0x402), Goal::Approved)
    },
    Sample {
        past: true,
        mpn_id: "1000202",
        ..brightwater("SAMPLE-B7", "Workplace for brokers", PINEWOOD, &[Usage], BUSINESS_PREMIUM, None, Goal::Approved)
    },
    Sample {
        past: true,
        mpn_id: "1000202",
        ..brightwater("SAMPLE-B8", "Safe mobiles for wards", OAKFIELD, &[Usage], MOBILITY, None, Goal::UnderReview)
    },
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
        "Classroom adoption program",
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
    // On what SAMPLE-B7 is associated with: an arbitration opens (X1).
    alder("SAMPLE-A8", "Workplace for claims handlers", PINEWOOD, &[Usage], BUSINESS_PREMIUM, None, Goal::UnderReview),
    alder(
        "SAMPLE-A9",
        "Lecture hall rooms",
        SILVERBROOK,
        &[Usage],
        TEAMS_ROOMS,
        None,
        Goal::Disputed(
            RejectionReason::MissingProducts,
            "The document does not name Microsoft Teams Rooms Pro.",
            "The second page names it by its former name, which the customer still uses.",
        ),
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
    Sample { by, reference, name, mpn_id, customer, activities, sku_id, subscription, goal, past: false }
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
