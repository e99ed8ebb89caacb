//! Eligibility while parts of the intent are still missing: each rule where its facts are there, and no other.

use domain::{
    claim::Subject,
    eligibility::{IntendedLine, Location, Question, check, check_so_far},
    kinds::Activity,
};

use crate::world::*;

/// A question in which everything is given that the world's intent has.
fn whole(world: &World) -> Question {
    let intent = &world.intent;
    Question {
        partner_id: intent.partner_id,
        tenant_id: Some(intent.tenant_id),
        domain: Some(intent.domain.clone()),
        solution_area: Some(intent.solution_area),
        activities: Some(intent.activities.clone()),
        mpn_id: Some(intent.mpn_id.clone()),
        lines: Some(intent.lines.clone()),
    }
}

fn nothing() -> Question {
    Question { partner_id: PARTNER, ..Question::default() }
}

fn judged(question: &Question, world: &World) -> Vec<String> {
    told(&check_so_far(question, &world.facts, now()).problems)
}

fn line(sku_id: uuid::Uuid, typed: Option<&str>) -> Vec<IntendedLine> {
    vec![IntendedLine {
        sku_id: Some(sku_id),
        typed: typed.map(str::to_owned),
        field: vec!["lines".to_owned(), "0".to_owned()],
    }]
}

// E
#[test]
fn nothing_given_is_nothing_to_object_to() {
    assert_eq!(judged(&nothing(), &World::new(BusinessApplications)), [""; 0]);
}

// E
#[test]
fn a_whole_question_is_judged_as_the_intent_is() {
    let mut world = World::new(BusinessApplications).line(SALES).line_on(TEAMS, FIRST).line(SALES);
    world.intent.activities = vec![Activity::Presales, Activity::RevenueAssociation];
    world.facts.location = None;
    let question = whole(&world);
    assert_eq!(question.to_look_up(), world.intent);
    assert_eq!(check_so_far(&question, &world.facts, now()), check(&world.intent, &world.facts, now()));
}

// E1 A6
#[test]
fn a_tenant_shows_nothing_until_its_domain_is_given() {
    let world = World::new(BusinessApplications);
    let alone = Question { tenant_id: Some(TENANT), lines: Some(line(SALES, None)), ..nothing() };
    assert_eq!(judged(&alone, &world), [""; 0], "that the tenant has no such product is not told");
    let domain = |domain: &str| Question { domain: Some(domain.to_owned()), ..alone.clone() };
    assert_eq!(judged(&domain("contoso.com"), &world), ["PRODUCT_NOT_ON_TENANT lines/0/productId"]);
    assert_eq!(judged(&domain("fabrikam.com"), &world), ["DOMAIN_TENANT_MISMATCH domain"]);
    let no_tenant = Question { domain: Some("fabrikam.com".to_owned()), ..nothing() };
    assert_eq!(judged(&no_tenant, &world), [""; 0]);
}

// E2
#[test]
fn a_subscription_id_is_judged_by_its_looks_before_the_customer_is_known() {
    let world = World::new(BusinessApplications);
    let typed = Question { lines: Some(line(SALES, Some("nonsense"))), ..nothing() };
    assert_eq!(judged(&typed, &world), ["SUBSCRIPTION_ID_INVALID lines/0/subscriptionId"]);
    let of_tenant =
        Question { tenant_id: Some(TENANT), lines: Some(line(SALES, Some(&TENANT.to_string()))), ..nothing() };
    assert_eq!(judged(&of_tenant, &world), ["SUBSCRIPTION_ID_INVALID lines/0/subscriptionId"]);
}

// E11
#[test]
fn activities_are_judged_with_their_area() {
    let world = World::new(BusinessApplications);
    let activities = Question { activities: Some(vec![Activity::Presales]), ..nothing() };
    assert_eq!(judged(&activities, &world), [""; 0]);
    let in_area = Question { solution_area: Some(Microsoft365), ..activities };
    assert_eq!(judged(&in_area, &world), ["ACTIVITY_NOT_ALLOWED activities"]);
}

// E12 C1
#[test]
fn a_line_is_judged_by_the_area_of_its_product_until_one_is_given() {
    let world = World::new(Microsoft365);
    let on_workload = Question { lines: Some(line(TEAMS, Some("anything"))), ..nothing() };
    assert_eq!(judged(&on_workload, &world), ["INVALID_VALUE lines/0/subscriptionId"]);
    let other_area = Question { solution_area: Some(BusinessApplications), ..on_workload };
    assert_eq!(judged(&other_area, &world), ["PRODUCT_SOLUTION_AREA_MISMATCH lines/0/productId"]);
}

// E13
#[test]
fn a_location_is_judged_at_once_and_its_enrolment_when_the_programs_are_known() {
    let mut world = World::new(BusinessApplications);
    let located = Question { mpn_id: Some("4711".to_owned()), ..nothing() };
    world.facts.location = Some(Location { partner_id: PARTNER, enrolled: Vec::new() });
    assert_eq!(judged(&located, &world), [""; 0]);
    let with_programs = Question {
        solution_area: Some(BusinessApplications),
        activities: Some(vec![Activity::Usage]),
        ..located.clone()
    };
    assert_eq!(judged(&with_programs, &world), ["LOCATION_NOT_ENROLLED mpnId"]);
    world.facts.location = None;
    assert_eq!(judged(&located, &world), ["LOCATION_NOT_YOURS mpnId"]);
}

// E14
#[test]
fn an_empty_list_of_lines_is_an_answer_and_none_at_all_is_not() {
    let world = World::new(BusinessApplications);
    let empty = Question { lines: Some(Vec::new()), ..nothing() };
    assert_eq!(judged(&empty, &world), ["PRODUCTS_REQUIRED lines"]);
}

// E9
#[test]
fn a_claimed_subscription_is_told_before_area_activities_and_location() {
    let world = World::new(BusinessApplications)
        .subscription(FIRST, SALES, WebDirect, Active)
        .claimed(Subject::Subscription(FIRST));
    let question = Question {
        tenant_id: Some(TENANT),
        domain: Some("contoso.com".to_owned()),
        lines: Some(line(SALES, Some(&FIRST.to_string()))),
        ..nothing()
    };
    assert_eq!(judged(&question, &world), ["SUBSCRIPTION_ALREADY_CLAIMED lines/0/subscriptionId"]);
}
