//! What a clock does comes as what the server itself has done (T5, H1).

use serde_json::json;

use super::{HISTORY, STATUSES, event, events, follow, follow_claim, silent, words};
use crate::support::{World, both, directory::*};

both!(what_falls_due_comes_from_the_system, what_falls_due_comes_in_order_of_time);

async fn what_falls_due_comes_from_the_system(world: &World) {
    // T3, N4, H2
    let silent_one = world.action_requested().await;
    let mut changes = follow_claim(&world.partner, STATUSES, &silent_one).await;
    let mut history = follow_claim(&world.partner, HISTORY, &silent_one).await;
    let mut vendors = follow_claim(&world.reviewer, HISTORY, &silent_one).await;
    world.later("P20D").await;
    let change = event(&mut changes).await;
    assert_eq!((&change["fromStatus"], &change["toStatus"]), (&json!("PARTNER_ACTION_REQUIRED"), &json!("REJECTED")));
    assert_eq!(change["actor"], json!({ "kind": "SYSTEM", "name": "System" }));
    assert_eq!(change["at"], "2026-03-10T00:00:00Z", "when it fell due, not when it was noticed");
    assert_eq!(change["claim"]["status"], "REJECTED");
    for stream in [&mut history, &mut vendors] {
        let entry = event(stream).await;
        assert_eq!((&entry["action"], &entry["actor"]["kind"]), (&json!("REJECTED"), &json!("SYSTEM")));
    }
    // An approved claim: its consent lapses, which is no change of status.
    let approved = world.approve(&world.review(&world.submitted_on(&world.partner, 1).await).await).await;
    let mut lapse = follow_claim(&world.partner, HISTORY, &approved).await;
    let mut customers = follow(&world.customer, STATUSES, json!({})).await;
    world.later("P20D").await;
    let seen = events(&mut lapse, 2).await;
    assert_eq!(words(&seen, "action"), ["CONSENT_LAPSED", "SENT_FOR_EVALUATION"]);
    assert!(seen.iter().all(|entry| entry["actor"] == json!({ "kind": "SYSTEM", "name": "System" })), "{seen:?}");
    silent(&mut customers).await;
}

async fn what_falls_due_comes_in_order_of_time(world: &World) {
    // T5, I2, H2: one move of the clock over many deadlines.
    let approved = world.approved().await;
    let mut ending = subscription(CONTOSO_SALES, CONTOSO, SALES, "WEB_DIRECT", "ACTIVE");
    ending["endsAt"] = json!("2026-03-20T12:34:56Z");
    world.load("upsertSubscriptions", vec![ending]).await;
    world.later("P1D").await;
    let waiting = world.submitted_on(&world.partner, 1).await;
    let mut all = follow(&world.auditor, HISTORY, json!({})).await;
    let mut own = follow(&world.partner, HISTORY, json!({})).await;
    world.later("P60D").await;
    for stream in [&mut all, &mut own] {
        let seen = events(stream, 4).await;
        let told: Vec<_> = seen
            .iter()
            .map(|entry| (entry["claim"]["id"].as_str().unwrap(), entry["action"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                (approved.id(), "CONSENT_LAPSED"),
                (approved.id(), "SENT_FOR_EVALUATION"),
                (waiting.id(), "DEADLINE_MISSED"),
                (approved.id(), "ASSOCIATION_ENDED"),
            ]
        );
        let times = words(&seen, "at");
        assert!(times.is_sorted(), "{times:?}");
    }
}
