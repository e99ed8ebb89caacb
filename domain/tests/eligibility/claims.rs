//! What is missing on a saved claim (E14).

use domain::{
    claim::{Claim, Contact},
    eligibility::missing,
    kinds::{Activity, ClaimStatus, SolutionArea},
};

use crate::world::*;

fn bare(area: SolutionArea, activity: Activity) -> Claim {
    Claim {
        id: FIRST,
        number: "CPOR-0000-0000".to_owned(),
        name: "Rollout".to_owned(),
        external_reference: None,
        version: 1,
        status: ClaimStatus::Editing,
        partner_id: PARTNER,
        mpn_id: "4711".to_owned(),
        tenant_id: TENANT,
        domain: "contoso.com".to_owned(),
        solution_area: area,
        activities: vec![activity],
        lines: Vec::new(),
        customer_contact: None,
        technical_contact: None,
        partner_contact: None,
        solution_seller: None,
        partner_solution: None,
        documents: 0,
        reviewer: None,
        deadline: None,
        decision_due_at: None,
        action_request: None,
        rejection: None,
        consent: None,
        dispute: None,
        evaluation: None,
        contested_since: None,
        missed_at: None,
        created_at: now(),
        updated_at: now(),
        submitted_at: None,
        decided_at: None,
        approved_at: None,
    }
}

#[test]
fn a_bare_claim_misses_what_its_area_and_activity_ask_for() {
    // E14
    let common = [
        "PROOF_OF_EXECUTION_REQUIRED proofOfExecution",
        "CUSTOMER_CONTACT_REQUIRED customerContact",
        "PARTNER_CONTACT_REQUIRED partnerContact",
    ];
    let technical = ["TECHNICAL_CONTACT_REQUIRED technicalContact"];
    let solution = ["SOLUTION_DETAILS_REQUIRED solutionSeller", "SOLUTION_DETAILS_REQUIRED partnerSolution"];
    assert_eq!(told(&missing(&bare(Microsoft365, Activity::Usage))), common);
    assert_eq!(told(&missing(&bare(BusinessApplications, Activity::Presales))), [&common[..], &technical].concat());
    let associates = bare(BusinessApplications, Activity::RevenueAssociation);
    assert_eq!(told(&missing(&associates)), [&common[..], &technical, &solution].concat());
}

#[test]
fn a_complete_claim_misses_nothing() {
    // E14
    let contact =
        || Some(Contact { name: "Ana".to_owned(), title: None, email: "ana@contoso.com".to_owned(), phone: None });
    let claim = Claim {
        documents: 1,
        customer_contact: contact(),
        technical_contact: contact(),
        partner_contact: contact(),
        solution_seller: Some("Bo".to_owned()),
        partner_solution: Some("Suite".to_owned()),
        ..bare(BusinessApplications, Activity::RevenueAssociation)
    };
    assert_eq!(missing(&claim), []);
}
