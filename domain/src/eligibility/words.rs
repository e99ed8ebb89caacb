//! Messages and remedies of the eligibility problems.
//!
//! No text may depend on another partner's claims or, while the tenant is not proven, on the tenant's data (A4, A6).

use uuid::Uuid;

use super::{IntendedLine, Product};
use crate::{
    catalogue::{activities_in_words, area_name, program_name},
    kinds::{IncentiveProgram, SolutionArea},
    problem::{Problem, ProblemCode},
};

fn problem(code: ProblemCode, field: &str, message: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem::new(code, message).at([field]).remedy(remedy)
}

fn on_line(
    code: ProblemCode,
    line: &IntendedLine,
    field: &str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    let path = line.field.iter().map(String::as_str).chain([field]);
    Problem::new(code, message).at(path).remedy(remedy)
}

fn on_product(
    code: ProblemCode,
    line: &IntendedLine,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    on_line(code, line, "productId", message, remedy)
}

fn on_subscription(
    code: ProblemCode,
    line: &IntendedLine,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Problem {
    on_line(code, line, "subscriptionId", message, remedy)
}

// E1
pub(super) fn domain_tenant_mismatch(domain: &str, tenant_id: Uuid) -> Problem {
    problem(
        ProblemCode::DomainTenantMismatch,
        "domain",
        format!("{domain:?} is not a verified domain of a customer with the tenant id {tenant_id}."),
        "Ask the customer for its tenant id and one of its verified domains.",
    )
    .quoted("domain", domain)
    .param("tenantId", tenant_id)
}

// E2
pub(super) fn not_an_id(line: &IntendedLine, typed: &str) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionIdInvalid,
        line,
        format!("{typed:?} is not a subscription id."),
        "Give the complete id, such as 1f0c3a52-7d1b-4e7e-9c55-0d6f2b8a9e41.",
    )
    .quoted("value", typed)
}

// E2
pub(super) fn id_of_another_kind(line: &IntendedLine, id: Uuid, kind: &str) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionIdInvalid,
        line,
        format!("{id} is {kind}, not a subscription id."),
        "Ask the customer for the id of the subscription itself.",
    )
    .param("value", id)
    .param("kind", kind)
}

// E3: an unknown subscription and another tenant's get the same problem.
pub(super) fn subscription_not_found(line: &IntendedLine, id: Uuid) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionNotFound,
        line,
        format!("The customer's tenant has no subscription {id}."),
        "Ask the customer for the id of a subscription on this tenant.",
    )
    .param("value", id)
}

// E4
pub(super) fn product_not_on_tenant(line: &IntendedLine, product: &Product) -> Problem {
    on_product(
        ProblemCode::ProductNotOnTenant,
        line,
        format!("The customer's tenant has no subscription to {}.", product.name),
        "Claim a product that the tenant has, or ask the customer for the tenant that has this one.",
    )
    .param("product", &product.name)
}

// E5
pub(super) fn product_mismatch(line: &IntendedLine, product: &Product) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionProductMismatch,
        line,
        format!("This subscription is not for {}.", product.name),
        format!("Claim the product of this subscription, or give the id of a subscription to {}.", product.name),
    )
    .param("product", &product.name)
}

/// Which subscriptions a problem is about.
#[derive(Clone, Copy)]
pub(super) enum Who<'a> {
    /// The one that was named.
    Named,
    /// The only one to the product.
    Only(&'a Product),
    /// One of several to the product, none of which counts.
    Several(&'a Product),
}

impl<'a> Who<'a> {
    pub(super) const fn of(count: usize, product: &'a Product) -> Self {
        if count > 1 { Self::Several(product) } else { Self::Only(product) }
    }

    fn says(self, what: &str) -> String {
        match self {
            Self::Named => format!("This subscription {what}."),
            Self::Only(product) => format!("The customer's only subscription to {} {what}.", product.name),
            Self::Several(product) => {
                format!(
                    "None of the customer's subscriptions to {} can be claimed; at least one of them {what}.",
                    product.name
                )
            }
        }
    }

    /// A Microsoft 365 line has no subscription field, so its problems are the product's.
    fn at(self, code: ProblemCode, line: &IntendedLine, what: &str, remedy: &str) -> Problem {
        let (Self::Only(product) | Self::Several(product)) = self else {
            return on_subscription(code, line, self.says(what), remedy);
        };
        let problem = match product.solution_area {
            SolutionArea::Microsoft365 => on_product(code, line, self.says(what), remedy),
            SolutionArea::BusinessApplications => on_subscription(code, line, self.says(what), remedy),
        };
        problem.param("product", &product.name)
    }
}

// E6
pub(super) fn channel_not_eligible(line: &IntendedLine, who: Who<'_>) -> Problem {
    who.at(
        ProblemCode::SubscriptionChannelNotEligible,
        line,
        "was sold through a cloud solution provider (CSP)",
        "Claim a subscription that the customer bought through volume licensing or directly on the web.",
    )
}

// E7
pub(super) fn not_provisioned(line: &IntendedLine, who: Who<'_>) -> Problem {
    who.at(
        ProblemCode::SubscriptionNotProvisioned,
        line,
        "has not been activated by the customer",
        "Ask the customer to activate it, and try again afterwards.",
    )
}

// E8
pub(super) fn not_active(line: &IntendedLine, who: Who<'_>) -> Problem {
    who.at(
        ProblemCode::SubscriptionNotActive,
        line,
        "is suspended, expired or past its end",
        "Ask the customer to renew or reactivate it.",
    )
}

// E9
pub(super) fn already_claimed(line: &IntendedLine, by: Uuid) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionAlreadyClaimed,
        line,
        "Another live claim of your company already claims this subscription.",
        "Continue with that claim, withdraw it, or remove the product from this one.",
    )
    .of_claim(by)
}

// E10
pub(super) fn subscription_required(line: &IntendedLine, product: &Product) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionRequired,
        line,
        format!(
            "The customer has several eligible subscriptions to {}, and the claim does not name one.",
            product.name
        ),
        "Ask the customer which subscription you work on, and give its id.",
    )
    .param("product", &product.name)
}

// E10
pub(super) fn no_subscription_here(line: &IntendedLine) -> Problem {
    on_subscription(
        ProblemCode::InvalidValue,
        line,
        "Microsoft 365 products are claimed without a subscription id.",
        "Remove the subscription id.",
    )
}

// E11
pub(super) fn activity_not_allowed(area: SolutionArea) -> Problem {
    problem(
        ProblemCode::ActivityNotAllowed,
        "activities",
        format!("This set of activities cannot be claimed in {}.", area_name(area)),
        format!("Choose {}.", activities_in_words(area)),
    )
    .param("solutionArea", area)
}

// E12
pub(super) fn solution_area_mismatch(line: &IntendedLine, product: &Product, area: SolutionArea) -> Problem {
    on_product(
        ProblemCode::ProductSolutionAreaMismatch,
        line,
        format!("{} belongs to {}, not to {}.", product.name, area_name(product.solution_area), area_name(area)),
        format!("Remove it here, and create another claim for {}.", area_name(product.solution_area)),
    )
    .param("product", &product.name)
    .param("productSolutionArea", product.solution_area)
    .param("solutionArea", area)
}

// E13
pub(super) fn location_not_yours(mpn_id: &str) -> Problem {
    problem(
        ProblemCode::LocationNotYours,
        "mpnId",
        format!("Your company has no location with the MPN id {mpn_id:?}."),
        "Choose one of your company's locations.",
    )
    .quoted("mpnId", mpn_id)
}

// E13
pub(super) fn location_not_enrolled(mpn_id: &str, program: IncentiveProgram) -> Problem {
    problem(
        ProblemCode::LocationNotEnrolled,
        "mpnId",
        format!("The location {mpn_id} is not enrolled in {}.", program_name(program)),
        "Ask your global admin to enroll the location, or choose one that is enrolled.",
    )
    .param("mpnId", mpn_id)
    .param("program", program)
}

// E14
pub(super) fn products_required() -> Problem {
    problem(ProblemCode::ProductsRequired, "lines", "The claim has no product.", "Add at least one product.")
}

// E14
pub(super) fn proof_required() -> Problem {
    problem(
        ProblemCode::ProofOfExecutionRequired,
        "proofOfExecution",
        "The claim has no proof of execution.",
        "Attach at least one document that proves your work.",
    )
}

/// The missing contact for this code (E14).
pub(super) fn contact_required(code: ProblemCode) -> Problem {
    let (field, whose) = match code {
        ProblemCode::CustomerContactRequired => ("customerContact", "contact at the customer"),
        ProblemCode::TechnicalContactRequired => ("technicalContact", "technical contact at the customer"),
        _ => ("partnerContact", "contact at your own company"),
    };
    problem(code, field, format!("The claim has no {whose}."), "Give a name and an e-mail address.")
        .param("field", field)
}

// E14, C4b
pub(super) fn solution_seller_required() -> Problem {
    solution_details("solutionSeller", "the name of the Dynamics solution seller")
}

// E14, C4b
pub(super) fn partner_solution_required() -> Problem {
    solution_details("partnerSolution", "the name of your solution")
}

fn solution_details(field: &str, what: &str) -> Problem {
    problem(
        ProblemCode::SolutionDetailsRequired,
        field,
        format!("A claim for Revenue association needs {what}."),
        format!("Give {what}."),
    )
    .param("field", field)
}

// E15
pub(super) fn duplicate_claim(line: &IntendedLine, product: &Product, by: Uuid) -> Problem {
    on_product(
        ProblemCode::DuplicateClaim,
        line,
        format!("Another live claim of your company already has {} for this customer.", product.name),
        "Continue with that claim, withdraw it, or remove the product from this one.",
    )
    .param("product", &product.name)
    .of_claim(by)
}

/// The product does not exist: refused at once.
pub(super) fn unknown_product(line: &IntendedLine) -> Problem {
    on_product(
        ProblemCode::InvalidValue,
        line,
        "The catalog has no product with this id.",
        "Choose a product from the catalog.",
    )
}

/// The same subject twice in one claim (X0): refused at once.
pub(super) fn same_subject_twice(line: &IntendedLine) -> Problem {
    Problem::invalid(
        line.field.clone(),
        "An earlier line of this claim already claims the same subscription or product.",
    )
    .remedy("Remove one of the two lines.")
}
