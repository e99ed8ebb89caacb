//! The people of the sample: one for each role, and a second partner.

use domain::{
    caller::{Caller, usable_scopes},
    kinds::Role,
};
use uuid::Uuid;

use crate::cli::error::CliError;

/// A person with a token.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The shell variable that holds the token.
    pub variable: &'static str,
    /// The one role.
    pub role: Role,
    /// The token's subject.
    pub subject: &'static str,
    /// The display name.
    pub name: &'static str,
    /// Whom they work for, for people.
    pub company: &'static str,
    /// The partner's id.
    pub partner: Option<Uuid>,
    /// The tenant's id.
    pub tenant: Option<Uuid>,
}

/// The partner of most samples.
pub const ALDER: Uuid = partner(1);
/// The other partner.
pub const BRIGHTWATER: Uuid = partner(2);

/// A partner's id in `data/partners.csv`.
pub const fn partner(number: u128) -> Uuid {
    Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0000 | number)
}

/// A tenant's id in `data/customers.csv`.
pub const fn tenant(number: u128) -> Uuid {
    Uuid::from_u128(0x2000_0000_0000_4000_8000_0000_0000_0000 | number)
}

/// A subscription's id in `data/subscriptions.csv`, with its digits as there.
pub const fn subscription(number: u128) -> Uuid {
    Uuid::from_u128(0x3000_0000_0000_4000_8000_0000_0000_0000 | number)
}

const fn of_partner(variable: &'static str, role: Role, subject: &'static str, name: &'static str) -> Person {
    Person { variable, role, subject, name, company: "Alder & Finch Consulting", partner: Some(ALDER), tenant: None }
}

const fn of_vendor(variable: &'static str, role: Role, subject: &'static str, name: &'static str) -> Person {
    Person { variable, role, subject, name, company: "the vendor", partner: None, tenant: None }
}

/// Makes and hands in the claims of Alder & Finch.
pub const ALDER_ADMIN: Person =
    of_partner("INCENTIVES_ADMIN", Role::IncentivesAdmin, "ines@alder-finch.example", "Ines Alder");
/// Makes and hands in the claims of Brightwater.
pub const BRIGHTWATER_ADMIN: Person = Person {
    company: "Brightwater Systems",
    partner: Some(BRIGHTWATER),
    ..of_partner("BRIGHTWATER_ADMIN", Role::GlobalAdmin, "bram@brightwater.example", "Bram de Wit")
};
/// Reviews the claims.
pub const REVIEWER: Person = of_vendor("REVIEWER", Role::Reviewer, "rita@vendor.example", "Rita Moss");

/// Everybody.
pub const CAST: [Person; 10] = [
    of_partner("GLOBAL_ADMIN", Role::GlobalAdmin, "gil@alder-finch.example", "Gil Finch"),
    of_partner("BILLING_ADMIN", Role::BillingAdmin, "bea@alder-finch.example", "Bea Lorne"),
    ALDER_ADMIN,
    of_partner("INCENTIVES_USER", Role::IncentivesUser, "ulf@alder-finch.example", "Ulf Brandt"),
    BRIGHTWATER_ADMIN,
    REVIEWER,
    of_vendor("REVIEW_LEAD", Role::ReviewLead, "lena@vendor.example", "Lena Hart"),
    of_vendor("AUDITOR", Role::Auditor, "axel@vendor.example", "Axel Noor"),
    of_vendor("DIRECTORY_SYNC", Role::DirectorySync, "directory-sync", "Directory sync"),
    Person {
        variable: "CUSTOMER_ADMIN",
        role: Role::CustomerAdmin,
        subject: "nora@northgate.example",
        name: "Nora Reyes",
        company: "Northgate Foods",
        partner: None,
        tenant: Some(tenant(1)),
    },
];

impl Person {
    /// The caller that their token makes them.
    ///
    /// # Errors
    /// None with the people above.
    pub fn caller(&self) -> Result<Caller, CliError> {
        let scopes = usable_scopes(self.role).to_vec();
        Caller::new(
            self.subject.to_owned(),
            Some(self.name.to_owned()),
            &[self.role],
            scopes,
            self.partner,
            self.tenant,
        )
        .map_err(|none| CliError::new(none.message(), "This is a mistake in the sample; please report it."))
    }
}
