//! Drafts come and go live, too, to those who may see them (L1, A4, H2).

use serde_json::{Value, json};

use super::{HISTORY, STATUSES, event, follow, last_position, silent};
use crate::support::{World, both};

both!(
    a_new_draft_is_a_change_of_status_for_its_partner,
    a_deleted_draft_comes_as_what_is_left_of_it,
    a_draft_made_and_deleted_while_away_comes_once,
);

/// A deletion, with every kind of field that its claim has.
const WHOLE: &str = "subscription($after: String) { historyAppended(actions: [DELETED], after: $after) { position action changes { field } \
    claim { id number name externalReference version status partner { name } location { mpnId } customer { name domain domains } domain \
    solutionArea activities programs lines { id } customerContact { name } technicalContact { name } partnerContact { name } \
    solutionSeller partnerSolution proofOfExecution { id } comments { totalCount nodes { id } } history { totalCount nodes { id } } \
    deadline { kind } decisionDueAt problems { code } actionRequest { message } rejection { detail } dispute { status } consent { status } \
    evaluation { status } arbitrations { id } reviewer { subject } availableActions unavailableActions { action } \
    createdAt updatedAt submittedAt decidedAt lastActivityAt createdBy { kind name } submittedBy { name } } } }";

async fn a_new_draft_is_a_change_of_status_for_its_partner(world: &World) {
    // L1 A4 H2
    world.draft_on(&world.partner, 1).await;
    let start = last_position(&world.partner).await;
    let mut own = [follow(&world.partner, STATUSES, json!({})).await, follow(&world.user, STATUSES, json!({})).await];
    let mut others = Vec::new();
    for caller in [&world.rival, &world.reviewer, &world.lead, &world.customer] {
        others.push(follow(caller, STATUSES, json!({})).await);
    }
    let mut elsewhere = follow(&world.partner, STATUSES, json!({ "status": ["SUBMITTED"] })).await;
    let draft = world.draft().await;
    let behind = follow(&world.partner, STATUSES, json!({ "after": start })).await;
    let [first, second] = &mut own;
    for stream in [first, second, &mut { behind }] {
        let event = event(stream).await;
        assert_eq!((&event["fromStatus"], &event["toStatus"]), (&Value::Null, &json!("EDITING")), "{event}");
        assert_eq!(event["claim"], json!({ "id": draft.id(), "status": "EDITING" }));
        assert_eq!(event["actor"]["name"], "Ann of Alpine");
    }
    for stream in &mut others {
        silent(stream).await;
    }
    silent(&mut elsewhere).await;
    let entry = world.history(&draft).await;
    assert_eq!((&entry[0]["action"], &entry[0]["fromStatus"]), (&json!("CREATED"), &Value::Null));
}

async fn a_deleted_draft_comes_as_what_is_left_of_it(world: &World) {
    // L1 A4 H2: the rest is empty.
    let draft = world.proven().await;
    let start = last_position(&world.partner).await;
    let live = follow(&world.partner, WHOLE, json!({})).await;
    let mut others = Vec::new();
    for caller in [&world.rival, &world.reviewer, &world.lead, &world.auditor] {
        others.push(follow(caller, HISTORY, json!({})).await);
        others.push(follow(caller, HISTORY, json!({ "claim": draft.id() })).await);
    }
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.data();
    let behind = follow(&world.partner, WHOLE, json!({ "after": start })).await;
    let number = draft.field("number").clone();
    for mut stream in [live, behind] {
        let event = event(&mut stream).await;
        assert_eq!((&event["action"], &event["changes"]), (&json!("DELETED"), &json!([])));
        let claim = event["claim"].as_object().unwrap();
        for (field, value) in claim {
            let expected = match field.as_str() {
                "id" => json!(draft.id()),
                "number" => number.clone(),
                "version" => json!(draft.version() + 1),
                "status" => json!("EDITING"),
                "name" => json!(""),
                "partner" => json!({ "name": "Alpine Advisers" }),
                "customer" => json!({ "name": "", "domain": "", "domains": [] }),
                "comments" | "history" => json!({ "totalCount": 0, "nodes": [] }),
                // What cannot be empty, and is the partner's own.
                "location" | "solutionArea" | "createdAt" | "updatedAt" | "lastActivityAt" => value.clone(),
                "createdBy" => json!({ "kind": "PARTNER", "name": "Ann of Alpine" }),
                _ if value.is_array() => json!([]),
                _ => Value::Null,
            };
            assert_eq!(value, &expected, "{field}");
        }
    }
    for stream in &mut others {
        silent(stream).await;
    }
    // It is gone from everything but the log that is followed.
    assert!(world.partner.claim(draft.id()).await.is_none());
    let seen = world.partner.query("{ history { totalCount nodes { id } } }").await;
    assert_eq!(seen["history"], json!({ "totalCount": 0, "nodes": [] }));
}

async fn a_draft_made_and_deleted_while_away_comes_once(world: &World) {
    // H2: what it was is gone; that it is gone is told, and what comes after goes on without a gap.
    let kept = world.draft_on(&world.partner, 1).await;
    let start = last_position(&world.partner).await;
    let draft = world.draft().await;
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.data();
    world.partner.act("updateClaim", &kept, json!({ "name": "Kept" })).await.claim();
    let mut stream = follow(&world.partner, HISTORY, json!({ "after": start })).await;
    let gone = event(&mut stream).await;
    assert_eq!((&gone["action"], &gone["claim"]["id"]), (&json!("DELETED"), &json!(draft.id())));
    assert_eq!(event(&mut stream).await["claim"]["id"], kept.id());
    let mut after_it = follow(&world.partner, HISTORY, json!({ "after": gone["position"] })).await;
    assert_eq!(event(&mut after_it).await["claim"]["id"], kept.id());
    let read = "query($after: String) { history(after: $after) { nodes { claim { id } } } }";
    let page = world.partner.graphql(read, json!({ "after": gone["position"] })).await;
    assert_eq!(page.data()["history"]["nodes"], json!([{ "claim": { "id": kept.id() } }]));
}
