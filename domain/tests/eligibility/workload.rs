//! Microsoft 365 lines: the workload alone (E4, E7, E8, E10, E15).

use domain::claim::Subject;
use uuid::Uuid;

use crate::world::*;

fn cloud() -> World {
    World::new(Microsoft365)
}

const NOTHING: [&str; 0] = [];

#[test]
fn any_channel_counts_and_one_active_subscription_is_enough() {
    // C3, E10
    for channel in [Csp, VolumeLicensing, WebDirect] {
        for status in [Active, InGrace] {
            let world = cloud()
                .subscription(SECOND, TEAMS, WebDirect, Expired)
                .subscription(FIRST, TEAMS, channel, status)
                .subscription(ELSEWHERE, TEAMS, channel, status)
                .line(TEAMS);
            assert_eq!(world.told(), NOTHING);
            assert_eq!(world.outcome().resolved, [None]);
        }
    }
}

#[test]
fn a_workload_needs_a_subscription() {
    // E4
    let world = cloud().subscription(FIRST, EXCHANGE, Csp, Active).line(TEAMS);
    assert_eq!(world.told(), ["PRODUCT_NOT_ON_TENANT lines/0/productId"]);
}

#[test]
fn a_workload_needs_a_subscription_in_use() {
    // E7, E8, each once; never E6
    let one = cloud().subscription(FIRST, TEAMS, Csp, PendingProvisioning).line(TEAMS);
    assert_eq!(one.told(), ["SUBSCRIPTION_NOT_PROVISIONED lines/0/productId"]);
    let over = cloud().subscription(FIRST, TEAMS, Csp, Active).ends(now()).line(TEAMS);
    assert_eq!(over.told(), ["SUBSCRIPTION_NOT_ACTIVE lines/0/productId"]);
    let many = cloud()
        .subscription(FIRST, TEAMS, Csp, Expired)
        .subscription(SECOND, TEAMS, Csp, Suspended)
        .subscription(ELSEWHERE, TEAMS, Csp, PendingProvisioning)
        .line(TEAMS);
    let expected = ["SUBSCRIPTION_NOT_PROVISIONED lines/0/productId", "SUBSCRIPTION_NOT_ACTIVE lines/0/productId"];
    assert_eq!(many.told(), expected);
}

#[test]
fn a_subscription_id_has_no_place_on_a_workload() {
    // E10: a value that can be corrected, so the draft is kept
    let world = cloud().subscription(FIRST, TEAMS, Csp, Active);
    let typed = world.clone().line_on(TEAMS, FIRST);
    assert_eq!(typed.told(), ["INVALID_VALUE lines/0/subscriptionId"]);
    assert_eq!(typed.refused(), NOTHING);
    assert_eq!(typed.outcome().resolved, [None]);
    assert_eq!(world.typed_line(Some(TEAMS), Some("  ")).told(), NOTHING);
}

#[test]
fn an_own_live_claim_on_the_workload_stands_in_the_way() {
    // E15: of this customer and this product only; a claimed subscription does not matter
    let workload = |tenant_id, sku_id| Subject::Workload { tenant_id, sku_id };
    let world = cloud().subscription(FIRST, TEAMS, Csp, Active).line(TEAMS);
    let free = world
        .clone()
        .claimed(workload(TENANT, EXCHANGE))
        .claimed(workload(Uuid::from_u128(0xB2), TEAMS))
        .claimed(Subject::Subscription(FIRST));
    assert_eq!(free.told(), NOTHING);
    assert_eq!(world.claimed(workload(TENANT, TEAMS)).told(), ["DUPLICATE_CLAIM lines/0/productId"]);
}

#[test]
fn the_same_workload_twice_is_refused_at_once() {
    // X0
    let world = cloud()
        .subscription(FIRST, TEAMS, Csp, Active)
        .subscription(SECOND, EXCHANGE, Csp, Active)
        .line(TEAMS)
        .line(EXCHANGE)
        .line(TEAMS);
    assert_eq!(world.told(), ["INVALID_VALUE lines/2"]);
    assert_eq!(world.refused(), ["INVALID_VALUE lines/2"]);
}
