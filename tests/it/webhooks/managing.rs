//! Changing and deleting endpoints (W1, W2), and how secrets are kept.

use cpor::config::WebhookOptions;
use serde_json::json;

use super::{admin, deliveries_until, endpoint, endpoint_with, shown, verify};
use crate::support::{Backend, Settings, World, both, database::Database, receiver::Receiver};

both!(Settings::dispatching() =>
    an_endpoint_is_changed_in_part,
    a_deleted_endpoint_is_gone_with_all_of_it,
    what_makes_no_sense_is_refused,
    there_is_a_limit_to_endpoints,
);

async fn an_endpoint_is_changed_in_part(world: &World) {
    // W1 W2 L12
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/one", &["CLAIM_STATUS_CHANGED"]).await;
    let input = json!({ "endpointId": own.id, "selection": "{ toStatus }", "idempotencyKey": "k" });
    let changed = admin.mutate("updateWebhookEndpoint", input.clone()).await;
    assert_eq!(changed.payload()["endpoint"]["selection"], "{ toStatus }", "{}", changed.text);
    assert_eq!(changed.payload()["endpoint"]["events"], json!(["CLAIM_STATUS_CHANGED"]));
    // Two types and a selection do not go together, whichever comes later.
    let two = json!({ "endpointId": own.id, "events": ["CLAIM_STATUS_CHANGED", "COMMENT_ADDED"] });
    assert_eq!(
        admin.mutate("updateWebhookEndpoint", two.clone()).await.payload()["problems"][0]["field"],
        json!(["selection"])
    );
    let mut cleared = two;
    cleared["selection"] = json!(null);
    cleared["url"] = json!(receiver.url("/two"));
    let changed = admin.mutate("updateWebhookEndpoint", cleared).await;
    assert_eq!(
        changed.payload()["endpoint"]["events"],
        json!(["CLAIM_STATUS_CHANGED", "COMMENT_ADDED"]),
        "{}",
        changed.text
    );
    assert_eq!(
        admin.mutate("updateWebhookEndpoint", input).await.payload()["endpoint"]["selection"],
        json!(null),
        "J1"
    );
    world.submitted().await;
    receiver.messages("/two", 1).await;
    assert!(receiver.at("/one").is_empty());
    for (field, value) in
        [("url", json!(null)), ("events", json!(null)), ("enabled", json!(null)), ("events", json!([]))]
    {
        let answer = admin.mutate("updateWebhookEndpoint", json!({ "endpointId": own.id, field: value })).await;
        assert_eq!(answer.payload()["problems"][0]["field"], json!([field]), "{}", answer.text);
    }
}

async fn a_deleted_endpoint_is_gone_with_all_of_it(world: &World) {
    // W1
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    world.draft_on(&world.partner, 1).await;
    let all = deliveries_until(&admin, &own.id, |all| super::all_in(all, "SENT")).await;
    let input = json!({ "endpointId": own.id, "idempotencyKey": "k" });
    let deleted = admin.mutate("deleteWebhookEndpoint", input.clone()).await;
    assert_eq!(deleted.payload()["deletedEndpointId"], own.id.as_str());
    assert_eq!(admin.mutate("deleteWebhookEndpoint", input).await.payload(), deleted.payload(), "J1");
    assert!(shown(&admin, &own.id).await.is_null());
    assert!(shown(&admin, all[0]["id"].as_str().unwrap()).await.is_null());
    let again = admin.mutate("deleteWebhookEndpoint", json!({ "endpointId": own.id })).await;
    assert_eq!(again.problems(), ["NOT_FOUND"]);
    assert!(world.server.database.read("SELECT answer FROM webhook_attempt").await.is_empty());
    let other = endpoint(&admin, &receiver, "/other", &["HISTORY_APPENDED"]).await;
    world.draft_on(&world.partner, 2).await;
    deliveries_until(&admin, &other.id, |all| super::all_in(all, "SENT")).await;
    assert_eq!(receiver.at("/").len(), 1);
}

async fn what_makes_no_sense_is_refused(world: &World) {
    // W1
    let admin = admin(world);
    let none = json!({ "url": "https://hooks.invalid/", "events": [] });
    let answer = admin.mutate("createWebhookEndpoint", none).await;
    assert_eq!(answer.payload()["problems"][0]["field"], json!(["events"]));
    let twice = json!({ "url": "https://hooks.invalid/", "events": ["COMMENT_ADDED", "COMMENT_ADDED"] });
    let answer = admin.mutate("createWebhookEndpoint", twice).await;
    assert_eq!(answer.payload()["endpoint"]["events"], json!(["COMMENT_ADDED"]));
    let keyed = json!({ "url": "https://hooks.invalid/", "events": ["COMMENT_ADDED"], "idempotencyKey": " " });
    assert_eq!(admin.mutate("createWebhookEndpoint", keyed).await.problems(), ["INVALID_VALUE"]);
}

async fn there_is_a_limit_to_endpoints(world: &World) {
    // W1
    let admin = admin(world);
    let input = json!({ "url": "https://192.0.32.7/", "events": ["COMMENT_ADDED"] });
    for _ in 0..100 {
        endpoint_with(&admin, input.clone()).await;
    }
    let answer = admin.mutate("createWebhookEndpoint", input.clone()).await;
    assert_eq!(answer.problems(), ["NOT_ALLOWED"]);
    // Others have their own.
    endpoint_with(&super::rival(world), input).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_are_sealed_with_a_key_that_the_database_does_not_have() {
    // W2
    let keyed = |keys: &[&str]| {
        let settings = Settings::dispatching();
        let keys = keys.iter().map(|key| (*key).into()).collect();
        Settings { webhooks: WebhookOptions { keys, ..settings.webhooks }, ..settings }
    };
    let (old, new) =
        ("an old key of the tests, which opens nothing else", "a new key of the tests, which opens nothing else");
    let receiver = Receiver::start().await;
    let world = World::on(Database::copied(Backend::Sqlite).await, keyed(&[old])).await;
    let own = endpoint(&admin(&world), &receiver, "/", &["HISTORY_APPENDED"]).await;
    let kept = world.server.database.read("SELECT secret FROM webhook_endpoint").await.remove(0);
    assert!(kept.starts_with("a256gcm:") && !kept.contains(&own.secret["whsec_".len()..40]));
    let database = world.leave().await;
    // A server without the key sends nothing, and one that has the old key after the new one goes on.
    let world = World::on(database, keyed(&[new])).await;
    world.draft_on(&world.partner, 1).await;
    let admin_of = admin(&world);
    let put_off = |all: &[serde_json::Value]| all.len() == 1 && all[0]["nextAttemptAt"] == "2026-03-02T09:01:00Z";
    deliveries_until(&admin_of, &own.id, put_off).await;
    let database = world.leave().await;
    let world = World::on(database, keyed(&[new, old])).await;
    super::advance(&world, 60);
    let message = receiver.messages("/", 1).await.remove(0);
    verify(&own.secret, &message);
    world.finish().await;
}
