//! What live events mean: who gets which, in which order, and what they show. Over event streams, whose opening tells when
//! they follow; that WebSockets bring the same is shown elsewhere.

mod answers;
mod clocks;
mod cost;
mod crowd;
mod customers;
mod drafts;
mod errors;
mod filters;
mod order;
mod positions;
mod reach;
mod turns;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Caller, Claim, event_stream::EventStream};

/// Entries of the history.
const HISTORY: &str = "subscription($claim: ID, $after: String) { historyAppended(claimId: $claim, after: $after) { \
    id position action at note actor { kind name } fromStatus toStatus changes { field before after } \
    comment { id body visibility author { kind name } } claim { id number status } } }";

/// Changes of status.
const STATUSES: &str = "subscription($claim: ID, $status: [ClaimStatus!], $after: String) { \
    claimStatusChanged(claimId: $claim, status: $status, after: $after) { \
    position fromStatus toStatus at actor { kind name } claim { id status } } }";

/// Comments on a claim.
const COMMENTS: &str = "subscription($claim: ID, $after: String) { commentAdded(claimId: $claim, after: $after) { \
    position comment { id body visibility author { kind name } claim { id } } } }";

/// How long nothing must come for a test to take it that nothing comes.
const SILENCE: Duration = Duration::from_millis(300);

/// A subscription that is open: from now on nothing is missed. What its caller sees of the history by now does not come:
/// whoever asks for the history gets an answer when the tail has come to its end.
async fn follow(caller: &Caller, document: &str, variables: Value) -> EventStream {
    if variables["after"].is_null() {
        caller.graphql("{ history(last: 1) { nodes { id } } }", json!({})).await;
    }
    EventStream::open(caller, document, variables).await
}

/// The history of a claim, from now on.
async fn follow_claim(caller: &Caller, document: &str, claim: &Claim) -> EventStream {
    follow(caller, document, json!({ "claim": claim.id() })).await
}

/// The next event: the value of the only field.
async fn event(stream: &mut EventStream) -> Value {
    let Value::Object(data) = stream.data().await else { panic!("no data") };
    assert_eq!(data.len(), 1, "{data:?}");
    data.into_iter().next().unwrap().1
}

/// The next events.
async fn events(stream: &mut EventStream, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.push(event(stream).await);
    }
    events
}

/// Asserts that nothing comes. Best asked once somebody else has got what would come.
async fn silent(stream: &mut EventStream) {
    let came = tokio::time::timeout(SILENCE, stream.next()).await;
    assert!(came.is_err(), "it should be silent: {came:?}");
}

/// A field of every event.
fn each(events: &[Value], field: &str) -> Vec<Value> {
    events.iter().map(|event| event[field].clone()).collect()
}

/// The words of a field of every event.
fn words<'a>(events: &'a [Value], field: &str) -> Vec<&'a str> {
    events.iter().map(|event| event[field].as_str().unwrap_or_else(|| panic!("no {field}: {event}"))).collect()
}

/// What the caller sees of the history, by pages of seven: ids and positions, and what events tell besides.
async fn read_history(caller: &Caller, filter: Value) -> Vec<Value> {
    let query = "query($after: String, $filter: HistoryFilter) { history(first: 7, after: $after, filter: $filter) { \
        nodes { id position action at note actor { kind name } fromStatus toStatus changes { field before after } \
        comment { id body visibility author { kind name } } claim { id number } } pageInfo { hasNextPage endCursor } } }";
    let (mut entries, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = caller.graphql(query, json!({ "after": after, "filter": filter })).await;
        let page = &answer.data()["history"];
        entries.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            return entries;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The position of the last entry that the caller sees.
async fn last_position(caller: &Caller) -> Value {
    let seen = caller.query("{ history(last: 1) { nodes { position } } }").await;
    seen["history"]["nodes"][0]["position"].clone()
}
