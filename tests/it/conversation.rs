//! Comments, and the history that tells of everything (K1, H1, H3).

use serde_json::{Value, json};

use crate::support::{World, both};

both!(
    comments_are_shared_or_internal,
    comments_cannot_be_made_on_a_draft,
    everything_is_in_the_history,
    the_history_tells_what_changed_field_by_field,
    the_history_is_chained,
    a_history_can_be_filtered,
    a_deleted_draft_leaves_no_trace_to_be_seen,
);

async fn comments_are_shared_or_internal(world: &World) {
    // K1
    let claim = world.submitted().await;
    assert!(world.partner.comment(claim.id(), " From us. ", "SHARED").await.problems().is_empty());
    assert!(world.reviewer.comment(claim.id(), "To you.", "SHARED").await.problems().is_empty());
    let answer = world.second_reviewer.comment(claim.id(), "Among us.", "INTERNAL").await;
    assert_eq!(answer.payload()["comment"]["author"], json!({ "kind": "REVIEWER", "name": "Ravi Reviewer" }));
    assert_eq!(world.partner.comment(claim.id(), "Psst.", "INTERNAL").await.refused(), ["NOT_ALLOWED"]);
    // Without a visibility it is shared.
    let shared = world.lead.mutate("addComment", json!({ "claimId": claim.id(), "body": "By default." })).await;
    assert_eq!(shared.payload()["comment"]["visibility"], "SHARED");
    let query = "query($id: ID!) { comments(claimId: $id) { totalCount nodes { body author { kind } claim { id } } } }";
    let bodies = |answer: crate::support::Answer| -> Vec<String> {
        let nodes = answer.data()["comments"]["nodes"].as_array().unwrap().clone();
        assert_eq!(answer.data()["comments"]["totalCount"], nodes.len());
        nodes.iter().map(|node| node["body"].as_str().unwrap().to_owned()).collect()
    };
    let variables = json!({ "id": claim.id() });
    let partner = bodies(world.partner.graphql(query, variables.clone()).await);
    assert_eq!(partner, ["From us.", "To you.", "By default."]);
    let vendor = bodies(world.auditor.graphql(query, variables.clone()).await);
    assert_eq!(vendor, ["From us.", "To you.", "Among us.", "By default."]);
    assert!(bodies(world.rival.graphql(query, variables).await).is_empty());
    // The latest: last.
    let last =
        "query($id: ID!) { claim(id: $id) { comments(last: 2) { nodes { body } pageInfo { hasPreviousPage } } } }";
    let answer = world.partner.graphql(last, json!({ "id": claim.id() })).await;
    assert_eq!(answer.data()["claim"]["comments"]["nodes"], json!([{ "body": "To you." }, { "body": "By default." }]));
    assert_eq!(answer.data()["claim"]["comments"]["pageInfo"]["hasPreviousPage"], true);
}

async fn comments_cannot_be_made_on_a_draft(world: &World) {
    // L8
    let draft = world.draft().await;
    assert_eq!(world.partner.comment(draft.id(), "Hello?", "SHARED").await.refused(), ["WRONG_STATUS"]);
    let claim = world.rejected().await;
    assert!(world.partner.comment(claim.id(), "Why?", "SHARED").await.problems().is_empty());
}

async fn everything_is_in_the_history(world: &World) {
    // H1: every change, comment and action; who, when, from, to.
    let draft = world.draft().await;
    let claim = world.partner.act("updateClaim", &draft, json!({ "name": "Renamed" })).await.claim();
    let claim = world.prove(&world.user, &claim).await;
    let document = claim.field("proofOfExecution")[0]["id"].clone();
    let claim = world.partner.act("removeProofOfExecution", &claim, json!({ "documentId": document })).await.claim();
    let claim = world.prove(&world.partner, &claim).await;
    let claim = world.submit(&world.partner, &claim).await;
    world.advance_days(1);
    let claim =
        world.lead.act("assignReviewer", &claim, json!({ "reviewerSubject": "rita@vendor.example" })).await.done();
    let claim = world.respond(&world.ask(&world.review(&claim).await).await).await;
    world.reviewer.comment(claim.id(), "Fine.", "INTERNAL").await.claim();
    let claim = world.approve(&claim).await;
    world.partner.act("withdrawClaim", &claim, json!({ "detail": "Changed our mind." })).await.done();
    let history = world.history(&claim).await;
    let told: Vec<_> = history.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    let expected = [
        "CREATED",
        "EDITED",
        "PROOF_ATTACHED",
        "PROOF_REMOVED",
        "PROOF_ATTACHED",
        "SUBMITTED",
        "ASSIGNED",
        "REVIEW_STARTED",
        "ACTION_REQUESTED",
        "RESPONDED",
        "COMMENTED",
        "APPROVED",
        "ASSOCIATION_STARTED",
        "WITHDRAWN",
        "ASSOCIATION_ENDED",
    ];
    for action in expected {
        let count = |list: &[&str]| list.iter().filter(|seen| **seen == action).count();
        assert_eq!(count(&told), count(&expected), "{action} in {told:?}");
    }
    let of = |action: &str| history.iter().find(|entry| entry["action"] == action).unwrap();
    assert_eq!(of("PROOF_ATTACHED")["actor"], json!({ "kind": "PARTNER", "name": "Ulf of Alpine" }));
    assert_eq!(of("SUBMITTED")["at"], "2026-03-02T09:00:00Z");
    assert_eq!(of("REVIEW_STARTED")["at"], "2026-03-03T09:00:00Z");
    assert_eq!(
        (&of("SUBMITTED")["fromStatus"], &of("SUBMITTED")["toStatus"]),
        (&json!("EDITING"), &json!("SUBMITTED"))
    );
    assert_eq!(
        (&of("WITHDRAWN")["fromStatus"], &of("WITHDRAWN")["toStatus"]),
        (&json!("APPROVED"), &json!("REJECTED"))
    );
    assert_eq!(of("COMMENTED")["comment"]["body"], "Fine.");
}

async fn the_history_tells_what_changed_field_by_field(world: &World) {
    // H1
    let draft = world.draft().await;
    let changed = json!({ "name": "Renamed", "solutionSeller": "Sam", "partnerContact": null });
    let claim = world.partner.act("updateClaim", &draft, changed).await.claim();
    let entry = world.history(&claim).await.pop().unwrap();
    let change =
        |field: &str| entry["changes"].as_array().unwrap().iter().find(|change| change["field"] == field).cloned();
    assert_eq!(change("name"), Some(json!({ "field": "name", "before": "Sales at Contoso", "after": "Renamed" })));
    assert_eq!(change("solutionSeller"), Some(json!({ "field": "solutionSeller", "before": null, "after": "Sam" })));
    assert!(
        change("partnerContact").is_some_and(|change| change["after"].is_null() && !change["before"].is_null()),
        "{entry}"
    );
    assert_eq!(entry["changes"].as_array().unwrap().len(), 3, "{entry}");
    assert_eq!(change("version"), None);
}

async fn the_history_is_chained(world: &World) {
    // H3: a hash for each entry, none twice; refusals leave nothing.
    let claim = world.submitted().await;
    let before = world.history(&claim).await;
    assert_eq!(world.partner.act("submitClaim", &claim, json!({})).await.refused(), ["WRONG_STATUS"]);
    assert_eq!(world.partner.comment(claim.id(), "", "SHARED").await.refused(), ["INVALID_VALUE"]);
    assert_eq!(world.history(&claim).await, before);
    let mut hashes: Vec<_> = before.iter().map(|entry| entry["hash"].as_str().unwrap()).collect();
    assert!(hashes.iter().all(|hash| hash.len() == 64), "{hashes:?}");
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), before.len());
}

async fn a_history_can_be_filtered(world: &World) {
    let claim = world.submitted().await;
    world.advance_days(1);
    world.review(&claim).await;
    let other = world.submitted_on(&world.partner, 1).await;
    let query = "query($f: HistoryFilter) { history(first: 100, filter: $f) { totalCount nodes { action position claim { id } } } }";
    let entries = |filter: Value| async move {
        let answer = world.lead.graphql(query, json!({ "f": filter })).await;
        let found = answer.data()["history"].clone();
        assert_eq!(found["totalCount"], found["nodes"].as_array().unwrap().len());
        found["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| format!("{} {}", node["action"].as_str().unwrap(), node["claim"]["id"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let submitted = entries(json!({ "actions": ["SUBMITTED"] })).await;
    assert_eq!(submitted, [format!("SUBMITTED {}", claim.id()), format!("SUBMITTED {}", other.id())]);
    assert_eq!(entries(json!({ "actions": ["SUBMITTED"], "claimId": other.id() })).await.len(), 1);
    let late = json!({ "claimId": claim.id(), "at": { "from": "2026-03-03T00:00:00Z" } });
    assert_eq!(entries(late).await, [format!("REVIEW_STARTED {}", claim.id())]);
    let early =
        json!({ "claimId": claim.id(), "at": { "before": "2026-03-03T00:00:00Z" }, "actions": ["REVIEW_STARTED"] });
    assert!(entries(early).await.is_empty());
}

async fn a_deleted_draft_leaves_no_trace_to_be_seen(world: &World) {
    // L1, A4; its entries stay in the chain all the same (H3), which the end of every test verifies.
    let draft = world.draft().await;
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.data();
    let seen = world
        .partner
        .query("{ claims { totalCount } history { totalCount nodes { id } } customers { totalCount } }")
        .await;
    assert_eq!((&seen["claims"]["totalCount"], &seen["history"]["totalCount"]), (&json!(0), &json!(0)));
    assert_eq!(seen["customers"]["totalCount"], 0);
    assert_eq!(world.lead.query("{ history { totalCount } }").await["history"]["totalCount"], 0);
}
