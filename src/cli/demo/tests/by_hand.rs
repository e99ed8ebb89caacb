//! The table "every eligibility rule by hand" of `data/README.md`, row by row.

use domain::{
    kinds::{
        Activity::{self, Presales, RevenueAssociation, Usage},
        SolutionArea::{self, BusinessApplications, Microsoft365},
    },
    lifecycle::NewLine,
    problem::ProblemCode,
};
use uuid::Uuid;

use super::{
    super::{
        cast::{ALDER_ADMIN, tenant},
        stage::load_sample,
    },
    empty,
};
use crate::app::EligibilityInput;

/// A question to which all is well: Dynamics 365 for Sales at Northgate, from London.
fn question() -> EligibilityInput {
    EligibilityInput {
        tenant_id: Some(tenant(1)),
        domain: Some("northgate.example".to_owned()),
        solution_area: Some(BusinessApplications),
        activities: Some(vec![Usage]),
        mpn_id: Some("1000101".to_owned()),
        lines: Some(vec![line("DYN365_ENTERPRISE_SALES", "")]),
    }
}

/// A product by its part number, with a subscription: all of an id, its last four digits, or nothing.
fn line(part_number: &str, subscription: &str) -> NewLine {
    let row =
        include_str!("../../../../data/products.csv").lines().find(|row| row.split(',').nth(1) == Some(part_number));
    let sku_id: Uuid = row.unwrap().split(',').next().unwrap().parse().unwrap();
    let typed = match subscription.len() {
        0 => None,
        4 => Some(format!("30000000-0000-4000-8000-00000000{subscription}")),
        _ => Some(subscription.to_owned()),
    };
    NewLine { sku_id: Some(sku_id), typed }
}

fn lines(area: SolutionArea, part_number: &str, subscription: &str) -> EligibilityInput {
    EligibilityInput { solution_area: Some(area), lines: Some(vec![line(part_number, subscription)]), ..question() }
}

fn activities(area: SolutionArea, part_number: &str, activities: &[Activity]) -> EligibilityInput {
    EligibilityInput { activities: Some(activities.to_vec()), ..lines(area, part_number, "") }
}

fn location(mpn_id: &str) -> EligibilityInput {
    EligibilityInput { mpn_id: Some(mpn_id.to_owned()), ..question() }
}

/// Questions and the one code that they get; `None` if all is well.
fn table() -> Vec<(EligibilityInput, Option<ProblemCode>)> {
    use ProblemCode as Code;
    let (ba, m365) = (BusinessApplications, Microsoft365);
    let sales = "DYN365_ENTERPRISE_SALES";
    vec![
        (question(), None),
        (lines(m365, "SPE_E3", ""), None),
        (EligibilityInput { mpn_id: Some("1000103".to_owned()), ..activities(ba, sales, &[RevenueAssociation]) }, None),
        (
            EligibilityInput { domain: Some("harbourlane.example".to_owned()), ..question() },
            Some(Code::DomainTenantMismatch),
        ),
        (EligibilityInput { tenant_id: Some(Uuid::nil()), ..question() }, Some(Code::DomainTenantMismatch)),
        (lines(ba, sales, "SALES-1"), Some(Code::SubscriptionIdInvalid)),
        (lines(ba, sales, &tenant(1).to_string()), Some(Code::SubscriptionIdInvalid)),
        (lines(ba, sales, "1e1a282c-9c54-43a2-9310-98ef728faace"), Some(Code::SubscriptionIdInvalid)),
        (lines(ba, sales, "0201"), Some(Code::SubscriptionNotFound)),
        (lines(ba, sales, "9999"), Some(Code::SubscriptionNotFound)),
        (lines(ba, "DYN365_BUSCENTRAL_PREMIUM", ""), Some(Code::ProductNotOnTenant)),
        (lines(m365, "ENTERPRISEPACK", ""), Some(Code::ProductNotOnTenant)),
        (lines(ba, sales, "0102"), Some(Code::SubscriptionProductMismatch)),
        (lines(ba, sales, "0110"), Some(Code::SubscriptionProductMismatch)),
        (lines(ba, "DYN365_ENTERPRISE_FIELD_SERVICE", ""), Some(Code::SubscriptionChannelNotEligible)),
        (lines(ba, "DYN365_SCM", ""), Some(Code::SubscriptionNotProvisioned)),
        (lines(m365, "SPE_E5", ""), Some(Code::SubscriptionNotProvisioned)),
        (lines(ba, "POWERAPPS_PER_USER", ""), Some(Code::SubscriptionNotActive)),
        (lines(ba, "FLOW_PER_USER", "0107"), Some(Code::SubscriptionNotActive)),
        (lines(ba, "DYN365_BUSINESS_MARKETING", ""), Some(Code::SubscriptionNotActive)),
        (lines(m365, "EMS", ""), Some(Code::SubscriptionNotActive)),
        (lines(ba, "DYN365_FINANCE", "0109"), Some(Code::SubscriptionAlreadyClaimed)),
        (lines(ba, "DYN365_ENTERPRISE_CUSTOMER_SERVICE", ""), Some(Code::SubscriptionRequired)),
        (activities(m365, "SPE_E3", &[Presales]), Some(Code::ActivityNotAllowed)),
        (activities(ba, sales, &[Usage, RevenueAssociation]), Some(Code::ActivityNotAllowed)),
        (activities(ba, sales, &[]), Some(Code::ActivityNotAllowed)),
        (lines(ba, "SPE_E3", ""), Some(Code::ProductSolutionAreaMismatch)),
        (location("1000201"), Some(Code::LocationNotYours)),
        (location("4711"), Some(Code::LocationNotYours)),
        (location("1000103"), Some(Code::LocationNotEnrolled)),
        (location("1000102"), Some(Code::LocationNotEnrolled)),
        (EligibilityInput { lines: Some(Vec::new()), ..question() }, Some(Code::ProductsRequired)),
        (lines(m365, "INTUNE_A", ""), Some(Code::DuplicateClaim)),
    ]
}

#[tokio::test]
async fn every_rule_can_be_met_by_hand() {
    // E1-E13, E15
    let (app, folder) = empty().await;
    assert!(load_sample(&app).await.unwrap());
    let caller = ALDER_ADMIN.caller().unwrap();
    for (input, expected) in table() {
        let asked = format!("{input:?}");
        let answer = app.check_eligibility(&caller, input).await.unwrap();
        let codes: Vec<_> = answer.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, Vec::from_iter(expected), "{asked}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
