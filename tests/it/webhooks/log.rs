//! The log of deliveries, and sending again (W5).

use serde_json::json;

use super::{admin, advance, all_in, deliveries, deliveries_until, endpoint};
use crate::support::{
    Settings, World, both,
    receiver::{Manners, Receiver},
};

both!(Settings::dispatching() =>
    every_attempt_can_be_read,
    a_delivery_is_sent_again_with_its_id,
    what_was_not_delivered_is_recovered,
    deliveries_can_be_read_for_thirty_days,
    deliveries_are_paged_and_filtered,
);

async fn every_attempt_can_be_read(world: &World) {
    // W5
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    receiver.behave("/", Manners::Status(418));
    let draft = world.draft().await;
    deliveries_until(&admin, &own.id, |all| all.len() == 1 && all[0]["attempts"][0].is_object()).await;
    receiver.behave("/", Manners::Chatters);
    advance(world, 5);
    let all = deliveries_until(&admin, &own.id, |all| all_in(all, "SENT")).await;
    let delivery = &all[0];
    assert_eq!((&delivery["eventType"], &delivery["claim"]["id"]), (&json!("HISTORY_APPENDED"), &json!(draft.id())));
    assert_eq!(delivery["position"], receiver.at("/")[0].json()["position"]);
    let [first, second] = delivery["attempts"].as_array().unwrap().as_slice() else { panic!("{delivery}") };
    assert_eq!(
        (&first["status"], &first["answer"], &first["address"]),
        (&json!(418), &json!("no"), &json!("127.0.0.1"))
    );
    assert!(first["milliseconds"].is_i64() && first["error"].is_null());
    assert_eq!(second["status"], 200);
    assert_eq!(second["answer"].as_str().unwrap().len(), 4_096, "the first 4 KiB");
    let endpoint = super::shown(&admin, &own.id).await;
    assert!(endpoint["lastSuccessAt"].is_string() && endpoint["lastFailureAt"].is_string());
}

async fn a_delivery_is_sent_again_with_its_id(world: &World) {
    // W5 W3
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    let draft = world.draft().await;
    world.prove(&world.partner, &draft).await;
    let all = deliveries_until(&admin, &own.id, |all| all.len() == 2 && all_in(all, "SENT")).await;
    let input = json!({ "deliveryId": all[1]["id"], "idempotencyKey": "again" });
    let again = admin.mutate("redeliverWebhook", input.clone()).await;
    assert_eq!(again.payload()["delivery"]["id"], all[1]["id"]);
    let messages = receiver.messages("/", 3).await;
    assert_eq!(messages[0].id(), messages[2].id());
    deliveries_until(&admin, &own.id, |all| all_in(all, "SENT")).await;
    admin.mutate("redeliverWebhook", input).await.payload();
    assert_eq!(receiver.at("/").len(), 3, "a repeat under the key sends nothing");
    let unknown = admin.mutate("redeliverWebhook", json!({ "deliveryId": own.id })).await;
    assert_eq!(unknown.problems(), ["NOT_FOUND"]);
    let foreign = super::rival(world).mutate("redeliverWebhook", json!({ "deliveryId": all[0]["id"] })).await;
    assert_eq!(foreign.problems(), ["NOT_FOUND"]);
    // A pending one is attempted before its time, and one that waits for it is not.
    receiver.behave("/", Manners::Status(500));
    let submitted = world.draft_on(&world.partner, 9).await;
    world.prove(&world.partner, &submitted).await;
    let all = deliveries_until(&admin, &own.id, |all| {
        all.len() == 4 && all[1]["nextAttemptAt"].is_string() && all[1]["attempts"][0].is_object()
    })
    .await;
    let waits = admin.mutate("redeliverWebhook", json!({ "deliveryId": all[0]["id"] })).await;
    assert_eq!(waits.problems(), ["WRONG_STATUS"]);
    receiver.behave("/", Manners::Accepts);
    admin.mutate("redeliverWebhook", json!({ "deliveryId": all[1]["id"] })).await.payload();
    deliveries_until(&admin, &own.id, |all| all_in(all, "SENT")).await;
}

async fn what_was_not_delivered_is_recovered(world: &World) {
    // W5
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let before = endpoint(&admin, &receiver, "/before", &["HISTORY_APPENDED"]).await;
    let draft = world.draft().await;
    let first = receiver.messages("/before", 1).await.remove(0);
    world.submit(&world.partner, &world.prove(&world.partner, &draft).await).await;
    receiver.messages("/before", 3).await;
    deliveries_until(&admin, &before.id, |all| all_in(all, "SENT")).await;
    // What was accepted is not sent again.
    let since = first.json()["position"].clone();
    let nothing = admin.mutate("recoverWebhookDeliveries", json!({ "endpointId": before.id, "since": since })).await;
    assert_eq!((&nothing.payload()["scheduled"], nothing.problems().len()), (&json!(0), 0));
    // A new endpoint gets what it never had, in order.
    let after = endpoint(&admin, &receiver, "/after", &["HISTORY_APPENDED"]).await;
    let input = json!({ "endpointId": after.id, "since": since, "idempotencyKey": "k" });
    assert_eq!(admin.mutate("recoverWebhookDeliveries", input.clone()).await.payload()["scheduled"], 2);
    let messages = receiver.messages("/after", 2).await;
    assert_eq!(super::each(&messages, "action"), ["PROOF_ATTACHED", "SUBMITTED"]);
    assert_eq!(admin.mutate("recoverWebhookDeliveries", input).await.payload()["scheduled"], 2, "J1");
    let bad = admin.mutate("recoverWebhookDeliveries", json!({ "endpointId": after.id, "since": "never" })).await;
    assert_eq!(bad.payload()["problems"][0]["field"], json!(["since"]));
    assert_eq!(receiver.at("/after").len(), 2);
}

async fn deliveries_can_be_read_for_thirty_days(world: &World) {
    // W5
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    world.draft_on(&world.partner, 1).await;
    let all = deliveries_until(&admin, &own.id, |all| all_in(all, "SENT")).await;
    advance(world, 30 * 86_400 - 60);
    assert_eq!(deliveries(&admin, &own.id).await.len(), 1);
    advance(world, 120);
    assert!(deliveries(&admin, &own.id).await.is_empty());
    let old = admin.mutate("redeliverWebhook", json!({ "deliveryId": all[0]["id"] })).await;
    assert_eq!(old.problems(), ["NOT_FOUND"]);
    world.server.app.forget_old_webhooks().await.unwrap();
    assert!(world.server.database.read("SELECT state FROM webhook_delivery").await.is_empty());
    assert!(world.server.database.read("SELECT address FROM webhook_attempt").await.is_empty());
}

async fn deliveries_are_paged_and_filtered(world: &World) {
    // W5
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    for number in 0..3 {
        world.draft_on(&world.partner, number).await;
    }
    let all = deliveries_until(&admin, &own.id, |all| all.len() == 3 && all_in(all, "SENT")).await;
    let document = "query($id: ID!, $after: String, $state: [DeliveryState!]) { node(id: $id) { ... on WebhookEndpoint { \
        deliveries(first: 2, after: $after, state: $state) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } } }";
    let page = admin.graphql(document, json!({ "id": own.id })).await.data()["node"]["deliveries"].clone();
    assert_eq!((&page["nodes"][0]["id"], &page["pageInfo"]["hasNextPage"]), (&all[0]["id"], &json!(true)));
    let next = json!({ "id": own.id, "after": page["pageInfo"]["endCursor"] });
    let rest = admin.graphql(document, next).await.data()["node"]["deliveries"].clone();
    assert_eq!((&rest["nodes"], &rest["totalCount"]), (&json!([{ "id": all[2]["id"] }]), &json!(3)));
    let pending = json!({ "id": own.id, "state": ["PENDING", "PARKED"] });
    assert_eq!(admin.graphql(document, pending).await.data()["node"]["deliveries"]["totalCount"], 0);
    let node = admin
        .graphql(
            "query($id: ID!) { node(id: $id) { ... on WebhookDelivery { state } } }",
            json!({ "id": all[0]["id"] }),
        )
        .await;
    assert_eq!(node.data()["node"]["state"], "SENT");
}
