//! Positions and cursors of the history are opaque and count nothing (A4, H2).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{HISTORY, event, follow};
use crate::support::{Caller, World, both, ids};

both!(
    positions_are_the_entries_themselves,
    the_history_is_paged_by_entries,
    cursors_of_a_claims_history_count_nothing_hidden,
    a_cursor_of_no_entry_is_refused,
    a_claims_history_takes_places_of_its_own_only,
);

fn decoded(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// Every integer in a cursor.
fn numbers(value: &Value) -> Vec<i64> {
    match value {
        Value::Number(number) => number.as_i64().into_iter().collect(),
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        Value::Object(object) => object.values().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

async fn positions_are_the_entries_themselves(world: &World) {
    // A4: the 16 bytes of the entry's id, whatever the others have written meanwhile.
    let mut stream = follow(&world.partner, HISTORY, json!({})).await;
    let other = world.draft_on(&world.rival, 1).await;
    let mut own = world.draft().await;
    let mut seen = vec![event(&mut stream).await];
    for number in 0..3 {
        for _ in 0..10 * number {
            let version = world.rival.claim(other.id()).await.unwrap();
            world
                .rival
                .act("updateClaim", &version, json!({ "name": format!("Busy {number} {}", version.version()) }))
                .await
                .claim();
        }
        own = world.partner.act("updateClaim", &own, json!({ "name": format!("Own {number}") })).await.claim();
        seen.push(event(&mut stream).await);
    }
    for event in &seen {
        let (position, id) = (decoded(&event["position"]), decoded(&event["id"]));
        assert_eq!(position.len(), 16, "{event}");
        assert_eq!(position, id[1..], "{event}");
        assert!(!Uuid::from_slice(&position).unwrap().is_nil());
    }
}

const PAGE: &str = "query($first: Int, $after: String, $last: Int, $before: String, $filter: HistoryFilter) { \
    history(first: $first, after: $after, last: $last, before: $before, filter: $filter) { \
    nodes { id } edges { cursor node { id position } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

async fn page(caller: &Caller, arguments: Value) -> Value {
    caller.graphql(PAGE, arguments).await.data()["history"].clone()
}

/// All ids by pages, in both directions, which must agree.
async fn walk(caller: &Caller, size: usize, filter: &Value) -> Vec<Value> {
    let ids = |page: &Value| -> Vec<Value> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
    };
    let (mut forward, mut after) = (Vec::new(), Value::Null);
    loop {
        let seen = page(caller, json!({ "first": size, "after": after, "filter": filter })).await;
        forward.extend(ids(&seen));
        after = seen["pageInfo"]["endCursor"].clone();
        if seen["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let (mut backward, mut before) = (Vec::new(), Value::Null);
    loop {
        let seen = page(caller, json!({ "last": size, "before": before, "filter": filter })).await;
        backward.splice(0..0, ids(&seen));
        before = seen["pageInfo"]["startCursor"].clone();
        if seen["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(forward, backward, "pages of {size}");
    forward
}

async fn the_history_is_paged_by_entries(world: &World) {
    // A4
    let mine = world.under_review().await;
    let theirs = world.submitted_on(&world.rival, 1).await;
    for number in 0..4 {
        world.partner.comment(mine.id(), &format!("Mine {number}"), "SHARED").await.claim();
        world.reviewer.comment(mine.id(), "Among us.", "INTERNAL").await.claim();
        world.rival.comment(theirs.id(), &format!("Theirs {number}"), "SHARED").await.claim();
    }
    for (caller, count) in [(&world.partner, 8), (&world.rival, 7), (&world.auditor, 19)] {
        let whole = walk(caller, 100, &Value::Null).await;
        assert_eq!(whole.len(), count, "{}", caller.subject);
        for size in [1, 2, 3, 7] {
            assert_eq!(walk(caller, size, &Value::Null).await, whole, "{} by {size}", caller.subject);
        }
        let filter = json!({ "actions": ["COMMENTED"] });
        assert_eq!(walk(caller, 3, &filter).await, walk(caller, 100, &filter).await);
        for edge in page(caller, json!({ "first": 100 })).await["edges"].as_array().unwrap() {
            let cursor: Value = serde_json::from_slice(&decoded(&edge["cursor"])).unwrap();
            let id = Uuid::from_slice(&decoded(&edge["node"]["position"])).unwrap();
            assert_eq!(cursor, json!(["history", [{ "u": id }]]), "the id, and no number");
        }
    }
    // A cursor is a place, also for those who do not see what stands there.
    let internal = json!({ "filter": { "claimId": mine.id(), "actions": ["COMMENTED"] }, "last": 1 });
    let last = page(&world.auditor, internal).await["edges"][0]["cursor"].clone();
    assert_eq!(page(&world.partner, json!({ "after": last })).await["nodes"], json!([]));
    assert_eq!(
        page(&world.partner, json!({ "before": last, "first": 100 })).await["nodes"].as_array().unwrap().len(),
        8
    );
}

async fn cursors_of_a_claims_history_count_nothing_hidden(world: &World) {
    // A4, K1: that there are internal comments in between is not to be read from what a partner gets.
    let claim = world.under_review().await;
    let query = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { claim(id: $id) { \
        history(first: $first, after: $after, last: $last, before: $before) { \
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }";
    let cursors = |page: &Value| -> Vec<Value> {
        page["edges"].as_array().unwrap().iter().map(|edge| edge["cursor"].clone()).collect()
    };
    let ask = async |mut arguments: Value| {
        arguments["id"] = json!(claim.id());
        world.partner.graphql(query, arguments).await.data()["claim"]["history"].clone()
    };
    for _ in 0..3 {
        world.reviewer.comment(claim.id(), "Among us.", "INTERNAL").await.claim();
        world.partner.comment(claim.id(), "To you.", "SHARED").await.claim();
    }
    let whole = ask(json!({ "first": 100 })).await;
    let all = cursors(&whole);
    assert_eq!(all.len(), 7);
    for cursor in &all {
        let cursor: Value = serde_json::from_slice(&decoded(cursor)).unwrap();
        assert_eq!(numbers(&cursor), Vec::<i64>::new(), "{cursor}");
    }
    for (number, cursor) in all.iter().enumerate() {
        assert_eq!(cursors(&ask(json!({ "first": 100, "after": cursor })).await), all[number + 1..]);
        assert_eq!(cursors(&ask(json!({ "last": 100, "before": cursor })).await), all[..number]);
        assert_eq!(
            cursors(&ask(json!({ "first": 2, "after": cursor })).await),
            all[number + 1..all.len().min(number + 3)]
        );
    }
}

async fn a_cursor_of_no_entry_is_refused(world: &World) {
    let claim = world.submitted().await;
    let cursor = |tag: &str, keys: Value| URL_SAFE_NO_PAD.encode(json!([tag, keys]).to_string());
    let nothing = Uuid::from_u128(7);
    let known = Uuid::from_slice(&URL_SAFE_NO_PAD.decode(claim.id()).unwrap()[1..]).unwrap();
    for cursor in [
        cursor("history", json!([{ "u": nothing }])),
        cursor("history", json!([{ "u": known }])),
        cursor("history", json!([{ "i": 1 }, { "i": 1 }, { "i": 1 }])),
        cursor("history", json!([{ "i": 1 }])),
        cursor("history", json!([])),
        cursor("history:claim", json!([{ "u": nothing }])),
        ids::of_nothing("HistoryEntry"),
        "x".to_owned(),
        String::new(),
    ] {
        for arguments in [json!({ "after": cursor }), json!({ "before": cursor, "last": 3 })] {
            let answer = world.partner.graphql(PAGE, arguments).await;
            assert_eq!(answer.errors(), ["BAD_USER_INPUT"], "{cursor}: {}", answer.text);
        }
    }
}

async fn a_claims_history_takes_places_of_its_own_only(world: &World) {
    // H1 H2
    let claims = [world.submitted_on(&world.partner, 1).await, world.submitted_on(&world.partner, 2).await];
    let document = "query($id: ID!, $place: String!) { claim(id: $id) { after: history(after: $place) { nodes { action } } \
        before: history(last: 9, before: $place) { nodes { action } } } }";
    let last = super::last_position(&world.partner).await;
    let ask = async |claim: &str| world.partner.graphql(document, json!({ "id": claim, "place": last })).await;
    let own = ask(claims[1].id()).await;
    assert!(own.body.get("errors").is_none(), "the last entry is of the second claim: {}", own.text);
    assert_eq!(ask(claims[0].id()).await.errors(), ["BAD_USER_INPUT"; 2]);
}
