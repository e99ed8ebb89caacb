//! Business Applications lines: products, typed ids and subscriptions (E2-E10).

use domain::{claim::Subject, problem::ProblemCode};
use uuid::Uuid;

use crate::world::*;

fn dynamics() -> World {
    World::new(BusinessApplications)
}

const NOTHING: [&str; 0] = [];

#[test]
fn a_named_subscription_in_order_is_no_problem() {
    for channel in [VolumeLicensing, WebDirect] {
        for status in [Active, InGrace] {
            let world = dynamics().subscription(FIRST, SALES, channel, status).line_on(SALES, FIRST);
            assert_eq!(world.told(), NOTHING);
            assert_eq!(world.outcome().resolved, [Some(FIRST)]);
        }
    }
    let padded = format!("  {}\n", FIRST.to_string().to_uppercase());
    let world = dynamics().subscription(FIRST, SALES, WebDirect, Active).typed_line(Some(SALES), Some(&padded));
    assert_eq!((world.told(), world.outcome().resolved), (vec![], vec![Some(FIRST)]));
}

#[test]
fn an_id_that_is_none_is_told_by_its_looks() {
    // E2
    let simple = FIRST.simple().to_string();
    let braced = FIRST.braced().to_string();
    let urn = FIRST.urn().to_string();
    let other = ["12345", "not-a-uuid", &simple, &braced, &urn, "00000000-0000-0000-0000-0000000000g1"];
    let tenant = TENANT.to_string();
    let sku = SALES.to_string();
    for typed in other.into_iter().chain([tenant.as_str(), sku.as_str()]) {
        let world = dynamics().subscription(FIRST, SALES, WebDirect, Active).typed_line(Some(SALES), Some(typed));
        assert_eq!(world.told(), ["SUBSCRIPTION_ID_INVALID lines/0/subscriptionId"], "{typed}");
        assert_eq!(world.outcome().resolved, [None]);
        assert_eq!(world.refused(), NOTHING);
    }
}

#[test]
fn an_id_of_another_kind_is_called_by_its_kind() {
    // E2
    let unclaimed_sku = Uuid::from_u128(0xCC);
    let mut world = dynamics()
        .subscription(FIRST, SALES, WebDirect, Active)
        .line_on(SALES, TENANT)
        .line_on(SALES, FINANCE)
        .line_on(SALES, unclaimed_sku);
    world.facts.sku_ids.insert(unclaimed_sku);
    let messages: Vec<String> = world.outcome().problems.into_iter().map(|problem| problem.message).collect();
    assert_eq!(
        messages,
        [
            format!("{TENANT} is the customer's tenant id, not a subscription id."),
            format!("{FINANCE} is the id of a product, not a subscription id."),
            format!("{unclaimed_sku} is the id of a product, not a subscription id."),
        ]
    );
}

#[test]
fn a_subscription_that_is_not_on_the_tenant_is_not_found() {
    // E3
    let world = dynamics().subscription(FIRST, SALES, WebDirect, Active).line_on(SALES, ELSEWHERE);
    assert_eq!(world.told(), ["SUBSCRIPTION_NOT_FOUND lines/0/subscriptionId"]);
    assert_eq!(world.outcome().resolved, [None]);
}

#[test]
fn a_product_that_the_tenant_does_not_have_is_told_whatever_was_typed() {
    // E4, besides E2, E3 and E5
    assert_eq!(dynamics().line(SALES).told(), ["PRODUCT_NOT_ON_TENANT lines/0/productId"]);
    assert_eq!(dynamics().typed_line(Some(SALES), Some(" ")).told(), ["PRODUCT_NOT_ON_TENANT lines/0/productId"]);
    let cases = [("SUBSCRIPTION_ID_INVALID", "nonsense".to_owned()), ("SUBSCRIPTION_NOT_FOUND", ELSEWHERE.to_string())];
    for (code, typed) in cases {
        let world = dynamics().typed_line(Some(SALES), Some(&typed));
        let expected = [format!("{code} lines/0/subscriptionId"), "PRODUCT_NOT_ON_TENANT lines/0/productId".to_owned()];
        assert_eq!(world.told(), expected);
    }
    let world = dynamics().subscription(FIRST, FINANCE, WebDirect, Active).line_on(SALES, FIRST);
    let expected = ["PRODUCT_NOT_ON_TENANT lines/0/productId", "SUBSCRIPTION_PRODUCT_MISMATCH lines/0/subscriptionId"];
    assert_eq!(world.told(), expected);
}

#[test]
fn a_subscription_for_another_product_does_not_match() {
    // E5: for another Dynamics product, and for no Dynamics product at all
    for other in [FINANCE, TEAMS] {
        let world = dynamics()
            .subscription(FIRST, SALES, WebDirect, Active)
            .subscription(SECOND, other, WebDirect, Active)
            .line_on(SALES, SECOND);
        assert_eq!(world.told(), ["SUBSCRIPTION_PRODUCT_MISMATCH lines/0/subscriptionId"]);
        assert_eq!(world.outcome().resolved, [None]);
    }
}

#[test]
fn channel_and_status_of_the_named_subscription_count() {
    // E6, E7, E8
    let cases = [
        (Csp, Active, None, vec!["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE"]),
        (WebDirect, PendingProvisioning, None, vec!["SUBSCRIPTION_NOT_PROVISIONED"]),
        (WebDirect, Suspended, None, vec!["SUBSCRIPTION_NOT_ACTIVE"]),
        (WebDirect, Expired, Some(at(0)), vec!["SUBSCRIPTION_NOT_ACTIVE"]),
        (WebDirect, Active, Some(now()), vec!["SUBSCRIPTION_NOT_ACTIVE"]),
        (WebDirect, InGrace, Some(at(1_000_001)), vec![]),
        (
            Csp,
            PendingProvisioning,
            Some(at(1)),
            vec!["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE", "SUBSCRIPTION_NOT_PROVISIONED", "SUBSCRIPTION_NOT_ACTIVE"],
        ),
    ];
    for (channel, status, end, codes) in cases {
        let mut world = dynamics().subscription(FIRST, SALES, channel, status).line_on(SALES, FIRST);
        world.facts.subscriptions[0].ends_at = end;
        let expected: Vec<String> = codes.iter().map(|code| format!("{code} lines/0/subscriptionId")).collect();
        assert_eq!(world.told(), expected);
        assert_eq!(world.outcome().resolved, [Some(FIRST)]);
    }
}

#[test]
fn an_own_live_claim_on_the_subscription_stands_in_the_way() {
    // E9, named and taken by itself
    let world = dynamics().subscription(FIRST, SALES, WebDirect, Active).claimed(Subject::Subscription(FIRST));
    for world in [world.clone().line_on(SALES, FIRST), world.line(SALES)] {
        assert_eq!(world.told(), ["SUBSCRIPTION_ALREADY_CLAIMED lines/0/subscriptionId"]);
        assert_eq!(world.outcome().resolved, [Some(FIRST)]);
    }
}

#[test]
fn the_only_eligible_subscription_is_taken_by_itself() {
    // E10: ineligible ones beside it do not matter
    let world = dynamics()
        .subscription(ELSEWHERE, SALES, Csp, Active)
        .subscription(FIRST, SALES, VolumeLicensing, InGrace)
        .subscription(SECOND, SALES, WebDirect, Suspended)
        .line(SALES);
    assert_eq!((world.told(), world.outcome().resolved), (vec![], vec![Some(FIRST)]));
}

#[test]
fn of_several_eligible_subscriptions_one_must_be_named() {
    // E10
    let world = dynamics()
        .subscription(FIRST, SALES, VolumeLicensing, Active)
        .subscription(SECOND, SALES, WebDirect, Active)
        .line(SALES);
    assert_eq!(world.told(), ["SUBSCRIPTION_REQUIRED lines/0/subscriptionId"]);
    assert_eq!(world.outcome().resolved, [None]);
}

#[test]
fn with_only_ineligible_subscriptions_their_reasons_are_told_once_each() {
    // E10 with E6-E8
    let one = dynamics().subscription(FIRST, SALES, Csp, Active).line(SALES);
    assert_eq!(one.told(), ["SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE lines/0/subscriptionId"]);
    assert_eq!(one.outcome().resolved, [None]);

    let many = dynamics()
        .subscription(FIRST, SALES, WebDirect, Expired)
        .subscription(SECOND, SALES, Csp, Active)
        .subscription(ELSEWHERE, SALES, Csp, Suspended)
        .subscription(Uuid::from_u128(0xDA), SALES, WebDirect, PendingProvisioning)
        .line(SALES);
    let codes: Vec<ProblemCode> = many.outcome().problems.into_iter().map(|problem| problem.code).collect();
    assert_eq!(
        codes,
        [
            ProblemCode::SubscriptionChannelNotEligible,
            ProblemCode::SubscriptionNotProvisioned,
            ProblemCode::SubscriptionNotActive
        ]
    );
}

#[test]
fn all_that_is_wrong_with_a_line_is_told_at_once() {
    // E4, E5, E6, E8, E9
    let world = dynamics()
        .subscription(FIRST, FINANCE, Csp, Expired)
        .claimed(Subject::Subscription(FIRST))
        .line_on(SALES, FIRST);
    let expected = [
        "PRODUCT_NOT_ON_TENANT lines/0/productId",
        "SUBSCRIPTION_PRODUCT_MISMATCH lines/0/subscriptionId",
        "SUBSCRIPTION_CHANNEL_NOT_ELIGIBLE lines/0/subscriptionId",
        "SUBSCRIPTION_NOT_ACTIVE lines/0/subscriptionId",
        "SUBSCRIPTION_ALREADY_CLAIMED lines/0/subscriptionId",
    ];
    assert_eq!(world.told(), expected);
}

#[test]
fn the_same_subscription_twice_is_refused_at_once() {
    // X0: by what was typed, by what it stands for, and by both
    let one = dynamics().subscription(FIRST, SALES, WebDirect, Active);
    let shouted = FIRST.to_string().to_uppercase();
    for world in [
        one.clone().line(SALES).line(SALES),
        one.clone().line(SALES).line_on(SALES, FIRST),
        one.line_on(SALES, FIRST).typed_line(Some(SALES), Some(&shouted)),
    ] {
        assert_eq!(world.told(), ["INVALID_VALUE lines/1"]);
        assert_eq!(world.refused(), ["INVALID_VALUE lines/1"]);
    }
    let unresolved = dynamics().subscription(FIRST, SALES, WebDirect, Active);
    let unresolved = unresolved.typed_line(Some(SALES), Some("ab c")).typed_line(Some(SALES), Some(" ABC"));
    assert_eq!(unresolved.refused(), ["INVALID_VALUE lines/1"]);
}

#[test]
fn several_subscriptions_to_one_product_are_several_subjects() {
    // X0
    let world = dynamics()
        .subscription(FIRST, SALES, WebDirect, Active)
        .subscription(SECOND, SALES, WebDirect, Active)
        .line_on(SALES, SECOND)
        .line_on(SALES, FIRST);
    assert_eq!((world.told(), world.outcome().resolved), (vec![], vec![Some(SECOND), Some(FIRST)]));
    // Two lines without an id are two open questions, not the same subject twice.
    let open = dynamics()
        .subscription(FIRST, SALES, WebDirect, Active)
        .subscription(SECOND, SALES, WebDirect, Active)
        .line(SALES)
        .line(SALES);
    assert_eq!(open.refused(), NOTHING);
}
