//! At least once, in order for each claim, and no endpoint holds up another (W3).

use std::collections::HashMap;

use serde_json::json;

use super::{admin, advance, all_in, deliveries, deliveries_until, each, endpoint, endpoint_with};
use crate::support::{
    Settings, World, both,
    receiver::{Manners, Receiver},
};

both!(Settings::dispatching() =>
    a_failed_delivery_is_tried_again_and_its_claim_waits,
    retries_follow_the_schedule_and_then_it_is_parked,
    a_receiver_that_asks_for_a_pause_gets_it,
    a_receiver_that_was_away_gets_everything_in_order,
    one_that_hangs_delays_nobody,
    an_endpoint_begins_after_a_position,
    two_servers_deliver_each_event_once,
);

async fn a_failed_delivery_is_tried_again_and_its_claim_waits(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(500));
    let first = world.draft_on(&world.partner, 1).await;
    receiver.messages("/", 1).await;
    world.prove(&world.partner, &first).await;
    deliveries_until(&admin, &own.id, |all| all.len() == 2).await;
    let second = world.draft_on(&world.partner, 2).await;
    // The other claim goes on: its first message is tried.
    let tried = receiver.messages("/", 2).await;
    assert_eq!(each(&tried, "claimId"), [first.id(), second.id()]);
    let waiting = deliveries_until(&admin, &own.id, |all| {
        all.len() == 3 && all.iter().filter(|one| one["attempts"][0].is_object()).count() == 2
    })
    .await;
    assert!(all_in(&waiting, "PENDING"));
    receiver.behave("/", Manners::Accepts);
    assert_eq!(receiver.at("/").len(), 2, "not before its time");
    advance(world, 5);
    let all = receiver.until("/", |messages| messages.len() == 5).await;
    let of_first: Vec<_> = all.iter().filter(|one| one.json()["data"]["claimId"] == first.id()).cloned().collect();
    assert_eq!(each(&of_first, "action"), ["CREATED", "CREATED", "PROOF_ATTACHED"]);
    // An event keeps its id.
    assert_eq!(of_first[0].id(), of_first[1].id());
    assert_ne!(of_first[1].id(), of_first[2].id());
    let sent = deliveries_until(&admin, &own.id, |all| all_in(all, "SENT")).await;
    let attempts = |claim: &str| {
        sent.iter()
            .filter(|one| one["claim"]["id"] == claim)
            .map(|one| one["attempts"].as_array().unwrap().len())
            .sum::<usize>()
    };
    assert_eq!((attempts(first.id()), attempts(second.id())), (3, 2));
}

async fn retries_follow_the_schedule_and_then_it_is_parked(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(500));
    let draft = world.draft().await;
    world.prove(&world.partner, &draft).await;
    for (done, pause) in [5, 300, 1_800, 7_200, 18_000, 28_800, 28_800].into_iter().enumerate() {
        let tries = receiver.messages("/", done + 1).await;
        assert_eq!(tries.len(), done + 1);
        deliveries_until(&admin, &own.id, |all| {
            all.iter().any(|one| one["attempts"].as_array().unwrap().len() == done + 1)
                && all.iter().any(|one| one["nextAttemptAt"].is_string())
        })
        .await;
        let due: Vec<String> = deliveries(&admin, &own.id)
            .await
            .iter()
            .filter_map(|one| one["nextAttemptAt"].as_str().map(str::to_owned))
            .collect();
        let due: jiff::Timestamp = due[0].parse().unwrap();
        let wait = due.duration_since(world.server.app.now().to_jiff()).as_millis();
        assert!(wait > pause * 790 && wait <= pause * 1_000, "{wait} ms in place of {pause} s");
        advance(world, u64::try_from(pause).unwrap());
    }
    receiver.until("/", |messages| messages.len() >= 8).await;
    receiver.behave("/", Manners::Accepts);
    deliveries_until(&admin, &own.id, |all| all[1]["state"] == "PARKED").await;
    // Parked, it holds up nothing: its successor comes when the endpoint has rested.
    world.server.app.wake_webhooks();
    let parked = |all: &[serde_json::Value]| all[1]["state"] == "PARKED" && all[0]["attempts"][0].is_object();
    let all = deliveries_until(&admin, &own.id, parked).await;
    assert_eq!(all[1]["attempts"].as_array().unwrap().len(), 8);
    assert!(all[1]["nextAttemptAt"].is_null());
    advance(world, 5);
    let last = receiver.until("/", |messages| messages.iter().any(super::Received::is_accepted)).await;
    assert_eq!(last.last().unwrap().json()["data"]["action"], "PROOF_ATTACHED");
}

async fn a_receiver_that_asks_for_a_pause_gets_it(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Asks(600));
    world.draft().await;
    receiver.messages("/", 1).await;
    let wait = async || {
        let all = deliveries_until(&admin, &own.id, |all| all.len() == 1 && all[0]["attempts"][0].is_object()).await;
        let due: jiff::Timestamp = all[0]["nextAttemptAt"].as_str().unwrap().parse().unwrap();
        due.duration_since(world.server.app.now().to_jiff()).as_secs()
    };
    assert_eq!(wait().await, 600);
    receiver.behave("/", Manners::Asks(86_400));
    advance(world, 600);
    receiver.messages("/", 2).await;
    deliveries_until(&admin, &own.id, |all| all[0]["attempts"].as_array().unwrap().len() == 2).await;
    assert_eq!(wait().await, 3_600, "an hour at most");
}

async fn a_receiver_that_was_away_gets_everything_in_order(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.die().await;
    let mut claims = Vec::new();
    for number in 0..3 {
        let draft = world.draft_on(&world.partner, number).await;
        let proven = world.prove(&world.partner, &draft).await;
        claims.push(world.submit(&world.partner, &proven).await);
    }
    let refused = |all: &[serde_json::Value]| {
        all.len() == 9 && all.iter().filter(|one| one["attempts"][0]["error"].is_string()).count() == 3
    };
    let all = deliveries_until(&admin, &own.id, refused).await;
    assert!(all.iter().all(|one| one["attempts"][0]["status"].is_null()));
    receiver.come_back().await;
    advance(world, 5);
    let messages = receiver.messages("/", 9).await;
    let mut by_claim: HashMap<String, Vec<String>> = HashMap::new();
    for message in &messages {
        let data = message.json()["data"].clone();
        let action = data["action"].as_str().unwrap().to_owned();
        by_claim.entry(data["claimId"].as_str().unwrap().to_owned()).or_default().push(action);
    }
    assert_eq!(by_claim.len(), 3);
    for actions in by_claim.values() {
        assert_eq!(actions, &["CREATED", "PROOF_ATTACHED", "SUBMITTED"]);
    }
}

async fn one_that_hangs_delays_nobody(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    for number in 0..20 {
        let path = format!("/hangs/{number}");
        receiver.behave(&path, Manners::Hangs);
        endpoint(&admin, &receiver, &path, &["HISTORY_APPENDED"]).await;
    }
    receiver.behave("/slow", Manners::Slow(500));
    endpoint(&admin, &receiver, "/slow", &["HISTORY_APPENDED"]).await;
    endpoint(&admin, &receiver, "/quick", &["HISTORY_APPENDED"]).await;
    for number in 0..5 {
        world.draft_on(&world.partner, number).await;
    }
    receiver.messages("/quick", 5).await;
    let slow = receiver.messages("/slow", 5).await;
    assert_eq!(slow.len(), 5);
    // Ten seconds have not passed: none of those that hang has been given up.
    assert!((0..20).all(|number| receiver.at(&format!("/hangs/{number}")).len() <= 5));
}

async fn an_endpoint_begins_after_a_position(world: &World) {
    // W3 H2
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let mut positions = Vec::new();
    for number in 0..3 {
        world.draft_on(&world.partner, number).await;
        let seen = world.partner.query("{ history(last: 1) { nodes { position } } }").await;
        positions.push(seen["history"]["nodes"][0]["position"].clone());
    }
    let input = json!({ "url": receiver.url("/"), "events": ["HISTORY_APPENDED"], "after": positions[0] });
    endpoint_with(&admin, input).await;
    world.draft_on(&world.partner, 7).await;
    let messages = receiver.messages("/", 3).await;
    let told: Vec<_> = messages.iter().map(|one| one.json()["position"].clone()).collect();
    assert!(told.contains(&positions[1]) && told.contains(&positions[2]) && !told.contains(&positions[0]));
    assert_eq!(told.len(), 3);
    let bad = json!({ "url": receiver.url("/"), "events": ["HISTORY_APPENDED"], "after": "nowhere" });
    let refused = admin.mutate("createWebhookEndpoint", bad).await;
    assert_eq!(refused.payload()["problems"][0]["field"], json!(["after"]));
}

async fn two_servers_deliver_each_event_once(world: &World) {
    // W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let other = crate::support::server::Server::start(world.server.database.shared(), Settings::dispatching()).await;
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    for number in 0..10 {
        let draft = world.draft_on(&world.partner, number).await;
        world.prove(&world.partner, &draft).await;
    }
    receiver.messages("/", 20).await;
    deliveries_until(&admin, &own.id, |all| all.len() == 20 && all_in(all, "SENT")).await;
    let messages = receiver.at("/");
    let ids: std::collections::HashSet<_> = messages.iter().map(|one| one.id().to_owned()).collect();
    assert_eq!((messages.len(), ids.len()), (20, 20));
    other.stop().await;
}
