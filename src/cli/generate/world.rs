//! Who and what the generated claims are about: the catalog, partners, customers, reviewers. Everything follows from
//! the seed and a number, so that nothing but the catalog and the partners has to be kept.

use std::collections::HashMap;

use domain::{
    caller::{Caller, Side, usable_scopes},
    directory::{CustomerRow, LocationRow, PartnerRow, ProductRow},
    kinds::{
        IncentiveProgram::{self, OsaSell, OsuBusinessApplications, OsuMicrosoft365},
        Role, SolutionArea,
    },
    policy::Policy,
};
use uuid::Uuid;

use super::{span::begin, words};
use crate::{
    cli::{
        error::CliError,
        import::{Format, rows},
    },
    ids::Seeded,
};

const PRODUCTS: &str = include_str!("../../../data/products.csv");

/// How many reviewers there are, beside one lead.
const REVIEWERS: u64 = 40;
/// How many people each partner has, beside one who may not submit (A1).
const ADMINS: [Role; 3] = [Role::GlobalAdmin, Role::BillingAdmin, Role::IncentivesAdmin];
/// Where a partner's locations are enrolled: everywhere, in part, nowhere.
const ENROLLED: [&[IncentiveProgram]; 3] =
    [&[OsaSell, OsuBusinessApplications, OsuMicrosoft365], &[OsuBusinessApplications, OsuMicrosoft365], &[]];
const COUNTRIES: [&str; 6] = ["DE", "GB", "HU", "NL", "SE", "TR"];

/// What all customers share.
#[derive(Debug)]
pub struct World {
    /// What deadlines and limits the claims were made under.
    pub policy: Policy,
    /// Every product.
    pub products: Vec<ProductRow>,
    /// Every partner.
    pub partners: Vec<PartnerRow>,
    /// Where a product or partner stands, by its id.
    places: HashMap<Uuid, usize>,
    seed: Seeded,
}

/// Parts of the seed; customers come after them.
const PARTNERS_PART: u64 = 1 << 62;
const NUMBERS_PART: u64 = 1 << 63;

impl World {
    /// A world of so many partners.
    pub fn new(seed: u64, partners: u64, policy: Policy) -> Result<Self, CliError> {
        let products: Result<Vec<ProductRow>, String> = rows::<ProductRow>(Format::Csv, PRODUCTS.as_bytes())?
            .map(|entry| entry.map_err(|_| String::new()).and_then(|entry| entry.row))
            .collect();
        let products = products.map_err(|why| {
            CliError::new(format!("The catalog cannot be read: {why}"), "This is a defect; please report it.")
        })?;
        let seed = Seeded::new(seed);
        let partner = |number| partner(number, &mut seed.part(PARTNERS_PART + number));
        let partners: Vec<PartnerRow> = (0..partners).map(partner).collect();
        let of_products = products.iter().enumerate().map(|(place, product)| (product.sku_id, place));
        let of_partners = partners.iter().enumerate().map(|(place, partner)| (partner.partner_id, place));
        let places = of_products.chain(of_partners).collect();
        Ok(Self { policy, products, partners, places, seed })
    }

    /// The random sequence of one customer.
    pub fn dice(&self, customer: u64) -> Seeded {
        self.seed.part(customer)
    }

    /// Where the numbers of claims begin, before they are scattered.
    pub fn first_number(&self) -> u64 {
        self.seed.part(NUMBERS_PART).number()
    }

    /// The products of an area.
    pub fn of_area(&self, area: SolutionArea) -> Vec<&ProductRow> {
        self.products.iter().filter(|product| product.solution_area == area).collect()
    }

    /// A product by its id.
    pub fn product(&self, sku_id: Uuid) -> Option<&ProductRow> {
        self.products.get(*self.places.get(&sku_id)?)
    }

    /// A partner by its id.
    pub fn partner(&self, id: Uuid) -> Option<&PartnerRow> {
        self.partners.get(*self.places.get(&id)?)
    }

    /// Some partner: half of the claims are spread evenly, half lean towards the first partners.
    pub fn some_partner(&self, dice: &mut Seeded) -> Option<&PartnerRow> {
        if dice.chance(50) {
            return dice.pick(&self.partners);
        }
        let all = u64::try_from(self.partners.len()).unwrap_or(0);
        let fewer = dice.below(all) + 1;
        let chosen = dice.below(fewer);
        self.partners.get(usize::try_from(chosen).unwrap_or(0))
    }
}

fn partner(number: u64, dice: &mut Seeded) -> PartnerRow {
    let name = format!("{} {} {number}", company(dice), dice.pick(&words::PARTNERS).unwrap_or(&""));
    let partner_id = dice.id(begin());
    let locations = ENROLLED.iter().zip(0..).map(|(enrolled, place)| LocationRow {
        mpn_id: (4_000_000 + number * 10 + place).to_string(),
        name: format!("{name}, office {}", place + 1),
        country: (*dice.pick(&COUNTRIES).unwrap_or(&"DE")).to_owned(),
        enrolled_programs: enrolled.to_vec(),
        partner_type: None,
    });
    PartnerRow { partner_id, locations: locations.collect(), name: name.clone(), contact_email: None, locale: None }
}

/// The customer of this number.
pub fn customer(number: u64, dice: &mut Seeded) -> CustomerRow {
    let name = company(dice);
    let domain = format!("{}{number}.example", name.to_lowercase());
    let mut domains = vec![domain.clone()];
    if dice.chance(30) {
        domains.push(format!("mail.{domain}"));
    }
    domains.sort_unstable();
    let kind = dice.pick(&words::CUSTOMERS).unwrap_or(&"");
    CustomerRow {
        tenant_id: dice.id(begin()),
        name: format!("{name} {kind} {number}"),
        domain,
        domains: Some(domains),
        contact_email: None,
        locale: None,
    }
}

fn company(dice: &mut Seeded) -> String {
    format!("{}{}", dice.pick(&words::FIRST).unwrap_or(&""), dice.pick(&words::SECOND).unwrap_or(&""))
}

/// A person's name.
pub fn person(dice: &mut Seeded) -> String {
    format!("{} {}", dice.pick(&words::GIVEN).unwrap_or(&""), dice.pick(&words::FAMILY).unwrap_or(&""))
}

fn caller(subject: String, name: String, role: Role, side: Side) -> Caller {
    Caller {
        subject,
        name: Some(name),
        roles: vec![role],
        scopes: usable_scopes(role).to_vec(),
        side,
        stands_in_for: Vec::new(),
    }
}

/// The administrator of a partner of this number, of whom there are three.
pub fn admin(partner: &PartnerRow, number: u64) -> Caller {
    let number = number % 3;
    let role = ADMINS.iter().zip(0..).find(|(_, place)| *place == number).map_or(Role::GlobalAdmin, |(role, _)| *role);
    let host = partner.locations.first().map_or("", |location| location.mpn_id.as_str());
    let subject = format!("admin{number}@partner{host}.example");
    caller(subject, format!("Administrator {number} of {}", partner.name), role, Side::Partner(partner.partner_id))
}

/// The reviewer of this number.
pub fn reviewer(number: u64) -> Caller {
    let number = number % REVIEWERS;
    caller(format!("reviewer{number}@vendor.example"), format!("Reviewer {number}"), Role::Reviewer, Side::Vendor)
}

/// The review lead.
pub fn lead() -> Caller {
    caller("lead@vendor.example".to_owned(), "Lead Reviewer".to_owned(), Role::ReviewLead, Side::Vendor)
}

/// The administrator of a customer.
pub fn customer_admin(customer: &CustomerRow) -> Caller {
    let subject = format!("admin@{}", customer.domain);
    caller(
        subject,
        format!("Administrator of {}", customer.name),
        Role::CustomerAdmin,
        Side::Customer(customer.tenant_id),
    )
}
