//! What is sent, and how it is signed (W2).

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{admin, bytes, each, endpoint, endpoint_with, is_signed, lead, verify};
use crate::support::{Settings, World, both, receiver::Receiver};

both!(Settings::dispatching() =>
    a_message_is_signed_by_standard_webhooks,
    the_default_payload_is_thin,
    a_selection_is_executed_as_a_live_event_is,
    a_selection_that_cannot_be_executed_is_refused,
    the_secret_is_shown_once,
    after_a_rotation_both_secrets_sign_for_a_day,
    a_public_key_checks_signatures_where_it_is_wanted,
);

async fn a_message_is_signed_by_standard_webhooks(world: &World) {
    // W2
    let receiver = Receiver::start().await;
    let own = endpoint(&admin(world), &receiver, "/", &["HISTORY_APPENDED"]).await;
    world.draft().await;
    let message = receiver.messages("/", 1).await.remove(0);
    verify(&own.secret, &message);
    assert!(message.id().starts_with("msg_") && !message.id().contains('.'));
    assert_eq!(message.headers["content-type"], "application/json");
    // By real time, which receivers compare with theirs.
    let second: i64 = message.headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    #[expect(clippy::disallowed_methods, reason = "receivers compare with the machine's time")]
    let now = jiff::Timestamp::now().as_second();
    assert!((now - second).abs() < 60);
    let mut forged = message.clone();
    forged.body = forged.body.replace("CREATED", "APPROVED");
    assert!(!is_signed(&own.secret, &forged));
    let mut moved = message;
    moved.headers.insert("webhook-id", "msg_other".parse().unwrap());
    assert!(!is_signed(&own.secret, &moved));
}

async fn the_default_payload_is_thin(world: &World) {
    // W2
    let receiver = Receiver::start().await;
    for (path, event) in
        [("/status", "CLAIM_STATUS_CHANGED"), ("/comment", "COMMENT_ADDED"), ("/history", "HISTORY_APPENDED")]
    {
        endpoint(&lead(world), &receiver, path, &[event]).await;
    }
    let claim = world.submitted().await;
    let status = receiver.messages("/status", 1).await.remove(0).json();
    let query = "{ history(last: 1) { nodes { position at action } } }";
    let entry = world.reviewer.query(query).await["history"]["nodes"][0].clone();
    assert_eq!(
        status,
        json!({ "type": "claim.status_changed", "timestamp": entry["at"], "position": entry["position"], "data": {
            "claimId": claim.id(), "claimNumber": claim.field("number"), "status": "SUBMITTED", "version": claim.version(),
            "position": entry["position"] } })
    );
    let history = receiver.messages("/history", 1).await.remove(0).json();
    assert_eq!((&history["type"], &history["data"]["action"]), (&json!("history.appended"), &json!("SUBMITTED")));
    let comment = world.reviewer.comment(claim.id(), "Hello.", "SHARED").await.payload()["comment"]["id"].clone();
    let told = receiver.messages("/comment", 1).await.remove(0).json();
    assert_eq!((&told["type"], &told["data"]["commentId"]), (&json!("comment.added"), &comment));
    assert!(told["data"].get("action").is_none() && !receiver.at("/comment")[0].body.contains("Hello"));
}

async fn a_selection_is_executed_as_a_live_event_is(world: &World) {
    // W2
    let receiver = Receiver::start().await;
    let (admin, lead) = (admin(world), lead(world));
    let selection = "{ position action note actor { kind name } claim { number reviewer { subject } } # a comment";
    let selection = format!("{selection}\n comment {{ body }} }} # and another one");
    for (caller, path) in [(&admin, "/alpine"), (&lead, "/vendor")] {
        let input = json!({ "url": receiver.url(path), "events": ["HISTORY_APPENDED"], "selection": selection });
        endpoint_with(caller, input).await;
    }
    let claim = world.under_review().await;
    world.reviewer.comment(claim.id(), "Hello.", "SHARED").await.payload();
    let own = receiver.messages("/alpine", 5).await;
    let vendors = receiver.messages("/vendor", 3).await;
    assert_eq!(each(&own, "action"), ["CREATED", "PROOF_ATTACHED", "SUBMITTED", "REVIEW_STARTED", "COMMENTED"]);
    let (told, shown) = (own[4].json(), vendors[2].json());
    assert_eq!(told["data"]["comment"]["body"], "Hello.");
    // Each side sees what it would see live: the partner learns no reviewer's name.
    assert_eq!(told["data"]["actor"], json!({ "kind": "REVIEWER", "name": "Reviewer" }));
    assert_eq!(shown["data"]["actor"], json!({ "kind": "REVIEWER", "name": "Rita Reviewer" }));
    assert_eq!(told["data"]["claim"]["reviewer"], Value::Null);
    assert_eq!(shown["data"]["claim"]["reviewer"]["subject"], "rita@vendor.example");
    assert_eq!(told["position"], told["data"]["position"]);
    assert!(told.get("errors").is_none());
    let comments = json!({ "url": receiver.url("/comments"), "events": ["COMMENT_ADDED"],
        "selection": "{ position comment { body claim { number } } }" });
    endpoint_with(&admin, comments).await;
    world.reviewer.comment(claim.id(), "Again.", "SHARED").await.payload();
    let comment = receiver.messages("/comments", 1).await.remove(0).json();
    assert_eq!(comment["data"]["comment"], json!({ "body": "Again.", "claim": { "number": claim.field("number") } }));
}

async fn a_selection_that_cannot_be_executed_is_refused(world: &World) {
    // W2
    let admin = admin(world);
    let deep = format!("{{ claim {} id {} }}", "{ customer { claims { nodes".repeat(5), "} } }".repeat(5));
    for selection in [
        "",
        "position",
        "{ }",
        "{ position",
        "{ nothing }",
        "{ position } }",
        "{ position } other: historyAppended { note }",
        "{ position } } query Other { viewer { subject }",
        "{ ...F } } fragment F on HistoryEntry { position ",
        "{ position @include(if: $x) }",
        "query { position }",
        "{ claim { claims { id } } }",
        deep.as_str(),
    ] {
        let input = json!({ "url": "https://hooks.invalid/", "events": ["HISTORY_APPENDED"], "selection": selection });
        let answer = admin.mutate("createWebhookEndpoint", input).await;
        let problem = &answer.payload()["problems"][0];
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&json!("INVALID_VALUE"), &json!(["selection"])),
            "{selection}"
        );
        assert!(problem["remedy"].is_string() && answer.payload()["secret"].is_null());
    }
    let several = json!({ "url": "https://hooks.invalid/", "events": ["HISTORY_APPENDED", "COMMENT_ADDED"],
        "selection": "{ position }" });
    assert_eq!(
        admin.mutate("createWebhookEndpoint", several).await.payload()["problems"][0]["field"],
        json!(["selection"])
    );
}

async fn the_secret_is_shown_once(world: &World) {
    // W2 J1
    let admin = admin(world);
    let input = json!({ "url": "https://hooks.invalid/", "events": ["COMMENT_ADDED"], "idempotencyKey": "k" });
    let first = admin.mutate("createWebhookEndpoint", input.clone()).await;
    let secret = first.payload()["secret"].as_str().unwrap().to_owned();
    assert_eq!(bytes(&secret, "whsec_").len(), 32);
    let again = admin.mutate("createWebhookEndpoint", input).await;
    assert_eq!(again.payload()["endpoint"]["id"], first.payload()["endpoint"]["id"]);
    assert_eq!(again.payload()["secret"], Value::Null);
    let rotate = json!({ "endpointId": first.payload()["endpoint"]["id"], "idempotencyKey": "r" });
    let rotated = admin.mutate("rotateWebhookSecret", rotate.clone()).await;
    assert_ne!(rotated.payload()["secret"].as_str().unwrap(), secret);
    assert_eq!(admin.mutate("rotateWebhookSecret", rotate).await.payload()["secret"], Value::Null);
    let reused = admin.mutate("deleteWebhookEndpoint", json!({ "endpointId": "x", "idempotencyKey": "r" })).await;
    assert_eq!(reused.problems(), ["IDEMPOTENCY_KEY_REUSED"]);
    // Without a key to seal it, it is in the database as it is; what was shown is nowhere else.
    assert_eq!(world.server.database.read("SELECT answer FROM idempotency WHERE answer LIKE '%whsec%'").await.len(), 0);
}

async fn after_a_rotation_both_secrets_sign_for_a_day(world: &World) {
    // W2
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    let rotated = admin.mutate("rotateWebhookSecret", json!({ "endpointId": own.id })).await;
    let new = rotated.payload()["secret"].as_str().unwrap().to_owned();
    world.draft_on(&world.partner, 1).await;
    let both = receiver.messages("/", 1).await.remove(0);
    assert_eq!(both.signature().split(' ').count(), 2);
    verify(&new, &both);
    verify(&own.secret, &both);
    super::advance(world, 24 * 3_600);
    world.draft_on(&world.partner, 2).await;
    let alone = receiver.messages("/", 2).await.remove(1);
    verify(&new, &alone);
    assert!(!is_signed(&own.secret, &alone));
}

async fn a_public_key_checks_signatures_where_it_is_wanted(world: &World) {
    // W2
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let input = json!({ "url": receiver.url("/"), "events": ["HISTORY_APPENDED"], "signWithPublicKey": true });
    let own = endpoint_with(&admin, input).await;
    let key = super::shown(&admin, &own.id).await["publicKey"].as_str().unwrap().to_owned();
    world.draft().await;
    let message = receiver.messages("/", 1).await.remove(0);
    verify(&own.secret, &message);
    let signature = message.signature().split(' ').find_map(|one| one.strip_prefix("v1a,")).unwrap().to_owned();
    let second = message.headers["webhook-timestamp"].to_str().unwrap();
    let signed = format!("{}.{second}.{}", message.id(), message.body);
    let key = UnparsedPublicKey::new(&ED25519, bytes(&key, "whpk_"));
    key.verify(signed.as_bytes(), &STANDARD.decode(signature).unwrap()).unwrap();
}
