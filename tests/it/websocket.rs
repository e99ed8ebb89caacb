//! GraphQL over WebSocket, `graphql-transport-ws`: who gets a socket, every way in which one is closed, what its
//! operations may do, and what happens to those who flood it, say nothing or do not read.

mod closing;
mod endurance;
mod handshake;
mod operations;

use cpor::config::Limits;
use serde_json::{Value, json};

use crate::support::{Caller, Claim, Settings, Socket, World};

/// Entries of the history, of one claim or of all.
const FOLLOW: &str = "subscription($claim: ID, $after: String) { historyAppended(claimId: $claim, after: $after) \
    { position action comment { body } } }";

fn limited(change: impl FnOnce(&mut Limits)) -> Settings {
    let mut settings = Settings::default();
    change(&mut settings.limits);
    settings
}

/// The machine's time in seconds since the start of 1970, by which tokens are judged.
fn now() -> u64 {
    jsonwebtoken::get_current_timestamp()
}

/// A close code with its reason.
fn closed(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_owned())
}

/// The position of the newest entry of a claim that the caller sees.
async fn position(caller: &Caller, claim: &Claim) -> Value {
    let query = "query($id: ID!) { claim(id: $id) { history(first: 100) { nodes { position } } } }";
    let answer = caller.graphql(query, json!({ "id": claim.id() })).await;
    answer.data()["claim"]["history"]["nodes"].as_array().unwrap().last().unwrap()["position"].clone()
}

/// So many comments of 8 kB.
async fn long_comments(world: &World, claim: &Claim, count: usize) {
    for _ in 0..count {
        world.partner.comment(claim.id(), &"é".repeat(4_000), "SHARED").await.done();
    }
}

/// A query for all comments of the claim `$id`, each so many times.
fn long_answer(times: usize) -> String {
    let fields = (0..times).map(|number| format!("a{number}: body")).collect::<Vec<_>>().join(" ");
    format!("query($id: ID!) {{ claim(id: $id) {{ comments(first: 20) {{ nodes {{ {fields} }} }} }} }}")
}

/// A socket of the partner that follows a claim, and the id of that: it is open, for the comment `begin` has come.
async fn following(world: &World, claim: &Claim) -> (Socket, String) {
    let mut socket = Socket::of(&world.partner).await;
    let id = follow(world, claim, &mut socket).await;
    (socket, id)
}

/// Follows a claim from here on; returns when it is open.
async fn follow(world: &World, claim: &Claim, socket: &mut Socket) -> String {
    let after = position(&world.partner, claim).await;
    world.partner.comment(claim.id(), "begin", "SHARED").await.done();
    let id = socket.subscribe(FOLLOW, json!({ "claim": claim.id(), "after": after })).await;
    assert_eq!(comment(&socket.next(&id).await), "begin");
    id
}

/// The comment of an event.
fn comment(event: &Value) -> &str {
    event["data"]["historyAppended"]["comment"]["body"].as_str().unwrap_or_else(|| panic!("no comment: {event}"))
}

/// What a client without a library sends to get a WebSocket, with further headers that each end with `\r\n`.
fn handshake(headers: &str) -> String {
    format!(
        "GET /graphql HTTP/1.1\r\nhost: cpor\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
    )
}
