//! The problems of eligibility in words: for each a message and a remedy.
//!
//! Nothing here may depend on another partner's business, nor, where the tenant is not proven, on the tenant's (A4, A6).

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
pub(super) fn domain_tenant_mismatch() -> Problem {
    problem(
        ProblemCode::DomainTenantMismatch,
        "domain",
        "The domain is not a verified domain of a customer with this tenant id.",
        "Ask the customer for its tenant id and for a domain verified there; both must be the same customer's.",
    )
}

// E2
pub(super) fn not_an_id(line: &IntendedLine) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionIdInvalid,
        line,
        "This is not a subscription id.",
        "Give the id in its full form, such as 1f0c3a52-7d1b-4e7e-9c55-0d6f2b8a9e41.",
    )
}

// E2
pub(super) fn id_of_another_kind(line: &IntendedLine, kind: &str) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionIdInvalid,
        line,
        format!("This is {kind}, not a subscription id."),
        "Ask the customer for the id of the subscription itself.",
    )
    .param("kind", kind)
}

// E3: the answer to an unknown subscription and to another tenant's is the same.
pub(super) fn subscription_not_found(line: &IntendedLine) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionNotFound,
        line,
        "The customer's tenant has no subscription with this id.",
        "Check the id with the customer, and that the subscription is on this tenant.",
    )
}

// E4
pub(super) fn product_not_on_tenant(line: &IntendedLine, product: &Product) -> Problem {
    on_product(
        ProblemCode::ProductNotOnTenant,
        line,
        format!("The customer's tenant has no subscription to {}.", product.name),
        "Claim a product that the customer has, or ask the customer on which tenant it has this one.",
    )
    .param("product", &product.name)
}

// E5
pub(super) fn product_mismatch(line: &IntendedLine, product: &Product) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionProductMismatch,
        line,
        format!("This subscription is not for {}.", product.name),
        format!("Claim the product that the subscription is for, or give a subscription to {}.", product.name),
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
        "has not been activated by the customer yet",
        "Ask the customer to activate it, then try again.",
    )
}

// E8
pub(super) fn not_active(line: &IntendedLine, who: Who<'_>) -> Problem {
    who.at(
        ProblemCode::SubscriptionNotActive,
        line,
        "is suspended, expired or past its end",
        "Ask the customer to renew it or to have it reactivated; only active subscriptions and those in grace count.",
    )
}

// E9
pub(super) fn already_claimed(line: &IntendedLine, by: Uuid) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionAlreadyClaimed,
        line,
        "Another live claim of your company already has this subscription.",
        "Go on with that claim, or withdraw it first; else remove the product here.",
    )
    .of_claim(by)
}

// E10
pub(super) fn subscription_required(line: &IntendedLine, product: &Product) -> Problem {
    on_subscription(
        ProblemCode::SubscriptionRequired,
        line,
        format!("The customer has several subscriptions to {}, and none is named.", product.name),
        "Ask the customer for the id of the subscription that you work on, and give it.",
    )
    .param("product", &product.name)
}

// E10
pub(super) fn no_subscription_here(line: &IntendedLine) -> Problem {
    on_subscription(
        ProblemCode::InvalidValue,
        line,
        "A Microsoft 365 product is claimed without a subscription.",
        "Leave the subscription id out.",
    )
}

// E11
pub(super) fn activity_not_allowed(area: SolutionArea) -> Problem {
    problem(
        ProblemCode::ActivityNotAllowed,
        "activities",
        format!("These activities cannot be claimed in {}.", area_name(area)),
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
        format!("Remove it here, and claim it in a claim for {}.", area_name(product.solution_area)),
    )
    .param("product", &product.name)
    .param("productSolutionArea", product.solution_area)
    .param("solutionArea", area)
}

// E13
pub(super) fn location_not_yours() -> Problem {
    problem(
        ProblemCode::LocationNotYours,
        "mpnId",
        "Your company has no location with this MPN id.",
        "Choose one of your company's own locations.",
    )
}

// E13
pub(super) fn location_not_enrolled(program: IncentiveProgram) -> Problem {
    problem(
        ProblemCode::LocationNotEnrolled,
        "mpnId",
        format!("The location is not enrolled in {}.", program_name(program)),
        "Manage the location's enrolment, for which ask your global admin; or choose a location that is enrolled.",
    )
    .param("program", program)
}

// E14
pub(super) fn products_required() -> Problem {
    problem(ProblemCode::ProductsRequired, "lines", "The claim names no product.", "Add at least one product.")
}

// E14
pub(super) fn proof_required() -> Problem {
    problem(
        ProblemCode::ProofOfExecutionRequired,
        "proofOfExecution",
        "The claim has no proof of execution.",
        "Attach at least one document that proves the work.",
    )
}

/// The missing contact that the code stands for (E14).
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
        format!("A claim for revenue association needs {what}."),
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
        "Go on with that claim, or withdraw it first; else remove the product here.",
    )
    .param("product", &product.name)
    .of_claim(by)
}

/// The product does not exist: refused at once.
pub(super) fn unknown_product(line: &IntendedLine) -> Problem {
    on_product(ProblemCode::InvalidValue, line, "There is no such product.", "Choose a product of the catalogue.")
}

/// The same subject twice in one claim (X0): refused at once.
pub(super) fn same_subject_twice(line: &IntendedLine) -> Problem {
    Problem::invalid(line.field.clone(), "An earlier line of this claim already claims the same.")
        .remedy("Remove one of the two.")
}
