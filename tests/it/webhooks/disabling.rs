//! Endpoints that are disabled, and enabled again (W4).

use serde_json::json;

use super::{admin, advance, deliveries_until, endpoint, shown};
use crate::support::{
    Settings, World, both,
    receiver::{Manners, Receiver},
};

both!(Settings::dispatching() =>
    one_that_is_gone_is_disabled_at_once,
    five_days_of_failures_disable,
    a_success_begins_the_five_days_anew,
    an_owner_disables_and_enables,
);

async fn one_that_is_gone_is_disabled_at_once(world: &World) {
    // W4
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(410));
    let draft = world.draft().await;
    receiver.messages("/", 1).await;
    deliveries_until(&admin, &own.id, |all| all.iter().any(|one| one["state"] == "PARKED")).await;
    assert_eq!(shown(&admin, &own.id).await["state"], "GONE");
    // Its owner is told.
    let notices = "{ notices(first: 5) { nodes { kind text claim { id } } } }";
    let told = admin.query(notices).await["notices"]["nodes"].clone();
    assert_eq!((&told[0]["kind"], &told[0]["claim"]), (&json!("WEBHOOK_DISABLED"), &json!(null)), "{told}");
    assert!(told[0]["text"].as_str().unwrap().contains(&receiver.url("/")), "{told}");
    assert_eq!(super::rival(world).query(notices).await["notices"]["nodes"], json!([]));
    world.prove(&world.partner, &draft).await;
    advance(world, 86_400);
    // A test is sent all the same, and has no consequences.
    let test = admin.mutate("testWebhookEndpoint", json!({ "endpointId": own.id })).await;
    assert_eq!(test.payload()["attempt"]["status"], 410);
    assert_eq!(receiver.at("/").len(), 2);
}

async fn five_days_of_failures_disable(world: &World) {
    // W4
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(500));
    world.draft_on(&world.partner, 1).await;
    receiver.messages("/", 1).await;
    deliveries_until(&admin, &own.id, |all| all[0]["attempts"][0].is_object()).await;
    advance(world, 5 * 86_400 - 1);
    receiver.messages("/", 2).await;
    deliveries_until(&admin, &own.id, |all| all[0]["attempts"].as_array().unwrap().len() == 2).await;
    assert_eq!(shown(&admin, &own.id).await["state"], "ACTIVE");
    advance(world, 301);
    receiver.messages("/", 3).await;
    let all = deliveries_until(&admin, &own.id, |all| all[0]["attempts"].as_array().unwrap().len() == 3).await;
    assert_eq!(shown(&admin, &own.id).await["state"], "DISABLED_AFTER_FAILURES");
    assert_eq!((&all[0]["state"], &all[0]["nextAttemptAt"]), (&json!("PENDING"), &json!(null)));
    // Enabled again, what was pending goes on.
    receiver.behave("/", Manners::Accepts);
    let enabled = admin.mutate("updateWebhookEndpoint", json!({ "endpointId": own.id, "enabled": true })).await;
    assert_eq!(enabled.payload()["endpoint"]["state"], "ACTIVE");
    receiver.messages("/", 4).await;
    assert!(receiver.at("/")[3].is_accepted());
}

async fn a_success_begins_the_five_days_anew(world: &World) {
    // W4
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(500));
    world.draft_on(&world.partner, 1).await;
    deliveries_until(&admin, &own.id, |all| {
        all.len() == 1 && all[0]["nextAttemptAt"].is_string() && all[0]["attempts"][0].is_object()
    })
    .await;
    receiver.behave("/", Manners::Accepts);
    advance(world, 4 * 86_400);
    receiver.messages("/", 2).await;
    deliveries_until(&admin, &own.id, |all| all[0]["state"] == "SENT").await;
    assert!(shown(&admin, &own.id).await["lastSuccessAt"].is_string());
    receiver.behave("/", Manners::Status(500));
    advance(world, 4 * 86_400);
    world.draft_on(&world.partner, 2).await;
    receiver.messages("/", 3).await;
    deliveries_until(&admin, &own.id, |all| all[0]["attempts"][0].is_object()).await;
    assert_eq!(shown(&admin, &own.id).await["state"], "ACTIVE");
}

async fn an_owner_disables_and_enables(world: &World) {
    // W4 W5
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    let seen = world.partner.query("{ history(last: 1) { nodes { position } } }").await;
    assert_eq!(seen["history"]["nodes"], json!([]));
    world.draft_on(&world.partner, 1).await;
    let first = receiver.messages("/", 1).await.remove(0).json()["position"].clone();
    deliveries_until(&admin, &own.id, |all| all[0]["state"] == "SENT").await;
    let disabled = admin.mutate("updateWebhookEndpoint", json!({ "endpointId": own.id, "enabled": false })).await;
    assert_eq!(disabled.payload()["endpoint"]["state"], "DISABLED_BY_OWNER");
    let missed = world.draft_on(&world.partner, 2).await;
    let recover = json!({ "endpointId": own.id, "since": first });
    assert_eq!(admin.mutate("recoverWebhookDeliveries", recover.clone()).await.problems(), ["WRONG_STATUS"]);
    admin.mutate("updateWebhookEndpoint", json!({ "endpointId": own.id, "enabled": true })).await.payload();
    let next = world.draft_on(&world.partner, 3).await;
    let messages = receiver.messages("/", 2).await;
    assert_eq!(messages[1].json()["data"]["claimId"], next.id());
    deliveries_until(&admin, &own.id, |all| super::all_in(all, "SENT")).await;
    // What happened meanwhile comes when it is asked for.
    assert_eq!(admin.mutate("recoverWebhookDeliveries", recover).await.payload()["scheduled"], 1);
    let messages = receiver.messages("/", 3).await;
    assert_eq!(messages[2].json()["data"]["claimId"], missed.id());
}
