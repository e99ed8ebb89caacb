//! An export shows its caller exactly what the API shows it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::export;
use crate::support::{Caller, World, both};

both!(
    claims_are_exported_as_the_api_shows_them,
    the_history_is_exported_as_the_api_shows_it,
    associations_are_exported_as_the_api_shows_them,
    evaluations_are_exported_as_the_api_shows_them,
);

fn everybody(world: &World) -> [&Caller; 10] {
    [
        &world.partner,
        &world.user,
        &world.rival,
        &world.reviewer,
        &world.lead,
        &world.auditor,
        &world.sync,
        &world.customer,
        &world.other_customer,
        &world.second_reviewer,
    ]
}

/// Claims of two partners in every situation that some see and others do not.
async fn stage(world: &World) {
    let approved = world.approved().await;
    world.reviewer.comment(approved.id(), "Among us", "INTERNAL").await.claim();
    world.reviewer.comment(approved.id(), "To you", "SHARED").await.claim();
    let draft = world.draft_on(&world.partner, 1).await;
    world.partner.act("updateClaim", &draft, json!({ "externalReference": "OPP-1", "name": "=1+1" })).await.claim();
    let reviewed = world.review(&world.submitted_on(&world.partner, 2).await).await;
    let rejected = world.reject(&reviewed).await;
    world.partner.act("disputeClaim", &rejected, json!({ "justification": "The proof is there." })).await.done();
    world.ask(&world.review(&world.submitted_on(&world.rival, 3).await).await).await;
    world.draft_on(&world.rival, 4).await;
    // Consent lapses, the claim is evaluated.
    world.advance_days(8);
    world.server.app.settle().await.unwrap();
    let late = world.approve(&world.review(&world.submitted_on(&world.partner, 5).await).await).await;
    assert_eq!(late.status(), "APPROVED");
}

/// The natural key in a global id.
fn key(id: &Value) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(id.as_str().unwrap()).unwrap();
    Uuid::from_slice(&bytes[1..]).unwrap().to_string()
}

/// All nodes of a list at the root.
async fn nodes(caller: &Caller, list: &str, fields: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), String::new());
    loop {
        let query =
            format!("{{ {list}(first: 20{after}) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}");
        let data = caller.query(&query).await[list].clone();
        nodes.extend(data["nodes"].as_array().unwrap().iter().cloned());
        if data["pageInfo"]["hasNextPage"] == false {
            return nodes;
        }
        after = format!(", after: {}", data["pageInfo"]["endCursor"]);
    }
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(|row| (row["id"].to_string(), row["claimId"].to_string()));
    rows
}

async fn claims_are_exported_as_the_api_shows_them(world: &World) {
    // B3 A3 A4 L12 N2
    stage(world).await;
    let fields = "id number name externalReference status version partner { id } location { mpnId } customer { tenantId } \
        solutionArea activities programs lines { product { id } subscriptionId } createdAt updatedAt submittedAt decidedAt \
        deadline { kind dueAt } rejection { reason } consent { status } dispute { status } evaluation { status } domain lastActivityAt";
    for caller in everybody(world) {
        let shown = nodes(caller, "claims", fields).await.into_iter().map(|claim| {
            let lines = claim["lines"].as_array().unwrap();
            json!({
                "id": claim["id"], "number": claim["number"], "name": claim["name"],
                "externalReference": claim["externalReference"], "status": claim["status"], "version": claim["version"],
                "partnerId": key(&claim["partner"]["id"]), "mpnId": claim["location"]["mpnId"],
                "tenantId": claim["customer"]["tenantId"], "solutionArea": claim["solutionArea"],
                "activities": claim["activities"], "programs": claim["programs"],
                "skuIds": lines.iter().map(|line| key(&line["product"]["id"])).collect::<Vec<_>>(),
                "subscriptionIds": lines.iter().map(|line| line["subscriptionId"].clone()).collect::<Vec<_>>(),
                "createdAt": claim["createdAt"], "updatedAt": claim["updatedAt"],
                "submittedAt": claim["submittedAt"], "decidedAt": claim["decidedAt"],
                "deadlineKind": claim["deadline"]["kind"], "dueAt": claim["deadline"]["dueAt"],
                "rejectionReason": claim["rejection"]["reason"], "consentStatus": claim["consent"]["status"],
                "disputeStatus": claim["dispute"]["status"], "evaluationStatus": claim["evaluation"]["status"],
                "domain": claim["domain"], "lastActivityAt": claim["lastActivityAt"],
            })
        });
        let shown = sorted(shown.collect());
        let exported = export(caller, "claims.jsonl").await.objects();
        assert_eq!(sorted(exported), shown, "{}", caller.subject);
    }
    let count = async |caller: &Caller| export(caller, "claims.jsonl").await.rows;
    assert_eq!((count(&world.partner).await, count(&world.rival).await), (4, 2));
    assert_eq!((count(&world.auditor).await, count(&world.customer).await), (4, 1), "no drafts, the approved");
    assert_eq!((count(&world.sync).await, count(&world.other_customer).await), (0, 0));
}

async fn the_history_is_exported_as_the_api_shows_it(world: &World) {
    // B3 H1 K1 A4
    stage(world).await;
    let fields = "position claim { id number } action at actor { kind name } fromStatus toStatus \
        changes { field before after } comment { body } note hash";
    for caller in everybody(world) {
        let shown: Vec<Value> = nodes(caller, "history", fields)
            .await
            .into_iter()
            .map(|entry| {
                json!({
                    "position": entry["position"], "claimId": entry["claim"]["id"], "number": entry["claim"]["number"],
                    "action": entry["action"], "at": entry["at"], "actorKind": entry["actor"]["kind"],
                    "actorName": entry["actor"]["name"], "fromStatus": entry["fromStatus"], "toStatus": entry["toStatus"],
                    "changes": entry["changes"], "comment": entry["comment"]["body"], "note": entry["note"],
                    "hash": entry["hash"],
                })
            })
            .collect();
        let exported = export(caller, "history.jsonl").await;
        assert_eq!(exported.objects(), shown, "{}", caller.subject);
        let is_customer = [&world.customer.subject, &world.other_customer.subject].contains(&&caller.subject);
        if let Some(last) = shown.last() {
            assert_eq!(last["position"], exported.position.as_str());
        } else {
            assert!(is_customer || caller.subject == world.sync.subject);
        }
    }
    let text = export(&world.partner, "history.jsonl").await.text;
    assert!(text.contains("To you") && !text.contains("Among us") && !text.contains("Rita"), "{text}");
    assert!(export(&world.auditor, "history.jsonl").await.text.contains("Among us"));
    assert!(!export(&world.auditor, "history.jsonl").await.text.contains("OPP-1"));
}

async fn associations_are_exported_as_the_api_shows_them(world: &World) {
    // B3 X6 A3
    stage(world).await;
    let fields = "id claim { id } partner { id } customer { tenantId } product { id } official startedAt endedAt";
    let mut seen = 0;
    for caller in everybody(world) {
        let shown = nodes(caller, "associations", fields).await.into_iter().map(|one| {
            json!({
                "id": one["id"], "claimId": one["claim"]["id"], "partnerId": key(&one["partner"]["id"]),
                "tenantId": one["customer"]["tenantId"], "skuId": key(&one["product"]["id"]),
                "official": one["official"], "startedAt": one["startedAt"], "endedAt": one["endedAt"],
            })
        });
        let shown = sorted(shown.collect());
        let exported = export(caller, "associations.jsonl").await.objects().into_iter().map(|mut row| {
            let subscription = row.as_object_mut().unwrap().remove("subscriptionId").unwrap();
            assert!(subscription.is_string(), "{row}");
            row
        });
        assert_eq!(sorted(exported.collect()), shown, "{}", caller.subject);
        seen += shown.len();
    }
    assert!(seen > 10, "{seen}");
}

async fn evaluations_are_exported_as_the_api_shows_them(world: &World) {
    // B3 I1 A3
    stage(world).await;
    let fields = "id number partner { id } evaluation { status programs sentAt tenantId subscriptionIds }";
    let mut seen = Vec::new();
    for caller in everybody(world) {
        let claims = nodes(caller, "claims", fields).await.into_iter();
        let shown = claims.filter(|claim| claim["evaluation"].is_object()).map(|claim| {
            let evaluation = &claim["evaluation"];
            json!({
                "claimId": claim["id"], "number": claim["number"], "partnerId": key(&claim["partner"]["id"]),
                "status": evaluation["status"], "programs": evaluation["programs"], "tenantId": evaluation["tenantId"],
                "subscriptionIds": evaluation["subscriptionIds"], "sentAt": evaluation["sentAt"],
            })
        });
        let shown = sorted(shown.collect());
        assert_eq!(sorted(export(caller, "evaluations.jsonl").await.objects()), shown, "{}", caller.subject);
        seen.extend(shown.into_iter().map(|row| row["status"].clone()));
    }
    assert!(seen.contains(&json!("SENT")) && seen.contains(&json!("WAITING_FOR_CONSENT")), "{seen:?}");
}
