//! What concerns the whole intent: customer, location, activities, products (E1, E11-E13), and everything together.

use domain::{
    claim::Subject,
    eligibility::{approval_problems, for_approval},
    kinds::{
        Activity::{Presales, RevenueAssociation, Usage},
        IncentiveProgram::{OsaSell, OsuBusinessApplications, OsuMicrosoft365},
    },
};
use uuid::Uuid;

use crate::world::*;

const NOTHING: [&str; 0] = [];

fn dynamics() -> World {
    World::new(BusinessApplications).subscription(FIRST, SALES, WebDirect, Active).line(SALES)
}

#[test]
fn the_domain_must_be_one_of_the_tenant() {
    // E1
    let mut world = dynamics();
    for good in ["contoso.com", " CONTOSO.example\t"] {
        good.clone_into(&mut world.intent.domain);
        assert_eq!(world.told(), NOTHING);
    }
    for bad in ["", "contoso", "fabrikam.com", "shop.contoso.com", "contoso.com."] {
        bad.clone_into(&mut world.intent.domain);
        assert_eq!(world.told(), ["DOMAIN_TENANT_MISMATCH domain"], "{bad}");
        assert_eq!(world.refused(), ["DOMAIN_TENANT_MISMATCH domain"]);
        assert_eq!(world.outcome().resolved, [None]);
    }
}

#[test]
fn a_wrong_domain_hides_all_that_depends_on_the_tenant_and_nothing_else() {
    // E1; E2, E11, E12, E13 and unknown products stay, E3-E10 and E15 do not
    let mut world = dynamics()
        .activities(&[Usage, RevenueAssociation])
        .claimed(Subject::Subscription(FIRST))
        .line(FINANCE)
        .line_on(SALES, ELSEWHERE)
        .typed_line(Some(SALES), Some("nonsense"))
        .line(TEAMS)
        .line(Uuid::from_u128(0xCF));
    "fabrikam.com".clone_into(&mut world.intent.domain);
    world.facts.location = None;
    let expected = [
        "DOMAIN_TENANT_MISMATCH domain",
        "LOCATION_NOT_YOURS mpnId",
        "ACTIVITY_NOT_ALLOWED activities",
        "SUBSCRIPTION_ID_INVALID lines/3/subscriptionId",
        "PRODUCT_SOLUTION_AREA_MISMATCH lines/4/productId",
        "INVALID_VALUE lines/5/productId",
    ];
    assert_eq!(world.told(), expected);
    assert_eq!(world.outcome().resolved, [None; 6]);
    let workload = Subject::Workload { tenant_id: TENANT, sku_id: TEAMS };
    let mut world = World::new(Microsoft365).claimed(workload).line(TEAMS);
    world.facts.domains = None;
    assert_eq!(world.told(), ["DOMAIN_TENANT_MISMATCH domain"]);
}

#[test]
fn only_the_activities_of_the_area_go_together() {
    // E11
    for good in [&[Usage][..], &[Presales], &[Presales, Usage], &[RevenueAssociation]] {
        assert_eq!(dynamics().activities(good).told(), NOTHING);
    }
    for bad in [&[][..], &[RevenueAssociation, Usage], &[Presales, RevenueAssociation]] {
        assert_eq!(dynamics().activities(bad).told(), ["ACTIVITY_NOT_ALLOWED activities"]);
        assert_eq!(dynamics().activities(bad).refused(), NOTHING);
    }
    let cloud = World::new(Microsoft365).subscription(FIRST, TEAMS, Csp, Active).line(TEAMS);
    assert_eq!(cloud.told(), NOTHING);
    for bad in [&[Presales][..], &[Usage, Presales], &[RevenueAssociation]] {
        assert_eq!(cloud.clone().activities(bad).told(), ["ACTIVITY_NOT_ALLOWED activities"]);
    }
}

#[test]
fn a_product_of_the_other_area_is_told_and_judged_no_further() {
    // E12
    let world = dynamics().typed_line(Some(TEAMS), Some("nonsense"));
    assert_eq!(world.told(), ["PRODUCT_SOLUTION_AREA_MISMATCH lines/1/productId"]);
    assert_eq!(world.refused(), NOTHING);
    assert_eq!(world.outcome().resolved, [Some(FIRST), None]);
    let cloud = World::new(Microsoft365).line(SALES);
    assert_eq!(cloud.told(), ["PRODUCT_SOLUTION_AREA_MISMATCH lines/0/productId"]);
}

#[test]
fn an_unknown_product_is_refused_at_once() {
    for sku_id in [None, Some(Uuid::from_u128(0xCF))] {
        let world = dynamics().typed_line(sku_id, Some("nonsense")).typed_line(sku_id, Some("nonsense"));
        let expected = ["INVALID_VALUE lines/1/productId", "INVALID_VALUE lines/2/productId"];
        assert_eq!(world.told(), expected);
        assert_eq!(world.refused(), expected);
    }
}

#[test]
fn another_partners_location_and_none_are_the_same() {
    // E13, A4
    let mut unknown = dynamics();
    unknown.facts.location = None;
    let mut foreign = dynamics();
    if let Some(location) = &mut foreign.facts.location {
        location.partner_id = Uuid::from_u128(0xA2);
        location.enrolled.clear();
    }
    assert_eq!(unknown.told(), ["LOCATION_NOT_YOURS mpnId"]);
    assert_eq!(unknown.refused(), ["LOCATION_NOT_YOURS mpnId"]);
    assert_eq!(foreign.outcome(), unknown.outcome());
}

#[test]
fn the_location_must_be_enrolled_in_every_programme_of_the_claim() {
    // E13, C4
    let enrolled = |mut world: World, programs: &[domain::kinds::IncentiveProgram]| {
        if let Some(location) = &mut world.facts.location {
            location.enrolled = programs.to_vec();
        }
        world
    };
    let none = ["LOCATION_NOT_ENROLLED mpnId"];
    assert_eq!(enrolled(dynamics(), &[OsuBusinessApplications]).told(), NOTHING);
    assert_eq!(enrolled(dynamics(), &[OsaSell, OsuMicrosoft365]).told(), none);
    assert_eq!(enrolled(dynamics(), &[]).refused(), NOTHING);
    assert_eq!(enrolled(dynamics().activities(&[RevenueAssociation]), &[]).told(), NOTHING);
    let both = enrolled(dynamics().activities(&[Usage, Presales]), &[]).outcome();
    let messages: Vec<&str> = both.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "The location 4711 is not enrolled in OSA Sell.",
            "The location 4711 is not enrolled in OSU Business Applications."
        ]
    );
    let remedy = both.problems.first().and_then(|problem| problem.remedy.as_deref()).unwrap_or_default();
    assert!(remedy.contains("enroll") && remedy.contains("global admin"));
}

#[test]
fn a_claim_names_products() {
    // E14
    assert_eq!(World::new(Microsoft365).told(), ["PRODUCTS_REQUIRED lines"]);
    assert_eq!(World::new(Microsoft365).refused(), NOTHING);
}

#[test]
fn everything_is_told_at_once_and_in_order() {
    // E2, E3, E4, E6, E11, E12, E13
    let mut world = World::new(BusinessApplications)
        .subscription(FIRST, SALES, Csp, Active)
        .activities(&[Presales, RevenueAssociation])
        .line(SALES)
        .line_on(SALES, TENANT)
        .line(TEAMS)
        .line_on(FINANCE, ELSEWHERE);
    if let Some(location) = &mut world.facts.location {
        location.enrolled.clear();
    }
    let expected = [
        "LOCATION_NOT_ENROLLED mpnId",
        "ACTIVITY_NOT_ALLOWED activities",
        "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE lines/0/subscriptionId",
        "SUBSCRIPTION_ID_INVALID lines/1/subscriptionId",
        "PRODUCT_SOLUTION_AREA_MISMATCH lines/2/productId",
        "SUBSCRIPTION_NOT_FOUND lines/3/subscriptionId",
        "PRODUCT_NOT_ON_TENANT lines/3/productId",
    ];
    assert_eq!(world.told(), expected);
    assert_eq!(world.refused(), NOTHING);
}

#[test]
fn only_the_subscriptions_can_stand_in_the_way_of_an_approval() {
    // L6
    let mut world = World::new(BusinessApplications)
        .subscription(FIRST, SALES, Csp, Suspended)
        .claimed(Subject::Subscription(FIRST))
        .activities(&[])
        .line_on(SALES, FIRST)
        .line(FINANCE);
    let expected = [
        "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE lines/0/subscriptionId",
        "SUBSCRIPTION_NOT_ACTIVE lines/0/subscriptionId",
        "PRODUCT_NOT_ON_TENANT lines/1/productId",
    ];
    assert_eq!(told(&approval_problems(world.outcome().problems)), expected);
    // A domain that was given up since does not hide that the subscription is over.
    "gone.example".clone_into(&mut world.intent.domain);
    assert_eq!(told(&approval_problems(world.outcome().problems)), NOTHING);
    assert_eq!(told(&for_approval(&world.intent, &world.facts, now())), expected);
}
