//! Every event once and in order, live and from a position on (H1, H2).

use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, STATUSES, each, event, events, follow, follow_claim, read_history, silent, words};
use crate::support::{Caller, Claim, World, both};

both!(
    everything_that_is_done_comes_as_it_is_done,
    changes_of_status_come_with_what_they_changed,
    comments_come_by_claim,
    one_resumes_after_any_position,
    without_a_position_only_what_is_new_comes,
    an_event_is_there_when_its_mutation_is,
);

/// A life of a claim with a part for everybody.
async fn a_whole_life(world: &World) -> Claim {
    let draft = world.draft().await;
    let draft = world.user.act("updateClaim", &draft, json!({ "name": "Renamed" })).await.claim();
    let claim = world.submit(&world.partner, &world.prove(&world.user, &draft).await).await;
    let assign = json!({ "reviewerSubject": world.reviewer.subject });
    let claim = world.lead.act("assignReviewer", &claim, assign).await.done();
    let claim = world.ask(&world.review(&claim).await).await;
    world.second_reviewer.comment(claim.id(), "I know them.", "SHARED").await.claim();
    world.user.comment(claim.id(), "Coming.", "SHARED").await.claim();
    let claim = world.reject(&world.respond(&claim).await).await;
    let claim = world.taken(&world.dispute(&claim).await).await;
    let claim = world.second_reviewer.act("approveClaim", &claim, json!({})).await.done();
    world.customer.act("declineConsent", &claim, json!({ "reason": "We never met." })).await.done()
}

/// What events tell that the history tells too.
fn told(mut events: Vec<Value>) -> Vec<Value> {
    for event in &mut events {
        // The claim is shown as it is when the event is sent.
        event["claim"].as_object_mut().unwrap().remove("status");
    }
    events
}

async fn everything_that_is_done_comes_as_it_is_done(world: &World) {
    // H1, H2
    let mut own = follow(&world.partner, HISTORY, json!({})).await;
    let mut colleague = follow(&world.user, HISTORY, json!({})).await;
    let mut reviewer = follow(&world.reviewer, HISTORY, json!({})).await;
    let mut auditor = follow(&world.auditor, HISTORY, json!({})).await;
    let mut rival = follow(&world.rival, HISTORY, json!({})).await;
    let claim = a_whole_life(world).await;
    let all = read_history(&world.partner, json!({})).await;
    assert!(all.len() > 14, "{all:?}");
    for stream in [&mut own, &mut colleague] {
        assert_eq!(told(events(stream, all.len()).await), all);
    }
    // The vendor's people see it from the submission on, and with their names.
    let seen = read_history(&world.reviewer, json!({})).await;
    assert_eq!(each(&seen, "id"), each(&all, "id"), "the history shows them all now");
    let submitted = seen.iter().position(|entry| entry["action"] == "SUBMITTED").unwrap();
    for stream in [&mut reviewer, &mut auditor] {
        assert_eq!(told(events(stream, seen.len() - submitted).await), seen[submitted..]);
    }
    // The rival has got nothing of it: its first event is its own.
    let other = world.draft_on(&world.rival, 1).await;
    assert_eq!(event(&mut rival).await["claim"]["id"], other.id());
    let last = world.partner.comment(claim.id(), "The end.", "SHARED").await;
    for stream in [&mut own, &mut colleague, &mut reviewer, &mut auditor] {
        assert_eq!(event(stream).await["comment"]["id"], last.payload()["comment"]["id"]);
    }
}

async fn changes_of_status_come_with_what_they_changed(world: &World) {
    // H2
    let mut own = follow(&world.partner, STATUSES, json!({})).await;
    let mut decided = follow(&world.auditor, STATUSES, json!({ "status": ["APPROVED", "REJECTED"] })).await;
    let mut never = follow(&world.auditor, STATUSES, json!({ "status": [] })).await;
    let claim = a_whole_life(world).await;
    let other = world.under_review().await;
    let mut seen = Vec::new();
    for _ in 0..11 {
        let change = event(&mut own).await;
        seen.push(format!("{} > {}", change["fromStatus"], change["toStatus"].as_str().unwrap()).replace('"', ""));
    }
    let life = [
        "null > EDITING",
        "EDITING > SUBMITTED",
        "SUBMITTED > UNDER_REVIEW",
        "UNDER_REVIEW > PARTNER_ACTION_REQUIRED",
        "PARTNER_ACTION_REQUIRED > UNDER_REVIEW",
        "UNDER_REVIEW > REJECTED",
        "REJECTED > UNDER_REVIEW",
        "UNDER_REVIEW > APPROVED",
        "APPROVED > REJECTED",
    ];
    assert_eq!(seen[..9], life);
    assert_eq!(seen[9..], life[..2]);
    let changes = events(&mut decided, 3).await;
    assert_eq!(words(&changes, "toStatus"), ["REJECTED", "APPROVED", "REJECTED"]);
    let actors: Vec<_> = changes.iter().map(|change| change["actor"]["kind"].as_str().unwrap()).collect();
    assert_eq!(actors, ["REVIEWER", "REVIEWER", "CUSTOMER"]);
    assert!(changes.iter().all(|change| change["claim"]["id"] == claim.id() && change["at"] == "2026-03-02T09:00:00Z"));
    silent(&mut never).await;
    // Of one claim, to one status, from a position on.
    let after = &changes[0]["position"];
    let one = json!({ "claim": claim.id(), "status": ["UNDER_REVIEW"], "after": after });
    let mut again = follow(&world.partner, STATUSES, one).await;
    assert_eq!(event(&mut again).await["fromStatus"], "REJECTED");
    world.ask(&other).await;
    silent(&mut again).await;
}

async fn comments_come_by_claim(world: &World) {
    // K1, H2
    let claim = world.under_review().await;
    let other = world.submitted_on(&world.partner, 1).await;
    let mut own = follow_claim(&world.partner, COMMENTS, &claim).await;
    let mut vendors = follow_claim(&world.second_reviewer, COMMENTS, &claim).await;
    world.partner.comment(other.id(), "Elsewhere.", "SHARED").await.claim();
    world.partner.comment(claim.id(), "One.", "SHARED").await.claim();
    world.reviewer.comment(claim.id(), "Two.", "INTERNAL").await.claim();
    // Comments that come with something else.
    world.respond(&world.ask(&claim).await).await;
    let texts = |events: &[Value]| -> Vec<String> {
        assert!(events.iter().all(|event| event["comment"]["claim"]["id"] == claim.id()));
        events.iter().map(|event| event["comment"]["body"].as_str().unwrap().to_owned()).collect()
    };
    let seen = events(&mut own, 3).await;
    assert_eq!(texts(&seen), ["One.", "Please describe the work.", "Here it is."]);
    assert_eq!(seen[1]["comment"]["author"], json!({ "kind": "REVIEWER", "name": "Reviewer" }));
    let all = events(&mut vendors, 4).await;
    assert_eq!(texts(&all), ["One.", "Two.", "Please describe the work.", "Here it is."]);
    assert_eq!(all[2]["comment"]["author"]["name"], "Rita Reviewer");
    let after = json!({ "claim": claim.id(), "after": all[1]["position"] });
    assert_eq!(texts(&events(&mut follow(&world.lead, COMMENTS, after).await, 2).await), texts(&all)[2..]);
}

/// All events after a position, which are as many as this.
async fn resumed(caller: &Caller, document: &str, claim: Value, after: &Value, count: usize) -> Vec<Value> {
    let mut stream = follow(caller, document, json!({ "claim": claim, "after": after })).await;
    events(&mut stream, count).await
}

async fn one_resumes_after_any_position(world: &World) {
    // H2: the position may come from an event, from the history, from a claim's history, or from the other subscriptions.
    let mut live = follow(&world.partner, HISTORY, json!({})).await;
    let claim = world.under_review().await;
    let other = world.submitted_on(&world.partner, 1).await;
    world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
    let all = read_history(&world.partner, json!({})).await;
    let lived = events(&mut live, all.len()).await;
    assert_eq!(each(&lived, "position"), each(&all, "position"));
    for (number, entry) in all.iter().enumerate() {
        let after = &entry["position"];
        let rest = resumed(&world.partner, HISTORY, Value::Null, after, all.len() - number - 1).await;
        assert_eq!(each(&rest, "id"), each(&all[number + 1..], "id"), "after entry {number}");
    }
    // Of one claim, after a position that is another claim's.
    let of_claim = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { id position } } } }";
    for one in [&claim, &other] {
        let answer = world.partner.graphql(of_claim, json!({ "id": one.id() })).await;
        let entries = answer.data()["claim"]["history"]["nodes"].as_array().unwrap().clone();
        for (number, entry) in entries.iter().enumerate() {
            let count = entries.len() - number - 1;
            let rest = resumed(&world.partner, HISTORY, json!(one.id()), &entry["position"], count).await;
            assert_eq!(each(&rest, "id"), each(&entries[number + 1..], "id"));
        }
        let rest = resumed(&world.partner, HISTORY, json!(one.id()), &all[0]["position"], entries.len() - 1).await;
        let first = usize::from(one.id() == claim.id());
        assert_eq!(each(&rest, "id"), each(&entries[first..], "id")[..entries.len() - 1]);
    }
    let changed = resumed(&world.partner, STATUSES, json!(claim.id()), &all[0]["position"], 2).await;
    assert_eq!(words(&changed, "toStatus"), ["SUBMITTED", "UNDER_REVIEW"]);
    // And then it goes on live, without a seam.
    let after = json!({ "after": changed[1]["position"] });
    let mut on = follow(&world.partner, HISTORY, after).await;
    let rest = all.iter().skip_while(|entry| entry["position"] != changed[1]["position"]).skip(1);
    let rest: Vec<_> = rest.cloned().collect();
    assert_eq!(each(&events(&mut on, rest.len()).await, "id"), each(&rest, "id"));
    world.partner.comment(other.id(), "New.", "SHARED").await.claim();
    assert_eq!(event(&mut on).await["comment"]["body"], "New.");
}

async fn without_a_position_only_what_is_new_comes(world: &World) {
    let claim = world.under_review().await;
    world.partner.comment(claim.id(), "Old.", "SHARED").await.claim();
    let mut streams = [
        follow(&world.partner, HISTORY, json!({})).await,
        follow_claim(&world.reviewer, HISTORY, &claim).await,
        follow_claim(&world.partner, COMMENTS, &claim).await,
        follow(&world.partner, COMMENTS, json!({ "claim": claim.id(), "after": null })).await,
    ];
    let mut status = follow_claim(&world.partner, STATUSES, &claim).await;
    for body in ["New.", "Newer."] {
        world.partner.comment(claim.id(), body, "SHARED").await.claim();
        for stream in &mut streams {
            assert_eq!(event(stream).await["comment"]["body"], body);
        }
    }
    world.ask(&claim).await;
    assert_eq!(event(&mut status).await["toStatus"], "PARTNER_ACTION_REQUIRED");
}

async fn an_event_is_there_when_its_mutation_is(world: &World) {
    // H2: the tail is woken by who has written. The reader of the history waits for it, so that what a mutation did is in
    // the history that is asked for next.
    let claim = world.submitted().await;
    let mut stream = follow_claim(&world.partner, HISTORY, &claim).await;
    for number in 0..20 {
        let body = number.to_string();
        let posted = world.partner.comment(claim.id(), &body, "SHARED").await;
        let last = world.partner.query("{ history(last: 1) { nodes { position comment { id } } } }").await;
        let (posted, last) = (&posted.payload()["comment"]["id"], &last["history"]["nodes"][0]);
        assert_eq!(&last["comment"]["id"], posted);
        let event = event(&mut stream).await;
        assert_eq!((&event["comment"]["id"], &event["position"]), (posted, &last["position"]));
    }
}
