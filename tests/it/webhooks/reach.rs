//! Who receives what, and who manages it (W1).

use serde_json::json;

use super::{admin, caller, deliveries, endpoint, lead, rival, shown};
use crate::support::{
    Settings, World, both,
    directory::ALPINE,
    receiver::{Manners, Receiver},
};

both!(Settings::dispatching() =>
    each_side_receives_what_it_would_follow_live,
    what_may_not_be_seen_when_it_is_delivered_is_not_delivered,
    admins_and_leads_manage_their_own,
);

const ALL: [&str; 3] = ["CLAIM_STATUS_CHANGED", "COMMENT_ADDED", "HISTORY_APPENDED"];

async fn each_side_receives_what_it_would_follow_live(world: &World) {
    // W1 H2 A4 K1
    let receiver = Receiver::start().await;
    let (admin, rival, lead) = (admin(world), rival(world), lead(world));
    endpoint(&admin, &receiver, "/alpine", &ALL).await;
    let foreign = endpoint(&rival, &receiver, "/boreal", &ALL).await;
    let vendors = endpoint(&lead, &receiver, "/vendor", &["HISTORY_APPENDED"]).await;
    let claim = world.under_review().await;
    world.reviewer.comment(claim.id(), "Between us.", "INTERNAL").await.payload();
    world.reviewer.comment(claim.id(), "To the partner.", "SHARED").await.payload();
    let seen = receiver.until("/vendor", |received| received.len() >= 4).await;
    let actions: Vec<_> = super::each(&seen, "action");
    // The draft's entries are the partner's own.
    assert_eq!(actions, ["SUBMITTED", "REVIEW_STARTED", "COMMENTED", "COMMENTED"]);
    let shared = |message: &super::Received| message.json()["data"]["commentId"].is_string();
    let own = receiver.until("/alpine", |received| received.len() >= 9 && received.iter().any(shared)).await;
    let of = |kind: &str| own.iter().filter(|message| message.json()["type"] == kind).cloned().collect::<Vec<_>>();
    let history = super::each(&of("history.appended"), "action");
    assert_eq!(history, ["CREATED", "PROOF_ATTACHED", "SUBMITTED", "REVIEW_STARTED", "COMMENTED"]);
    let statuses = super::each(&of("claim.status_changed"), "status");
    assert!(statuses.ends_with(&["SUBMITTED".to_owned(), "UNDER_REVIEW".to_owned()]), "{statuses:?}");
    assert_eq!(of("comment.added").len(), 1, "the internal one is the vendor's");
    assert_eq!(own.len(), 5 + statuses.len() + 1);
    assert!(receiver.at("/boreal").is_empty());
    // Nor does the log say that there was something.
    assert!(deliveries(&rival, &foreign.id).await.is_empty());
    assert_eq!(deliveries(&lead, &vendors.id).await.len(), 4);
}

async fn what_may_not_be_seen_when_it_is_delivered_is_not_delivered(world: &World) {
    // W1: the draft is deleted while its creation waits for another attempt.
    let receiver = Receiver::start().await;
    let admin = admin(world);
    receiver.behave("/", Manners::Status(503));
    let own = endpoint(&admin, &receiver, "/", &["HISTORY_APPENDED"]).await;
    let draft = world.draft().await;
    receiver.messages("/", 1).await;
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.payload();
    super::deliveries_until(&admin, &own.id, |all| all.iter().any(|one| one["attempts"][0].is_object())).await;
    receiver.behave("/", Manners::Accepts);
    super::advance(world, 5);
    let skipped = |all: &[serde_json::Value]| all.last().is_some_and(|one| one["state"] == "SKIPPED");
    let all = super::deliveries_until(&admin, &own.id, skipped).await;
    let created = receiver.at("/").iter().filter(|one| one.json()["data"]["action"] == "CREATED").count();
    assert_eq!((created, all.last().unwrap()["claim"].is_null()), (1, true));
}

async fn admins_and_leads_manage_their_own(world: &World) {
    // W1
    let receiver = Receiver::start().await;
    let input = json!({ "url": receiver.url("/"), "events": ["COMMENT_ADDED"] });
    for (subject, role, company) in [
        ("ulf@alpine.example", "INCENTIVES_USER", Some(ALPINE)),
        ("rita@vendor.example", "REVIEWER", None),
        ("adam@vendor.example", "AUDITOR", None),
        ("sync@vendor.example", "DIRECTORY_SYNC", None),
    ] {
        let other = caller(&world.server, subject, role, company);
        let refused = other.mutate("createWebhookEndpoint", input.clone()).await;
        assert_eq!(refused.errors(), ["FORBIDDEN"], "{role}");
        let listed = other.graphql("{ webhookEndpoints { totalCount } }", json!({})).await;
        assert_eq!(listed.errors(), ["FORBIDDEN"], "{role}");
    }
    // The role alone is not enough (A5), nor are events that the token may not follow.
    assert_eq!(world.partner.mutate("createWebhookEndpoint", input.clone()).await.errors(), ["FORBIDDEN"]);
    let narrow = world.server.caller(json!({
        "roles": ["GLOBAL_ADMIN"], "partner_id": ALPINE, "scope": "webhooks:write webhooks:read claims:read",
    }));
    let history = json!({ "url": receiver.url("/"), "events": ["HISTORY_APPENDED"] });
    assert_eq!(narrow.mutate("createWebhookEndpoint", history).await.errors(), ["FORBIDDEN"]);
    // Every admin of the partner manages what one has made; to others it is not there.
    let billing = caller(&world.server, "bo@alpine.example", "BILLING_ADMIN", Some(ALPINE));
    let own = endpoint(&admin(world), &receiver, "/", &["COMMENT_ADDED"]).await;
    assert_eq!(shown(&billing, &own.id).await["state"], "ACTIVE");
    for other in [rival(world), lead(world)] {
        assert!(shown(&other, &own.id).await.is_null());
        for (mutation, input) in [
            ("updateWebhookEndpoint", json!({ "endpointId": own.id, "enabled": false })),
            ("deleteWebhookEndpoint", json!({ "endpointId": own.id })),
            ("rotateWebhookSecret", json!({ "endpointId": own.id })),
            ("testWebhookEndpoint", json!({ "endpointId": own.id })),
            ("recoverWebhookDeliveries", json!({ "endpointId": own.id, "since": "x" })),
        ] {
            let answer = other.mutate(mutation, input).await;
            assert_eq!(answer.problems(), ["NOT_FOUND"], "{mutation}");
        }
        assert_eq!(other.query("{ webhookEndpoints { totalCount } }").await["webhookEndpoints"]["totalCount"], 0);
    }
    let listed = billing.query("{ webhookEndpoints { totalCount nodes { id url events } } }").await;
    assert_eq!(listed["webhookEndpoints"]["nodes"][0]["id"], own.id.as_str());
    assert!(receiver.at("/").is_empty());
}
