//! Drafts come and go by webhook as they do live (W1, H2).

use serde_json::json;

use super::{admin, endpoint, endpoint_with, lead, rival, verify};
use crate::support::{Settings, World, both, receiver::Receiver};

both!(Settings::dispatching() => drafts_come_and_go_to_their_partner_alone);

async fn drafts_come_and_go_to_their_partner_alone(world: &World) {
    // W1 W2 H2 L1 A4
    let receiver = Receiver::start().await;
    let admin = admin(world);
    let statuses = endpoint(&admin, &receiver, "/statuses", &["CLAIM_STATUS_CHANGED"]).await;
    endpoint(&admin, &receiver, "/history", &["HISTORY_APPENDED"]).await;
    endpoint(&lead(world), &receiver, "/vendor", &["HISTORY_APPENDED", "CLAIM_STATUS_CHANGED"]).await;
    endpoint(&rival(world), &receiver, "/rival", &["HISTORY_APPENDED", "CLAIM_STATUS_CHANGED"]).await;
    let selection = "{ action claim { id number status name history { totalCount } } }";
    let chosen = json!({ "url": receiver.url("/chosen"), "events": ["HISTORY_APPENDED"], "selection": selection });
    endpoint_with(&admin, chosen).await;
    let draft = world.draft().await;
    let created = &receiver.messages("/statuses", 1).await[0];
    verify(&statuses.secret, created);
    let data = created.json()["data"].clone();
    assert_eq!((&data["claimId"], &data["status"]), (&json!(draft.id()), &json!("EDITING")), "{data}");
    receiver.messages("/history", 1).await;
    receiver.messages("/chosen", 1).await;
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.data();
    let deleted = receiver.messages("/history", 2).await[1].json();
    assert_eq!(deleted["type"], "history.appended");
    let data = &deleted["data"];
    assert_eq!((&data["action"], &data["claimId"]), (&json!("DELETED"), &json!(draft.id())));
    assert_eq!((&data["claimNumber"], &data["status"]), (draft.field("number"), &json!("EDITING")));
    let chosen = receiver.messages("/chosen", 2).await[1].json();
    let left = json!({ "id": draft.id(), "number": draft.field("number"), "status": "EDITING", "name": "", "history": { "totalCount": 0 } });
    assert_eq!(chosen["data"], json!({ "action": "DELETED", "claim": left }));
    // A claim that is submitted comes to the vendor: nothing came before it.
    let submitted = world.submitted().await;
    assert_eq!(receiver.messages("/vendor", 1).await[0].json()["data"]["claimId"], submitted.id());
    // The rival's first message is of its own draft: nothing of the partner's came before it.
    let own = world.draft_on(&world.rival, 5).await;
    assert_eq!(receiver.messages("/rival", 1).await[0].json()["data"]["claimId"], own.id());
}
