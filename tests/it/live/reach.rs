//! Every event is judged for its subscriber (A3, A4, K1): what may not be seen does not come, whatever is asked for.

use serde_json::{Value, json};

use super::{COMMENTS, HISTORY, STATUSES, event, events, follow, follow_claim, last_position, silent, words};
use crate::support::{Caller, Claim, World, both, event_stream::EventStream, ids};

both!(
    internal_comments_stay_with_the_vendor,
    another_partners_claim_is_silent_like_no_claim,
    a_draft_is_its_partners_alone,
    a_deleted_draft_stops_coming,
    the_directorys_account_follows_nothing,
    nobody_learns_who_the_rival_is,
);

/// All three subscriptions to a claim with these arguments.
async fn all_three(caller: &Caller, claim: &str, after: &Value) -> Vec<EventStream> {
    let mut streams = Vec::new();
    for document in [HISTORY, STATUSES, COMMENTS] {
        streams.push(follow(caller, document, json!({ "claim": claim, "after": after })).await);
    }
    streams
}

async fn internal_comments_stay_with_the_vendor(world: &World) {
    // K1, H1, H2
    let claim = world.under_review().await;
    let start = last_position(&world.partner).await;
    let mut streams = vec![
        follow(&world.partner, HISTORY, json!({})).await,
        follow_claim(&world.partner, HISTORY, &claim).await,
        follow_claim(&world.user, COMMENTS, &claim).await,
    ];
    let mut vendors = follow_claim(&world.auditor, COMMENTS, &claim).await;
    for number in 0..3 {
        world.reviewer.comment(claim.id(), "Among us.", "INTERNAL").await.claim();
        world.reviewer.comment(claim.id(), &format!("To you, {number}."), "SHARED").await.claim();
    }
    // From the table as well as live.
    streams.push(follow(&world.partner, HISTORY, json!({ "after": start })).await);
    streams.push(follow(&world.user, COMMENTS, json!({ "claim": claim.id(), "after": start })).await);
    for stream in &mut streams {
        for number in 0..3 {
            let event = event(stream).await;
            assert_eq!(event["comment"]["body"], format!("To you, {number}."));
            assert!(!event.to_string().contains("INTERNAL"), "{event}");
        }
    }
    for event in events(&mut vendors, 6).await.chunks(2) {
        assert_eq!(
            (&event[0]["comment"]["visibility"], &event[1]["comment"]["visibility"]),
            (&json!("INTERNAL"), &json!("SHARED"))
        );
    }
    // An internal entry's position is a place like any other for those who know it, and shows nothing of the entry.
    let positions = world.auditor.query("{ history(last: 2) { nodes { position comment { visibility } } } }").await;
    let internal = &positions["history"]["nodes"][0];
    assert_eq!(internal["comment"]["visibility"], "INTERNAL");
    let after = json!({ "claim": claim.id(), "after": internal["position"] });
    assert_eq!(event(&mut follow(&world.partner, COMMENTS, after).await).await["comment"]["body"], "To you, 2.");
}

async fn another_partners_claim_is_silent_like_no_claim(world: &World) {
    // A4: not yours and not there are the same answer, which is none.
    let theirs = world.draft_on(&world.rival, 1).await;
    let start = last_position(&world.rival).await;
    let mine = world.draft().await;
    let mut foreign = Vec::new();
    for claim in
        [theirs.id().to_owned(), ids::of_nothing("Claim"), ids::of_nothing("Partner"), "x".to_owned(), String::new()]
    {
        foreign.extend(all_three(&world.partner, &claim, &Value::Null).await);
        foreign.extend(all_three(&world.partner, &claim, &start).await);
    }
    let mut own = follow(&world.partner, HISTORY, json!({})).await;
    let mut rival = follow(&world.rival, HISTORY, json!({})).await;
    let theirs = world.review(&world.submit(&world.rival, &world.prove(&world.rival, &theirs).await).await).await;
    world.rival.comment(theirs.id(), "Boreal's own words.", "SHARED").await.claim();
    world.partner.act("updateClaim", &mine, json!({ "name": "Mine" })).await.claim();
    assert_eq!(event(&mut own).await["claim"]["id"], mine.id(), "the first is its own");
    assert_eq!(
        words(&events(&mut rival, 4).await, "action"),
        ["PROOF_ATTACHED", "SUBMITTED", "REVIEW_STARTED", "COMMENTED"]
    );
    for stream in &mut foreign {
        let came = tokio::time::timeout(super::SILENCE / 10, stream.next()).await;
        assert!(came.is_err(), "{came:?}");
    }
}

async fn a_draft_is_its_partners_alone(world: &World) {
    // A4: a reviewer follows a claim from its submission on.
    let draft = world.draft().await;
    let start = last_position(&world.partner).await;
    let mut own = follow_claim(&world.user, HISTORY, &draft).await;
    let mut live = vec![
        follow(&world.reviewer, HISTORY, json!({})).await,
        follow_claim(&world.lead, HISTORY, &draft).await,
        follow_claim(&world.auditor, STATUSES, &draft).await,
    ];
    let draft = world.partner.act("updateClaim", &draft, json!({ "name": "Secret so far" })).await.claim();
    let draft = world.prove(&world.partner, &draft).await;
    // One that has waited for its turn all the while, and one that comes now.
    let mut behind = follow(&world.reviewer, HISTORY, json!({ "after": start })).await;
    assert_eq!(words(&events(&mut own, 2).await, "action"), ["EDITED", "PROOF_ATTACHED"]);
    silent(&mut behind).await;
    silent(&mut live[1]).await;
    world.submit(&world.partner, &draft).await;
    live.push(behind);
    // Whoever comes only now gets the same and nothing earlier, although the history shows it by now.
    live.push(follow(&world.reviewer, HISTORY, json!({ "after": start })).await);
    live.push(follow(&world.auditor, STATUSES, json!({ "claim": draft.id(), "after": start })).await);
    for stream in &mut live {
        let event = event(stream).await;
        assert_eq!((&event["fromStatus"], &event["toStatus"]), (&json!("EDITING"), &json!("SUBMITTED")));
    }
    let shown = world.reviewer.query("{ history(first: 10) { nodes { action } } }").await;
    let shown = shown["history"]["nodes"].as_array().unwrap();
    assert_eq!(words(shown, "action"), ["CREATED", "EDITED", "PROOF_ATTACHED", "SUBMITTED"]);
}

async fn a_deleted_draft_stops_coming(world: &World) {
    // L1, A4: also to those who were behind. That it was deleted comes; `drafts.rs` shows what.
    let (draft, kept) = (world.draft().await, world.draft_on(&world.partner, 1).await);
    let start = last_position(&world.partner).await;
    let mut live = [follow(&world.partner, HISTORY, json!({})).await, follow_claim(&world.user, HISTORY, &draft).await];
    let draft = world.partner.act("updateClaim", &draft, json!({ "name": "Not for long" })).await.claim();
    for stream in &mut live {
        assert_eq!(event(stream).await["action"], "EDITED");
    }
    world.partner.act("deleteClaimDraft", &draft, json!({})).await.data();
    let mut behind = [
        follow(&world.partner, HISTORY, json!({ "after": start })).await,
        follow(&world.partner, HISTORY, json!({ "claim": draft.id(), "after": start })).await,
        follow(&world.partner, STATUSES, json!({ "claim": draft.id(), "after": start })).await,
    ];
    world.partner.act("updateClaim", &kept, json!({ "name": "For good" })).await.claim();
    let [of_all, of_draft] = &mut live;
    let [all_behind, draft_behind, statuses_behind] = &mut behind;
    for stream in [of_all, all_behind] {
        assert_eq!(event(stream).await["action"], "DELETED");
        assert_eq!(event(stream).await["claim"]["id"], kept.id(), "what comes next is of the other one");
    }
    for stream in [of_draft, draft_behind] {
        assert_eq!(event(stream).await["action"], "DELETED");
        silent(stream).await;
    }
    silent(statuses_behind).await;
    // Its positions are still places to resume from (H2).
    let mut resumed = follow(&world.partner, HISTORY, json!({ "after": start })).await;
    assert_eq!(event(&mut resumed).await["action"], "DELETED");
    assert_eq!(event(&mut resumed).await["claim"]["id"], kept.id());
}

async fn the_directorys_account_follows_nothing(world: &World) {
    // A2
    let claim = world.submitted().await;
    let start = last_position(&world.partner).await;
    let mut streams = all_three(&world.sync, claim.id(), &Value::Null).await;
    streams.extend(all_three(&world.sync, claim.id(), &start).await);
    for document in [HISTORY, STATUSES] {
        streams.push(follow(&world.sync, document, json!({})).await);
    }
    let mut fence = follow(&world.auditor, COMMENTS, json!({ "claim": claim.id() })).await;
    let claim = world.review(&claim).await;
    world.partner.comment(claim.id(), "Hello.", "SHARED").await.claim();
    event(&mut fence).await;
    for stream in &mut streams {
        silent(stream).await;
    }
}

/// What a partner must not read in its events.
fn secrets<'a>(world: &'a World, other: &'a Claim, company: &'a str) -> Vec<&'a str> {
    let own = [other.id(), other.field("number").as_str().unwrap(), company];
    own.into_iter().chain([world.reviewer.subject.as_str(), "Rita", "Lena", "Among us", "the better one"]).collect()
}

async fn nobody_learns_who_the_rival_is(world: &World) {
    // X2, X4, A4, H2: competing claims, an award, a withdrawal, as both sides follow them.
    let mine = world.approved().await;
    let mut alpine = follow(&world.partner, HISTORY, json!({})).await;
    let mut boreal = follow(&world.rival, HISTORY, json!({})).await;
    let theirs = world.review(&world.submitted_by(&world.rival).await).await;
    for claim in [&mine, &theirs] {
        world.reviewer.comment(claim.id(), "Among us: the other one is better.", "INTERNAL").await.claim();
    }
    let arbitration = world.open_arbitration(&mine).await;
    world.award(&arbitration, &theirs).await.data();
    let disputed = world.dispute(&world.seen(&mine).await).await;
    world.withdraw(&world.rival, &world.seen(&theirs).await).await;
    let sides = [
        (&mut alpine, &world.partner, &disputed, &theirs, "oreal"),
        (&mut boreal, &world.rival, &theirs, &mine, "lpine"),
    ];
    for (stream, caller, own, other, company) in sides {
        caller.comment(own.id(), "The end.", "SHARED").await.claim();
        let mut seen = Vec::new();
        loop {
            let event = event(stream).await;
            assert_eq!(event["claim"]["id"], own.id(), "{event}");
            for secret in secrets(world, other, company) {
                assert!(!event.to_string().contains(secret), "{} reads {secret}: {event}", caller.subject);
            }
            if event["actor"]["kind"] == "REVIEWER" {
                assert_eq!(event["actor"]["name"], "Reviewer", "{event}");
            }
            let last = event["comment"]["body"] == "The end.";
            seen.push(event);
            if last {
                break;
            }
        }
        let of =
            |action: &str| seen.iter().find(|event| event["action"] == action).unwrap_or_else(|| panic!("{seen:?}"));
        // What followed from a rival's act was done by nobody.
        assert_eq!(of("ARBITRATION_OPENED")["actor"], json!({ "kind": "SYSTEM", "name": "System" }));
        assert!(seen.iter().any(|event| event["comment"]["author"]["kind"] == "SYSTEM"), "told in words: {seen:?}");
        of("ARBITRATION_SETTLED");
    }
}
